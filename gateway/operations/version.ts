import type { Reads } from '../flight';
import type { Planner } from '../planning/planner';
import type { Supergraph } from '../supergraph/supergraph';
import type { FetchStep } from '../transport/fetch';
import type { MaskedErrors } from '../transport/redaction';

/** One version of everything that answers queries; swapped as a whole. */
export interface Version {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  /** The verb of each subgraph, by its name. */
  readonly fetches: ReadonlyMap<string, FetchStep>;
  /** What calls to each subgraph may read of a client's request. */
  readonly reads: ReadonlyMap<string, Reads>;
  /** Of those subgraphs whose errors clients do not see as they are. */
  readonly errorMasks: ReadonlyMap<string, MaskedErrors>;
}
