import type { Source } from '../connector';
import { sourceFor } from './assemble';
import { meant } from './meant';
import type { ConnectDirective, SourceDirective } from './read-directives';

/** Of a virtual connector: nothing is sent. */
const NO_SOURCE: Source = { name: '', origin: '', basePath: '' };

/** The source of a connector, when its URL fits to it; otherwise a problem and null. */
export function chooseSource(connect: ConnectDirective, sources: ReadonlyMap<string, SourceDirective>): Source | null {
  const { source, site, application, http } = connect;
  if (source !== null && http !== null && http.url.origin !== null) {
    const message = `with \`source\` the URL must be a path, not ${http.url.origin}…: take \`source\` or the host out`;
    site.refuse('URL_INVALID', message, http.node);
    return null;
  }
  const found = sourceFor(connect, sources);
  if (found !== null) return found;
  if (source !== null) {
    const known = [...sources.keys()];
    const which =
      known.length === 0 ? 'there are none: write @source on the schema' : `sources are ${known.join(', ')}`;
    const message = `there is no @source named \`${source.name}\`${meant(source.name, known)}; ${which}`;
    site.refuse('SOURCE_UNKNOWN', message, source.node);
    return null;
  }
  if (http === null) return NO_SOURCE;
  const message = 'without `source` the URL must be absolute, with http or https: write `source: "…"` beside `http`';
  site.refuse('URL_INVALID', message, application.node);
  return null;
}
