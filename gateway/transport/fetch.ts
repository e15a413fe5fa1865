import type { Flight, Reads } from '../flight';
import type { Layer, Step } from '../layers';
import type { CallReport, FetchAnswer } from './fetch-answer';
import type { FetchRequest } from './fetch-request';
import type { RequestBodies } from './request-bodies';
import type { WireInput } from './shown-tokens';

/**
 * Answers one fetch of a plan from one subgraph: the one verb of this room, whatever the subgraph is. Ends by the deadline of
 * the flight, and when that is cancelled; fails with a {@link FetchFailure}, or with the reason of the cancellation.
 */
export type FetchStep = Step<FetchRequest, FetchAnswer, Flight>;
export type FetchLayer = Layer<FetchRequest, FetchAnswer, Flight>;

/** What the layers of a subgraph stand on: GraphQL over a pool, a REST adapter, or a data source of a host's. */
export interface FetchBase {
  /** All that it and the layers on it may read of a client's request. */
  readonly reads: Reads;
  /** @throws {HeadgateError} CONFIG_INVALID */
  wire(wiring: FetchWiring): FetchStep;
}

interface FetchWiring {
  /** Puts the layers of one call around it. A fetch is one call, but a REST adapter makes as many as it needs. */
  readonly call: <I extends WireInput, O extends CallReport>(step: Step<I, O, Flight>) => Step<I, O, Flight>;
  readonly bodies: RequestBodies;
}
