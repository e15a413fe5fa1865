import type { SubgraphAnswer } from '../transport/send';
import type { Path } from './paths';
import type { Run } from './run';

/** Places in the answer that a fetch adds to: list indexes for keeping, paths for errors. */
export interface Target {
  readonly indexes: readonly number[];
  readonly path: Path;
}

/** A fetch that is about to be sent. */
export interface PreparedFetch {
  readonly variables: Readonly<Record<string, unknown>>;
  readonly targets: readonly Target[];
  /** @throws {HeadgateError} SUBGRAPH_RESPONSE_INVALID; nothing is kept then */
  accept(answer: SubgraphAnswer): void;
}

export function targetAt(run: Run): Target {
  return { indexes: [...run.indexes], path: [...run.path] };
}
