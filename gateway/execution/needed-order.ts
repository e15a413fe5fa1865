import type { PlanNode, RequiredSelection } from '../planning/plan';
import type { FullTypes } from '../supergraph/full-types';
import { contextualFields } from './context-operation';
import { conditionOf, isCondition, wayOf } from './context-values';
import { possibleTypes } from './entity-selection';
import type { PlacedFetch, PlacedPlan, PlacedStep } from './place-fetches';
import { isOnType, type Position, type Selector } from './position';
import { readKey } from './representation';

/** Where something is that a fetch is given, and of objects of which types it is; null: of whatever type. */
interface RequiredPlace {
  readonly place: Position;
  readonly of: readonly string[] | null;
}

/** Adds the places of what is required of objects at `position`. */
function addRequired(
  position: Position,
  selections: readonly RequiredSelection[],
  of: readonly string[] | null,
  places: RequiredPlace[],
  types: FullTypes | null,
): void {
  for (const one of selections) {
    if (one.kind === 'InlineFragment') {
      const { typeCondition } = one;
      const isNarrower = typeCondition !== undefined && types !== null;
      const inner = isNarrower ? (of?.filter((typename) => types.fits(typename, typeCondition)) ?? null) : of;
      addRequired(position, one.selections, inner, places, types);
    } else if (one.name !== '__typename') {
      const place = position.children.get(readKey(one));
      if (place === undefined) continue;
      places.push({ place, of });
      addRequired(place, one.selections ?? [], null, places, types);
    }
  }
}

function represented({ node, position }: PlacedFetch, types: FullTypes | null): RequiredPlace[] {
  const places: RequiredPlace[] = [];
  const of = types === null ? null : [...possibleTypes(node, types)];
  addRequired(position, node.requires ?? [], of, places, types);
  return places;
}

/** Object types that selections of a place name. */
function typesIn({ selectors }: Position, types: FullTypes): readonly string[] {
  const named = selectors.flatMap(({ typeConditions, onTypes = [] }) => [...typeConditions, ...onTypes]);
  return [...new Set(named)].filter((typename) => types.objectTypes.has(typename));
}

/** Whether objects of a type are asked for something that has the contextual argument, by the name of its variable. */
function asksFor({ operation: { entities } }: PlacedFetch, variable: string, types: FullTypes) {
  const set = entities?.selectionSet;
  const around =
    set === undefined ? [] : contextualFields(set, new Set([variable])).map(([, conditions]) => conditions);
  return (typename: string) => around.some((all) => all.every((one) => types.fits(typename, one)));
}

function contextual(fetch: PlacedFetch, root: Position, types: FullTypes | null): RequiredPlace[] {
  const { node, elements } = fetch;
  return (node.contextRewrites ?? []).flatMap((rewrite) => {
    const { levels, below } = wayOf(rewrite);
    const above = elements.slice(0, elements.length - levels);
    let place: Position | undefined = above.reduce((found, { key }) => found.child(key), root);
    const places: RequiredPlace[] = [];
    const conditions = below.filter(isCondition).map(conditionOf);
    // The context is the entity itself: a fetch may ask others beside it for what has no such argument.
    const isAsked = levels === 0 && types !== null ? asksFor(fetch, rewrite.renameKeyTo, types) : () => true;
    for (const key of below.filter((element) => !isCondition(element))) {
      place = place?.children.get(key);
      if (place === undefined) continue;
      const isFirst = places.length === 0 && types !== null;
      const of = isFirst
        ? typesIn(place, types).filter((name) => isAsked(name) && conditions.every((one) => types.fits(name, one)))
        : null;
      places.push({ place, of });
    }
    return places;
  });
}

/** Places of what representations of a fetch are made of, as far as anybody fetches it. */
export function representedPlaces(fetch: PlacedFetch): readonly Position[] {
  return represented(fetch, null).map(({ place }) => place);
}

/** Finds the places of all that a fetch requires, values of contextual arguments included. */
export function requiredPlaces(fetch: PlacedFetch, root: Position): readonly Position[] {
  return [...represented(fetch, null), ...contextual(fetch, root, null)].map(({ place }) => place);
}

/** Fetches that answer something that another one is given, one of which has to come first. */
export interface Need {
  readonly fetches: readonly number[];
  readonly selectors: readonly Selector[];
}

/** Finds the selectors of objects of a type, which may be one of a thousand. */
function byObjectType({ selectors }: Position, types: FullTypes): (typename: string) => readonly Selector[] {
  const others: Selector[] = [];
  const ofOne = new Map<string, Selector[]>();
  for (const one of selectors) {
    const only = one.typeConditions.find((condition) => types.objectTypes.has(condition));
    if (only === undefined) others.push(one);
    else ofOne.set(only, [...(ofOne.get(only) ?? []), one]);
  }
  return (typename) => [...(ofOne.get(typename) ?? []), ...others].filter((on) => isOnType(on, typename, types));
}

