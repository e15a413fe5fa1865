import { MapWithCachedArrays } from '@apollo/federation-internals';

/** A fetch while the planner works on it, and those that wait for it. */
interface FetchGroup {
  readonly dependencyGraph: object;
  children(): readonly FetchGroup[];
  removeChild(child: FetchGroup): void;
}

/** Of all that a fetch asks for: a constant, or values that variables must have. */
type Conditions = boolean | readonly { readonly variable: { readonly name: string }; readonly negated: boolean }[];

/** What is replaced of a fetch. */
interface Conditional {
  conditions(this: FetchGroup): Conditions;
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

/** False: never. */
function implies(conditions: Conditions, others: Conditions): boolean {
  if (typeof conditions === 'boolean' || typeof others === 'boolean') return conditions === false || others === true;
  return others.every((other) =>
    conditions.some((one) => one.variable.name === other.variable.name && one.negated === other.negated),
  );
}

/** All that wait for a fetch, at whatever distance. */
function followersOf(group: FetchGroup): ReadonlySet<FetchGroup> {
  const followers = new Set(group.children());
  // A set that grows while it is walked.
  for (const one of followers) for (const child of one.children()) followers.add(child);
  return followers;
}

function isFetchGroup(value: unknown): value is FetchGroup {
  return typeof value === 'object' && value !== null && 'dependencyGraph' in value;
}

function isReducing(prototype: unknown): prototype is Reducing {
  return typeof prototype === 'object' && prototype !== null && 'dfsRemoveRedundantEdges' in prototype;
}

function isConditional(prototype: unknown): prototype is Conditional {
  return typeof prototype === 'object' && prototype !== null && 'conditions' in prototype;
}

/** The planner puts what waits for a fetch under the conditions of that fetch, also what is to be asked in any case. */
function keepOwnConditions(prototype: Conditional): void {
  const { conditions } = prototype;
  prototype.conditions = function ownConditions() {
    const own = conditions.call(this);
    if (typeof own === 'boolean') return own;
    const isShared = [...followersOf(this)].every((one) => implies(conditions.call(one), own));
    // Else conditions stay at the fields, and the executor knows by those which fetches nobody needs.
    return isShared ? own : true;
  };
}

/**
 * Repairs two methods of classes that `@apollo/query-planner` does not export: the first fetch that it puts into a map of
 * fetches tells them. Held to the installed version by a test.
 */
export function repairFetchGraph(): void {
  const { set } = MapWithCachedArrays.prototype;
  MapWithCachedArrays.prototype.set = function watched(this: MapWithCachedArrays<unknown, unknown>, key, value) {
    if (isFetchGroup(value)) {
      const graph: unknown = Object.getPrototypeOf(value.dependencyGraph);
      const group: unknown = Object.getPrototypeOf(value);
      if (isReducing(graph)) graph.dfsRemoveRedundantEdges = removeRedundantEdges;
      if (isConditional(group)) keepOwnConditions(group);
      MapWithCachedArrays.prototype.set = set;
    }
    return set.call(this, key, value);
  };
}
