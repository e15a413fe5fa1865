import type { SubgraphAnswer } from '../transport/send';
import type { FlattenElement, Path, PathElement } from './paths';
import type { Run } from './run';
import type { VisitTarget } from './targets';

/** A place that a fetch adds to: the list indexes on the way there. The keys between them are the fetch's own path. */
export type Target = readonly number[];

/** A request that is about to be sent. Does not depend on the run that it was prepared in. */
export interface PreparedFetch {
  /** Members of the JSON object of variables that the client did not give: the lists of representations first. */
  readonly variables: readonly string[];
  /** When it is not that of the request: it depends on what was answered so far. */
  readonly operation?: string;
  /** @throws {HeadgateError} SUBGRAPH_RESPONSE_INVALID; nothing is kept then */
  accept(answer: SubgraphAnswer, run: Run): void;
  /** Called instead of {@link accept} when there is no answer. */
  fail(error: unknown, run: Run): void;
}

/** Makes a request of the objects that its walk leads to. */
export interface Collector {
  readonly visit: VisitTarget;
  /** Null when there is nothing to ask for. Adds errors for objects that cannot be asked. */
  finish(run: Run): PreparedFetch | null;
}

/** Where a target is in the client's answer. Only errors need it, so it is not kept for each target. */
export function pathOf(elements: readonly FlattenElement[], target: Target): Path {
  const path: PathElement[] = [];
  let used = 0;
  for (const { key, lists } of elements) {
    path.push(key);
    for (let list = 0; list < lists; list++) path.push(target[used++] ?? 0);
  }
  return path;
}
