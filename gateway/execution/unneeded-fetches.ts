import { Kind, type SelectionSetNode } from 'graphql';
import type { FetchNode, PlanNode } from '../planning/plan';
import type { CompileScope } from './compile-scope';
import { isIncluded } from './conditions';
import { requiredPlaces } from './needed-order';
import type { PlacedFetch, PlacedPlan } from './place-fetches';
import type { Position } from './position';

const NOTHING: PlanNode = { kind: 'Parallel', nodes: [] };

/** Places of everything that the client asks for under the present conditions, whatever the types of objects. */
function askedPlaces(root: Position, operation: SelectionSetNode, scope: CompileScope): ReadonlySet<Position> {
  const asked = new Set<Position>();
  const walked = new Map<Position, Set<SelectionSetNode>>();
  const walk = (position: Position, set: SelectionSetNode): void => {
    const sets = walked.get(position) ?? new Set();
    if (sets.has(set)) return;
    walked.set(position, sets.add(set));
    for (const one of set.selections) {
      if (!isIncluded(one.directives, scope.conditions)) continue;
      if (one.kind !== Kind.FIELD) {
        const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : scope.fragments.get(one.name.value);
        if (fragment !== undefined) walk(position, fragment.selectionSet);
        continue;
      }
      const child = position.children.get(scope.names.keyOf(one));
      if (child === undefined) continue;
      asked.add(child);
      if (one.selectionSet !== undefined) walk(child, one.selectionSet);
    }
  };
  walk(root, operation);
  return asked;
}

/** False for a fetch whose every field nobody wants. One that tells types is always wanted. */
function isWanted({ id, node, position }: PlacedFetch, wanted: ReadonlySet<Position>): boolean {
  if (node.requires === undefined) return true;
  const answered = [...position.children].filter(([, { fetches }]) => fetches.includes(id));
  return answered.length === 0 || answered.some(([key, child]) => key === '__typename' || wanted.has(child));
}

/**
 * Entity fetches that answer only what conditions take away: a planner sometimes forgets a condition on the way to a field
 * with requirements. They cost a call, and their errors would be about what nobody asked for.
 * @param placed the plan as it was placed below `root`
 * @returns what to put in the place of which fetch
 */
export function unneededFetches(
  { fetches }: PlacedPlan,
  root: Position,
  operation: SelectionSetNode,
  scope: CompileScope,
): ReadonlyMap<FetchNode, PlanNode> {
  const replaced = new Map<FetchNode, PlanNode>();
  if (scope.conditions.size === 0) return replaced;
  const asked = askedPlaces(root, operation, scope);
  let kept = fetches;
  for (;;) {
    const wanted = new Set([...asked, ...kept.flatMap((fetch) => requiredPlaces(fetch, root))]);
    const left = kept.filter((fetch) => isWanted(fetch, wanted));
    if (left.length === kept.length) return replaced;
    for (const fetch of kept) if (!left.includes(fetch)) replaced.set(fetch.node, NOTHING);
    kept = left;
  }
}
