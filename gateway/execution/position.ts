import { type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';
import type { FullTypes } from '../supergraph/full-types';
import { guardOf } from './conditions';
import type { ConditionValues } from './guards';
import { both, type Guard } from './guards';

/** The parents that a selection is made on, and when it is. */
export interface SelectedOn {
  /** Those between the parent and the key; objects fit all of them. */
  readonly typeConditions: readonly string[];
  /** Names of the types that are asked at all; undefined: all. */
  readonly onTypes?: readonly string[] | undefined;
  /** The same of what holds the parents; undefined where the fetch begins. */
  readonly above?: SelectedOn | undefined;
  readonly guard: Guard;
}

/** A fetch that asks for a key. */
export interface Selector extends SelectedOn {
  readonly fetch: number;
}

/** The type of an object, or null where it may be any, and the types of what holds it, as far out as anybody knows. */
export interface HeldType {
  readonly typename: string | null;
  readonly holder: HeldType | null;
}

/** Tells whether objects of a type are asked, whatever holds them. */
export function isOnType({ typeConditions, onTypes }: SelectedOn, typename: string, types: FullTypes): boolean {
  return (onTypes?.includes(typename) ?? true) && typeConditions.every((condition) => types.fits(typename, condition));
}

/** Tells whether objects of a type are asked. */
export function isOn(on: SelectedOn, { typename, holder }: HeldType, types: FullTypes): boolean {
  const { above } = on;
  const isHere = typename === null || isOnType(on, typename, types);
  return isHere && (above === undefined || holder === null || isOn(above, holder, types));
}

/**
 * A place in the answer, named by response keys alone (lists and types left out). Subgraph answers are never merged:
 * a position knows which fetches put something there, and readers look at each of them in plan order.
 */
export class Position {
  /** Ids of the fetches that answer something here, in plan order. */
  readonly fetches: number[] = [];
  readonly children = new Map<string, Position>();
  /** For each of `fetches`: its index in the parent's `fetches`, or -1 when the fetch begins here. */
  sources: readonly number[] = [];
  readonly selectors: Selector[] = [];

  child(key: string): Position {
    let found = this.children.get(key);
    if (found === undefined) {
      found = new Position();
      this.children.set(key, found);
    }
    return found;
  }

  mark(fetchId: number): void {
    if (!this.fetches.includes(fetchId)) this.fetches.push(fetchId);
  }

  select(fetch: number, on: SelectedOn): void {
    this.selectors.push({ ...on, fetch });
  }

  /** Whether any fetch asks for this key on objects of a type. */
  isSelectedOn(type: HeldType, types: FullTypes): boolean {
    return this.selectors.some((on) => isOn(on, type, types));
  }
}

/** A key that an output rewrite renames; `path` has response keys only, the key itself last. */
export interface Rename {
  readonly path: readonly string[];
  readonly to: string;
}

/** The operation of a fetch whose selections are marked. */
export interface MarkedFetch {
  readonly id: number;
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly conditions: ConditionValues;
  /** The client's name for a variable of the operation. */
  readonly nameOf: (variable: string) => string;
}

/**
 * Marks every position that a fetch's selection reaches below the place where the fetch begins.
 * @param on the objects at `position` that are asked for `selections`
 */
export function markSelection(
  position: Position,
  selections: SelectionSetNode,
  fetch: MarkedFetch,
  renames: readonly Rename[],
  on: SelectedOn,
): void {
  position.mark(fetch.id);
  for (const selection of selections.selections) {
    const own = guardOf(selection.directives, fetch.conditions, fetch.nameOf);
    const guard = own === null ? null : both(on.guard, own);
    if (guard === null) continue;
    if (selection.kind !== Kind.FIELD) {
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : fetch.fragments.get(selection.name.value);
      const condition = fragment?.typeCondition?.name.value;
      const typeConditions = condition === undefined ? on.typeConditions : [...on.typeConditions, condition];
      const below = { ...on, typeConditions, guard };
      if (fragment !== undefined) markSelection(position, fragment.selectionSet, fetch, renames, below);
      continue;
    }
    const key = selection.alias?.value ?? selection.name.value;
    const here = renames.filter((rename) => rename.path[0] === key);
    const below = here.filter((rename) => rename.path.length > 1).map(({ path, to }) => ({ path: path.slice(1), to }));
    const names = [key, ...here.filter((rename) => rename.path.length === 1).map((rename) => rename.to)];
    for (const name of names) {
      const child = position.child(name);
      child.select(fetch.id, { ...on, guard });
      if (selection.selectionSet === undefined) child.mark(fetch.id);
      else
        markSelection(child, selection.selectionSet, fetch, below, {
          typeConditions: [],
          above: { ...on, guard },
          guard,
        });
    }
  }
}

/** Sorts what is at each position by plan order and computes `sources`. To be called once, when every fetch is marked. */
export function settlePositions(position: Position, parent: Position | null = null): void {
  position.fetches.sort((a, b) => a - b);
  position.sources = position.fetches.map((id) => (parent === null ? -1 : parent.fetches.indexOf(id)));
  for (const child of position.children.values()) settlePositions(child, position);
}
