import type { OperationDefinitionNode } from 'graphql';
import { askedPlaces } from './asked-places';
import type { CompileScope } from './compile-scope';
import type { ConditionValues } from './guards';
import { type Guard, holds } from './guards';
import { requiredPlaces } from './needed-order';
import type { Placed, PlacedFetch } from './place-fetches';
import type { Position } from './position';
import { PossibleTypes } from './possible-types';

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

/** Chooses fetches under given conditions: 1 for each, by id, that does not take part. */
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
 * Prepares the choice of the fetches of a plan that take part: as `placePlan` finds it out for one combination of conditions, with everything that
 * does not depend on their values done before. Null when that cannot be told so simply.
 */
export function fetchChooser(
  { root, placed }: Placed,
  operation: OperationDefinitionNode,
  scope: CompileScope,
): ChooseFetches | null {
  const places = askedPlaces(root, operation.selectionSet, scope, new PossibleTypes(scope.types), false);
  if (places === null) return null;
  const { asked } = places;
  const indexes = new Map<Position, number>();
  const indexOf = (place: Position): number => {
    const index = indexes.get(place) ?? indexes.size;
    indexes.set(place, index);
    return index;
  };
  const fetches = placed.fetches.map((fetch) => guardedFetch(fetch, root, indexOf));
  const guards = [...indexes].map(([place, index]) => ({
    index,
    guards: (asked.get(place) ?? []).map(({ guard }) => guard),
  }));

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
