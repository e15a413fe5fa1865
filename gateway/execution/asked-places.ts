import { Kind, type SelectionSetNode } from 'graphql';
import type { FullTypes } from '../supergraph/full-types';
import type { CompileScope } from './compile-scope';
import { guardOf } from './conditions';
import { ALWAYS, both, type Guard, isImplied } from './guards';
import type { Position } from './position';

/** A selection of the client at a place: when it takes part, and on which objects. */
export interface AskedOn {
  readonly guard: Guard;
  /** The narrowest type condition around it; null: there is none, or none is known. */
  readonly condition: string | null;
}

/** Selections that are walked; a fragment counts under each of its conditions. */
const ASKED_MAX = 20_000;

/** The narrower one of a condition and another one inside of it. */
export function narrower(outer: string | null, inner: string | undefined, types: FullTypes): string | null {
  if (inner === undefined) return outer;
  return outer !== null && types.objectTypes.has(outer) ? outer : inner;
}

/** Whether some object may fit both of two conditions. */
export function overlap(one: string | null, other: string | null, types: FullTypes): boolean {
  if (one === null || other === null || one === other) return true;
  if (types.objectTypes.has(one)) return types.fits(one, other);
  if (types.objectTypes.has(other)) return types.fits(other, one);
  for (const typename of types.objectTypes) if (types.fits(typename, one) && types.fits(typename, other)) return true;
  return false;
}

/** Adds a selection, unless it is among them, or one that is there whenever it is. @returns false: it was known */
export function addAsked(list: AskedOn[], added: AskedOn): boolean {
  const isKnown = list.some(
    ({ guard, condition }) => (condition === null || condition === added.condition) && isImplied(guard, added.guard),
  );
  if (!isKnown) list.push(added);
  return !isKnown;
}

/** When, and of which objects, the client asks for what is at each position; null: there is too much to say. */
export function askedPlaces(
  root: Position,
  operation: SelectionSetNode,
  scope: CompileScope,
): Map<Position, AskedOn[]> | null {
  const asked = new Map<Position, AskedOn[]>();
  const walked = new Map<Position, Map<SelectionSetNode, AskedOn[]>>();
  let left = ASKED_MAX;
  const walk = (position: Position, set: SelectionSetNode, on: AskedOn): void => {
    const sets = walked.get(position) ?? new Map<SelectionSetNode, AskedOn[]>();
    walked.set(position, sets);
    const before = sets.get(set) ?? [];
    sets.set(set, before);
    if (!addAsked(before, on)) return;
    for (const one of set.selections) {
      if (left-- <= 0) return;
      const own = guardOf(one.directives, scope.conditions, (name) => name);
      const guard = own === null ? null : both(on.guard, own);
      if (guard === null) continue;
      if (one.kind !== Kind.FIELD) {
        const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : scope.fragments.get(one.name.value);
        const condition = narrower(on.condition, fragment?.typeCondition?.name.value, scope.types);
        if (fragment !== undefined) walk(position, fragment.selectionSet, { guard, condition });
        continue;
      }
      const child = position.children.get(scope.names.keyOf(one));
      if (child === undefined) continue;
      const known = asked.get(child) ?? [];
      asked.set(child, known);
      addAsked(known, { guard, condition: on.condition });
      if (one.selectionSet !== undefined) walk(child, one.selectionSet, { guard, condition: null });
    }
  };
  walk(root, operation, { guard: ALWAYS, condition: null });
  return left > 0 ? asked : null;
}
