import type { Cancellation } from '../cancellation';
import type { HeadgateError } from '../errors';
import type { Flight } from '../flight';
import type { Layer, Step } from '../layers';
import type { PoolAnswer } from '../pool/pool';
import type { RequestBody } from './request-bodies';
import type { SubgraphAnswer, SubgraphRequest } from './send';

/** One call to a GraphQL subgraph, made for one client or for several who wait for the same. */
export interface Fetch {
  readonly request: SubgraphRequest;
  readonly flight: Flight;
  readonly body: RequestBody;
  /** By the header rules: what the client's headers become. */
  readonly headers: Record<string, string>;
  /** Equal ones go to the same instance; null: the pool does not hash. */
  readonly hashKey: string | null;
  /** On the clock of `performance.now()`, like the next. */
  readonly startedAt: number;
  readonly deadlineAt: number;
  /** Set when the call is made for another flight. */
  isShared: boolean;
}

/** What came over the wire, and what it says. */
export interface FetchAnswer {
  readonly wire: PoolAnswer;
  readonly answer: SubgraphAnswer | HeadgateError;
}

/** The context is the cancellation of those who wait. */
export type FetchStep = Step<Fetch, FetchAnswer, Cancellation>;
export type FetchLayer = Layer<Fetch, FetchAnswer, Cancellation>;