/** All needs of a fetch: what leads to its objects, and each thing that it is given, of objects of each type. */
export function needsOf(fetch: PlacedFetch, root: Position, types: FullTypes): readonly Need[] {
  const { position } = fetch;
  const leading = position.fetches.filter((_, index) => (position.sources[index] ?? -1) >= 0);
  const needs: Need[] = [{ fetches: leading, selectors: position.selectors }];
  for (const { place, of } of [...represented(fetch, types), ...contextual(fetch, root, types)]) {
    needs.push({ fetches: place.fetches, selectors: place.selectors });
    // What all of them select is selected on objects of each type.
    if (place.selectors.every(({ typeConditions, onTypes }) => typeConditions.length === 0 && onTypes === undefined))
      continue;
    const selectorsOn = byObjectType(place, types);
    for (const typename of of ?? []) {
      const selectors = selectorsOn(typename);
      if (selectors.length > 0) needs.push({ fetches: selectors.map((one) => one.fetch), selectors });
    }
  }
  return needs;
}

/** Tells whether the first fetch, by its id, is answered before the second one is made. */
export type IsBefore = (one: number, other: number) => boolean;

/** Reads the order of the fetches off the steps of a plan. */
export function orderOf(step: PlacedStep | null): IsBefore {
  /** By fetch: the sequences and parallels above it, outermost first, and which of their steps leads to it. */
  const ways: (readonly { readonly step: PlacedStep; readonly index: number }[])[] = [];
  const visit = (one: PlacedStep, way: (typeof ways)[number]): void => {
    if (one.kind === 'fetch') ways[one.fetch.id] = way;
    else for (const [index, below] of one.steps.entries()) visit(below, [...way, { step: one, index }]);
  };
  if (step !== null) visit(step, []);
  return (one, other) => {
    // Ids count in plan order.
    if (one >= other) return false;
    const [way = [], otherWay = []] = [ways[one], ways[other]];
    const at = way.findIndex(({ index }, depth) => index !== otherWay[depth]?.index);
    return way[at]?.step.kind === 'sequence';
  };
}

/** A fetch, lists of fetches, one of each of which has to come first, and those that tell the types of its objects. */
interface Unit {
  readonly fetch: PlacedFetch;
  readonly needs: readonly (readonly number[])[];
  readonly tellers: readonly number[];
}

/** Leaves out fetches that add to objects of a place that nothing fetched leads to, so that they are never sent. */
function withObjects(units: readonly Unit[]): readonly Unit[] {
  const reached = new Set<number>();
  const leads = ({ fetch: { position, elements } }: Unit): boolean =>
    elements.length === 0 || position.fetches.some((id, at) => (position.sources[at] ?? -1) >= 0 && reached.has(id));
  for (let left = units; ; ) {
    const found = left.filter(leads);
    if (found.length === 0) return units.filter(({ fetch }) => reached.has(fetch.id));
    for (const { fetch } of found) reached.add(fetch.id);
    left = left.filter(({ fetch }) => !reached.has(fetch.id));
  }
}

/**
 * A planner sometimes asks for what a `@requires` names after the field that requires it, where the subgraph that answers
 * it gives the key of the next one, too; or at the same time, as for fields of interface objects and contextual arguments.
 * @param placed the plan as it was placed below `root`
 * @returns its fetches in waves, each behind those that answer what it has to be given, and those that the plan has before it and
 *   that tell the types of its objects; null when they are that already
 */
export function inNeededOrder({ fetches, step }: PlacedPlan, root: Position, types: FullTypes): PlanNode | null {
  const isBefore = orderOf(step);
  const all = fetches.map((fetch): Unit => {
    const needs = needsOf(fetch, root, types).map((one) => one.fetches.filter((id) => id !== fetch.id));
    return { fetch, needs: needs.filter((ids) => ids.length > 0), tellers: [] };
  });
  const reached = withObjects(all);
  const sent = new Set(reached.map(({ fetch }) => fetch.id));
  const units = reached.map((unit) => {
    const needs = unit.needs.map((ids) => ids.filter((id) => sent.has(id)));
    return { ...unit, needs: needs.filter((ids) => ids.length > 0) };
  });
  if (units.every(({ fetch, needs }) => needs.every((ids) => ids.some((id) => isBefore(id, fetch.id))))) return null;
  return inWaves(
    units.map((unit) => {
      const tellers = unit.fetch.position.children.get('__typename')?.fetches ?? [];
      return { ...unit, tellers: tellers.filter((id) => sent.has(id) && isBefore(id, unit.fetch.id)) };
    }),
  );
}

/**
 * Units that can go next. Where what they need and who tells their types contradict each other, it is one that has what it needs:
 * the others keep their order.
 */
function readyOf(left: readonly Unit[], done: ReadonlySet<number>): readonly Unit[] {
  const able = left.filter(
    ({ fetch, needs }) =>
      // A mutation overtakes nothing.
      (fetch.node.operationKind === 'query' || left[0]?.fetch === fetch) &&
      needs.every((ids) => ids.some((id) => done.has(id))),
  );
  const ready = able.filter(({ tellers }) => tellers.every((id) => done.has(id)));
  return ready.length > 0 ? ready : able.slice(0, 1);
}

/** Null when some of them need each other: no order is better than the planner's then. */
function inWaves(units: readonly Unit[]): PlanNode | null {
  const done = new Set<number>();
  const waves: PlanNode[] = [];
  let left = units;
  while (left.length > 0) {
    const ready = readyOf(left, done);
    if (ready.length === 0) return null;
    const nodes = ready.map(
      ({ fetch: { node, path } }): PlanNode => (path.length === 0 ? node : { kind: 'Flatten', path, node }),
    );
    waves.push({ kind: 'Parallel', nodes });
    for (const { fetch } of ready) done.add(fetch.id);
    left = left.filter((one) => !ready.includes(one));
  }
  return { kind: 'Sequence', nodes: waves };
}
