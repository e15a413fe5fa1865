/** Runs before the bundle proper: what must stand before Monaco's first line is executed. */
import { allowStyleAttributes } from './content-security/style-attributes';
import { allowStyleElements } from './content-security/style-elements';
import { provideWorkers } from './workers';

allowStyleElements(document);
allowStyleAttributes();
provideWorkers(document.documentElement.dataset);
