import { isInterfaceType, isObjectType, Kind, type SelectionSetNode } from 'graphql';
import type { CompileScope } from './compile-scope';
import { guardOf } from './conditions';
import { ALWAYS, both, type Guard, isImplied } from './guards';
import type { Position } from './position';
import { namedTypeOf, type PossibleTypes } from './possible-types';

/** Objects that a selection is made on: the narrowest type condition around it, null: none is known; and what holds them. */
export interface AskedOf {
  readonly condition: string | null;
  /** Null: of whatever type all that is above is. */
  readonly above: AskedOf | null;
}

/** A selection of the client at a place: on which objects, and when it takes part. */
export interface AskedOn extends AskedOf {
  readonly guard: Guard;
}

export interface AskedPlaces {
  readonly asked: Map<Position, AskedOn[]>;
  /** The type that the client's fields have at a place; null where they differ. */
  readonly declared: ReadonlyMap<Position, string | null>;
}

/** Selections that are walked; a fragment counts under each of its conditions. */
const ASKED_MAX = 20_000;

function isAsWide(one: AskedOf | null, other: AskedOf | null): boolean {
  if (one === null || one === other) return true;
  if (one.condition !== null && one.condition !== other?.condition) return false;
  return isAsWide(one.above, other?.above ?? null);
}

/** Adds a selection, unless one is there that takes part whenever it does. @returns false: it was known */
function addAsked(list: AskedOn[], added: AskedOn): boolean {
  const isKnown = list.some((one) => isImplied(one.guard, added.guard) && isAsWide(one, added));
  if (!isKnown) list.push(added);
  return !isKnown;
}

/**
 * Finds when, and of which objects, the client asks for what is at each position; null: there is too much to say.
 * @param tellsAbove whether the types of objects further out are told apart
 */
export function askedPlaces(
  root: Position,
  operation: SelectionSetNode,
  scope: CompileScope,
  possible: PossibleTypes,
  tellsAbove: boolean,
): AskedPlaces | null {
  const asked = new Map<Position, AskedOn[]>();
  const declared = new Map<Position, string | null>([[root, scope.rootType]]);
  const walked = new Map<Position, Map<SelectionSetNode, AskedOn[]>>();
  let left = ASKED_MAX;

  function fieldType(typename: string, field: string): string | null {
    const type = scope.apiSchema.getType(typename);
    if (!isObjectType(type) && !isInterfaceType(type)) return null;
    const definition = type.getFields()[field];
    return definition === undefined ? null : namedTypeOf(definition.type);
  }

  function enter(child: Position, type: string | null): void {
    const known = declared.get(child);
    declared.set(child, known === undefined || known === type ? type : null);
  }

  /** @param typename what fields are selected on */
  function walk(position: Position, set: SelectionSetNode, on: AskedOn, typename: string): void {
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
        if (fragment === undefined) continue;
        const inner = fragment.typeCondition?.name.value ?? typename;
        const condition = possible.narrower(on.condition ?? declared.get(position) ?? null, inner);
        const isNarrow = condition !== (declared.get(position) ?? null);
        walk(position, fragment.selectionSet, { ...on, guard, condition: isNarrow ? condition : null }, inner);
        continue;
      }
      const child = position.children.get(scope.names.keyOf(one));
      if (child === undefined) continue;
      const known = asked.get(child) ?? [];
      asked.set(child, known);
      const { condition, above } = on;
      addAsked(known, { guard, condition, above });
      if (one.selectionSet === undefined) continue;
      const type = fieldType(typename, one.name.value);
      enter(child, type);
      const holder = tellsAbove && (condition !== null || above !== null) ? { condition, above } : null;
      walk(child, one.selectionSet, { guard, condition: null, above: holder }, type ?? '');
    }
  }

  walk(root, operation, { guard: ALWAYS, condition: null, above: null }, scope.rootType);
  return left > 0 ? { asked, declared } : null;
}
