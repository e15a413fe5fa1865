import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';
import type { CompileScope } from './compile-scope';
import { type ConditionValues, guardOf } from './conditions';
import { ALWAYS, both, type Guard, holds, isImplied } from './guards';
import { requiredPlaces } from './needed-order';
import type { PlacedFetch } from './place-fetches';
import type { Placed } from './place-plan';
import type { Position } from './position';

/** Selections that are walked to find what an operation asks for; a fragment counts under each of its conditions. */
const ASKED_MAX = 20_000;

type AskedPlaces = ReadonlyMap<Position, readonly Guard[]>;

/** When the client asks for what is at each position, whatever the types of objects; null: there is too much to say. */
function askedPlaces(root: Position, operation: SelectionSetNode, scope: CompileScope): AskedPlaces | null {
  const asked = new Map<Position, Guard[]>();
  const walked = new Map<Position, Map<SelectionSetNode, Guard[]>>();
  let left = ASKED_MAX;
  /** False: it is known already. */
  const add = (guards: Guard[], guard: Guard): boolean => {
    if (guards.some((known) => isImplied(known, guard))) return false;
    guards.push(guard);
    return true;
  };
  const walk = (position: Position, set: SelectionSetNode, above: Guard): void => {
    const sets = walked.get(position) ?? new Map<SelectionSetNode, Guard[]>();
    walked.set(position, sets);
    const guards = sets.get(set) ?? [];
    sets.set(set, guards);
    if (!add(guards, above)) return;
    for (const one of set.selections) {
      if (left-- <= 0) return;
      const own = guardOf(one.directives, scope.conditions, (name) => name);
      const guard = own === null ? null : both(above, own);
      if (guard === null) continue;
      if (one.kind !== Kind.FIELD) {
        const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : scope.fragments.get(one.name.value);
        if (fragment !== undefined) walk(position, fragment.selectionSet, guard);
        continue;
      }
      const child = position.children.get(scope.names.keyOf(one));
      if (child === undefined) continue;
      const known = asked.get(child) ?? [];
      asked.set(child, known);
      add(known, guard);
      if (one.selectionSet !== undefined) walk(child, one.selectionSet, guard);
    }
  };
  walk(root, operation, ALWAYS);
  return left > 0 ? asked : null;
}

/** What a fetch answers for its target, and when. */
interface Answered {
  /** Index of the place; -1 for the name of a type, which is always wanted. */
  readonly place: number;
  readonly guard: Guard;
}

interface GuardedFetch {
  readonly id: number;
  readonly guard: Guard;
  readonly isEntity: boolean;
  readonly answered: readonly Answered[];
  /** Indexes of places. */
  readonly required: readonly number[];
}

/** Under given conditions: 1 for each fetch, by id, that does not take part. */
export type ChooseFetches = (values: ConditionValues) => Uint8Array;

function guardedFetch(fetch: PlacedFetch, root: Position, indexOf: (place: Position) => number): GuardedFetch {
  const { id, node, guard, position } = fetch;
  const answered = [...position.children].flatMap(([key, child]) =>
    child.selectors.flatMap((one): Answered[] =>
      one.fetch === id ? [{ place: key === '__typename' ? -1 : indexOf(child), guard: one.guard }] : [],
    ),
  );
  const required = requiredPlaces(fetch, root).map(indexOf);
  return { id, guard, isEntity: node.requires !== undefined, answered, required };
}

function isWanted({ isEntity, answered }: GuardedFetch, values: ConditionValues, wanted: Uint8Array): boolean {
  if (!isEntity) return true;
  const here = answered.filter(({ guard }) => holds(guard, values));
  return here.length === 0 || here.some(({ place }) => place < 0 || wanted[place] === 1);
}

/**
 * Which fetches of a plan take part: as `placePlan` finds it out for one combination of conditions, with everything that
 * does not depend on their values done before. Null when that cannot be told so simply.
 */
export function fetchChooser(
  { root, placed }: Placed,
  operation: OperationDefinitionNode,
  scope: CompileScope,
): ChooseFetches | null {
  const asked = askedPlaces(root, operation.selectionSet, scope);
  if (asked === null) return null;
  const indexes = new Map<Position, number>();
  const indexOf = (place: Position): number => {
    const index = indexes.get(place) ?? indexes.size;
    indexes.set(place, index);
    return index;
  };
  const fetches = placed.fetches.map((fetch) => guardedFetch(fetch, root, indexOf));
  const guards = [...indexes].map(([place, index]) => ({ index, guards: asked.get(place) ?? [] }));

  return (values) => {
    const isAsked = new Uint8Array(indexes.size);
    for (const one of guards) if (one.guards.some((guard) => holds(guard, values))) isAsked[one.index] = 1;
    let kept = fetches.filter(({ guard }) => holds(guard, values));
    for (;;) {
      const wanted = isAsked.slice();
      for (const { required } of kept) for (const place of required) wanted[place] = 1;
      const left = kept.filter((fetch) => isWanted(fetch, values, wanted));
      if (left.length === kept.length) break;
      kept = left;
    }
    const skipped = new Uint8Array(fetches.length).fill(1);
    for (const { id, isEntity, answered } of kept)
      if (!isEntity || answered.some(({ guard }) => holds(guard, values))) skipped[id] = 0;
    return skipped;
  };
}
