import type { Planner } from '../planning/planner';
import type { Supergraph } from '../supergraph/supergraph';
import type { Reads } from '../transport/reads';
import type { Send } from '../transport/send';

/** One version of everything that answers queries; swapped as a whole. */
export interface Version {
  readonly supergraph: Supergraph;
  readonly planner: Planner;
  /** The verb of each subgraph, by its name. */
  readonly sends: ReadonlyMap<string, Send>;
  /** What calls to each subgraph may read of a client's request. */
  readonly reads: ReadonlyMap<string, Reads>;
}
