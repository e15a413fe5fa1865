import type { Layer, Step } from '../layers';
import type { Exchange } from './exchange';
import type { Answer } from './route';

/** From a request to its answer. */
export type HttpStep = Step<Exchange, Answer, undefined>;
export type HttpLayer = Layer<Exchange, Answer, undefined>;
