import type { FullTypes } from '../supergraph/full-types';
import type { AskedOf, AskedPlaces } from './asked-places';
import type { CompileScope } from './compile-scope';
import type { FlattenElement } from './paths';
import type { PlacedFetch } from './place-fetches';
import { isOnType, type Position, type SelectedOn } from './position';
import type { PossibleTypes } from './possible-types';

/** Types of the objects that a flatten path is followed on, one for each of its keys; null: whatever they are. */
export type Holders = readonly (string | null)[];

/** Sets of types of the objects that a flatten path is followed on, one for each of its keys; null: all. */
export type HolderTypes = readonly (readonly string[] | null)[];

/** Objects above those of a fetch, told apart by what the client asks of them. */
export interface HolderCase {
  readonly holders: Holders;
  readonly types: HolderTypes;
}

/** Combinations of types on the way to one fetch; beyond, it is asked the same for all of them. */
const CASES_MAX = 16;

/** Tells whether what is asked below some objects is asked below these. @param depth levels between a selection and the entities */
export function isHeldBy({ above }: AskedOf, depth: number, holders: Holders, types: FullTypes): boolean {
  let link = above;
  for (let level = 0; level < depth; level++) link = link?.above ?? null;
  for (let index = holders.length - 1; index >= 0 && link !== null; index--) {
    const holder = holders[index] ?? null;
    if (holder !== null && link.condition !== null && !types.fits(holder, link.condition)) return false;
    link = link.above;
  }
  return true;
}

/** Tells whether objects on one flatten path may be above or below those on another one. */
export function isOnWay(elements: readonly FlattenElement[], holders: Holders, types: FullTypes): boolean {
  return holders.every((holder, index) => {
    const allowed = elements[index]?.types ?? null;
    return holder === null || allowed === null || allowed.some((one) => types.fits(holder, one));
  });
}

/** A key of a flatten path: the position of the objects that it is followed on, and where it leads. */
export interface Step {
  readonly holder: Position;
  readonly child: Position;
}

export function wayTo({ elements }: PlacedFetch, root: Position): readonly Step[] {
  const way: Step[] = [];
  let holder = root;
  for (const { key } of elements) {
    const child = holder.child(key);
    way.push({ holder, child });
    holder = child;
  }
  return way;
}

function isAskedApart({ selectors }: Position): boolean {
  const isNarrow = ({ typeConditions, onTypes }: SelectedOn) => typeConditions.length > 0 || onTypes !== undefined;
  return selectors.length > 1 && selectors.some(isNarrow);
}

/** Tells whether the objects of a fetch may be behind ones of several types that are asked for different things. */
export function mayBeHeldApart(fetch: PlacedFetch, root: Position): boolean {
  if (fetch.node.requires === undefined) return false;
  let position: Position | undefined = root;
  for (const { key } of fetch.elements) {
    position = position?.children.get(key);
    if (position !== undefined && isAskedApart(position)) return true;
  }
  return false;
}

/** Adds the type conditions on the way to the objects of a fetch that decide what at and below a position is asked for. */
function addConditions(
  position: Position,
  fetch: PlacedFetch,
  depth: number,
  asked: AskedPlaces['asked'],
  found: readonly Set<string>[],
): void {
  for (const child of position.children.values()) {
    if (!child.fetches.includes(fetch.id)) continue;
    for (const { above } of asked.get(child) ?? []) {
      let link = above;
      for (let level = 0; level < depth; level++) link = link?.above ?? null;
      for (let index = found.length - 1; index >= 0 && link !== null; index--) {
        if (link.condition !== null) found[index]?.add(link.condition);
        link = link.above;
      }
    }
    addConditions(child, fetch, depth + 1, asked, found);
  }
}

/** Types of those objects at a step that are followed. */
export function followedTypes({ child }: Step, all: Iterable<string>, types: FullTypes): readonly string[] {
  return [...all].filter((typename) => child.selectors.some((on) => isOnType(on, typename, types)));
}

/** Whether each object at a step is answered with the name of its type, by whoever goes on from it. */
function tellsTypes({ holder, child }: Step): boolean {
  const named = holder.children.get('__typename')?.fetches ?? [];
  return child.selectors.every(({ fetch }) => named.includes(fetch));
}

/**
 * The combinations of types of the objects above those of a fetch that the client's type conditions tell apart. Empty when they
 * tell nothing apart, or nobody can say: a root type may have another name, an `@interfaceObject` has none that tells.
 * @param fetches all of the plan, by id
 */
export function holderCases(
  fetch: PlacedFetch,
  root: Position,
  fetches: readonly PlacedFetch[],
  { asked, declared }: AskedPlaces,
  possible: PossibleTypes,
  { types, apiSchema }: CompileScope,
): readonly HolderCase[] {
  const way = wayTo(fetch, root);
  const conditions = way.map(() => new Set<string>());
  addConditions(fetch.position, fetch, 0, asked, conditions);
  const rootTypes = [apiSchema.getQueryType()?.name, apiSchema.getMutationType()?.name];

  function mayBeInterfaceObject({ child }: Step, type: string): boolean {
    return child.selectors.some(({ fetch: id }) =>
      types.interfaceObjects(fetches[id]?.node.serviceName ?? '').some((one) => possible.overlap(one, type)),
    );
  }

  /** Types at one step of the way, those together that fit the same conditions. */
  function classesAt(step: Step, index: number): readonly (readonly string[] | null)[] {
    const here = [...(conditions[index] ?? [])];
    const type = declared.get(step.holder) ?? null;
    if (type === null || here.length === 0 || !tellsTypes(step) || mayBeInterfaceObject(step, type)) return [null];
    const all = possible.of(type);
    if (all.some((one) => rootTypes.includes(one))) return [null];
    const classes = new Map<string, string[]>();
    for (const typename of followedTypes(step, all, types)) {
      const key = here.map((condition) => (types.fits(typename, condition) ? '1' : '0')).join('');
      const same = classes.get(key);
      if (same === undefined) classes.set(key, [typename]);
      else same.push(typename);
    }
    return classes.size < 2 ? [null] : [...classes.values()];
  }

  let cases: HolderCase[] = [{ holders: [], types: [] }];
  for (const [index, step] of way.entries()) {
    const classes = classesAt(step, index);
    cases = cases.flatMap((one) =>
      classes.map((list) => ({ holders: [...one.holders, list?.[0] ?? null], types: [...one.types, list] })),
    );
    if (cases.length > CASES_MAX) return [];
  }
  return cases.length < 2 ? [] : cases;
}

/** Types of the cases, those put together that differ at one step only. */
export function joined(cases: readonly HolderTypes[]): readonly HolderTypes[] {
  const list = [...cases];
  for (let at = 0; at < list.length; at++) {
    for (let other = at + 1; other < list.length; other++) {
      const [one, two] = [list[at], list[other]];
      if (one === undefined || two === undefined) continue;
      const different = [...one.keys()].filter((index) => one[index]?.join() !== two[index]?.join());
      const [index = 0] = different;
      if (different.length > 1) continue;
      list[at] = one.with(index, [...(one[index] ?? []), ...(two[index] ?? [])]);
      list.splice(other, 1);
      at = -1;
      break;
    }
  }
  return list;
}
