import { MapWithCachedArrays } from '@apollo/federation-internals';

/** A fetch while the planner works on it, and those that wait for it. */
interface FetchGroup {
  readonly dependencyGraph: object;
  children(): readonly FetchGroup[];
  removeChild(child: FetchGroup): void;
}

/** What is replaced of the planner's graph of fetches. */
interface Reducing {
  dfsRemoveRedundantEdges(from: FetchGroup): void;
}

/**
 * Takes away edges to fetches that others lead to as well, in the planner's order. The planner's own looks at a fetch once for
 * each way that leads to it, and for ever where fetches wait for each other: its stack ends the process in some seconds.
 * @throws {Error} when `from` waits for itself
 */
function removeRedundantEdges(from: FetchGroup): void {
  const seen = new Set<FetchGroup>();
  // Not a copy: what is removed meanwhile is passed over, as the planner does.
  for (const child of from.children()) {
    const stack = [...child.children()];
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (next === from) throw new Error('fetches of this operation would wait for each other');
      if (seen.has(next)) continue;
      seen.add(next);
      from.removeChild(next);
      stack.push(...next.children());
    }
  }
}

function isFetchGroup(value: unknown): value is FetchGroup {
  return typeof value === 'object' && value !== null && 'dependencyGraph' in value;
}

function isReducing(prototype: unknown): prototype is Reducing {
  return typeof prototype === 'object' && prototype !== null && 'dfsRemoveRedundantEdges' in prototype;
}

/**
 * Replaces that method of a class that `@apollo/query-planner` does not export: the first fetch that it puts into a map of
 * fetches tells the class. Held to the installed version by a test.
 */
export function refuseFetchesInCircles(): void {
  const { set } = MapWithCachedArrays.prototype;
  MapWithCachedArrays.prototype.set = function watched(this: MapWithCachedArrays<unknown, unknown>, key, value) {
    if (isFetchGroup(value)) {
      const prototype: unknown = Object.getPrototypeOf(value.dependencyGraph);
      if (isReducing(prototype)) prototype.dfsRemoveRedundantEdges = removeRedundantEdges;
      MapWithCachedArrays.prototype.set = set;
    }
    return set.call(this, key, value);
  };
}
