import type { FullTypes } from '../supergraph/full-types';
import type { AskedOf, AskedPlaces } from './asked-places';
import type { CompileScope } from './compile-scope';
import { ALWAYS } from './guards';
import type { FlattenElement } from './paths';
import type { PlacedFetch } from './place-fetches';
import { type HeldType, isOn, type Position, type SelectedOn } from './position';
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
interface Step {
  readonly holder: Position;
  readonly child: Position;
}

type Way = readonly Step[];

function wayTo({ elements }: PlacedFetch, root: Position): Way {
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

/** What decides at each step of a way: types that pass all the same tests are one class. */
type Tests = readonly Map<string, (typename: string) => boolean>[];

/** Calls back for each level above the entities of a fetch, the innermost first; `depth` levels below them a selection begins. */
function eachAbove<Link extends { readonly above?: Link | null | undefined }>(
  selection: Link,
  depth: number,
  way: Way,
  visit: (link: Link, index: number) => void,
): void {
  let link = selection.above ?? null;
  for (let level = 0; level < depth; level++) link = link?.above ?? null;
  for (let index = way.length - 1; index >= 0 && link !== null; index--) {
    visit(link, index);
    link = link.above ?? null;
  }
}

/** Adds the client's type conditions that decide what a fetch is asked for at and below a position. */
function addAskedConditions(
  position: Position,
  fetch: PlacedFetch,
  depth: number,
  asked: AskedPlaces['asked'],
  way: Way,
  tests: Tests,
  types: FullTypes,
): void {
  for (const child of position.children.values()) {
    if (!child.fetches.includes(fetch.id)) continue;
    for (const on of asked.get(child) ?? [])
      eachAbove<AskedOf>(on, depth, way, ({ condition }, index) => {
        if (condition !== null) tests[index]?.set(condition, (typename) => types.fits(typename, condition));
      });
    addAskedConditions(child, fetch, depth + 1, asked, way, tests, types);
  }
}

/** Adds what decides whether objects have what is below a position, as the fetches of the plan select it. */
function addSelectedConditions(position: Position, depth: number, way: Way, tests: Tests, types: FullTypes): void {
  for (const child of position.children.values()) {
    for (const on of child.selectors)
      eachAbove<SelectedOn>(on, depth, way, ({ typeConditions, onTypes }, index) => {
        if (typeConditions.length === 0 && onTypes === undefined) return;
        const here = { typeConditions, onTypes, guard: ALWAYS };
        const test = (typename: string) => isOn(here, { typename, holder: null }, types);
        tests[index]?.set(`${typeConditions.join('&')} ${onTypes?.join('|')}`, test);
      });
    addSelectedConditions(child, depth + 1, way, tests, types);
  }
}

/** Each combination of classes of types on a way; null: there are too many. @param typesAt null: whatever they are */
function combined(
  way: Way,
  tests: Tests,
  typesAt: (step: Step) => readonly string[] | null,
): readonly HolderCase[] | null {
  function classesAt(step: Step, index: number): readonly (readonly string[] | null)[] {
    const here = [...(tests[index]?.values() ?? [])];
    const all = here.length === 0 ? null : typesAt(step);
    if (all === null) return [null];
    const classes = new Map<string, string[]>();
    for (const typename of all) {
      const key = here.map((test) => (test(typename) ? '1' : '0')).join('');
      const same = classes.get(key);
      if (same === undefined) classes.set(key, [typename]);
      else same.push(typename);
    }
    return classes.size < 2 ? [null] : [...classes.values()];
  }

  let cases: readonly HolderCase[] = [{ holders: [], types: [] }];
  for (const [index, step] of way.entries()) {
    const classes = classesAt(step, index);
    cases = cases.flatMap((one) =>
      classes.map((list) => ({ holders: [...one.holders, list?.[0] ?? null], types: [...one.types, list] })),
    );
    if (cases.length > CASES_MAX) return null;
  }
  return cases;
}

/** Types of those objects at a step that are followed. */
function followedTypes({ child }: Step, all: Iterable<string>, types: FullTypes): readonly string[] {
  return [...all].filter((typename) => child.selectors.some((on) => isOn(on, { typename, holder: null }, types)));
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
  const tests = way.map(() => new Map());
  addAskedConditions(fetch.position, fetch, 0, asked, way, tests, types);
  const rootTypes = [apiSchema.getQueryType()?.name, apiSchema.getMutationType()?.name];

  function mayBeInterfaceObject({ child }: Step, type: string): boolean {
    return child.selectors.some(({ fetch: id }) =>
      types.interfaceObjects(fetches[id]?.node.serviceName ?? '').some((one) => possible.overlap(one, type)),
    );
  }

  const cases = combined(way, tests, (step) => {
    const type = declared.get(step.holder) ?? null;
    if (type === null || !tellsTypes(step) || mayBeInterfaceObject(step, type)) return null;
    const all = possible.of(type);
    return all.some((one) => rootTypes.includes(one)) ? null : followedTypes(step, all, types);
  });
  return cases === null || cases.length < 2 ? [] : cases;
}

/**
 * Tells apart what holds the objects of a fetch, as far as what any fetch selects of them depends on it. Null: there is too much of it.
 * @param declared the type of the objects at a place, as far as it is known
 */
export function holdersApart(
  fetch: PlacedFetch,
  root: Position,
  declared: AskedPlaces['declared'],
  possible: PossibleTypes,
  types: FullTypes,
): readonly (HeldType | null)[] | null {
  const way = wayTo(fetch, root);
  const tests = way.map(() => new Map());
  addSelectedConditions(fetch.position, 0, way, tests, types);
  const cases = combined(way, tests, (step) => {
    const type = declared.get(step.holder) ?? null;
    return followedTypes(step, type === null ? types.objectTypes : possible.of(type), types);
  });
  if (cases === null) return null;
  return cases
    .filter(({ holders }) => isOnWay(fetch.elements, holders, types))
    .map(({ holders }) => holders.reduce<HeldType | null>((holder, typename) => ({ typename, holder }), null));
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
