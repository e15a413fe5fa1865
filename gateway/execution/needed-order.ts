import type { PlanNode, RequiredSelection } from '../planning/plan';
import { isCondition, wayOf } from './context-values';
import type { PlacedFetch, PlacedPlan, PlacedStep } from './place-fetches';
import type { Position } from './position';
import { readKey } from './representation';

/** Adds the places of what is required of objects at `position`. */
function addRequired(position: Position, selections: readonly RequiredSelection[], places: Position[]): void {
  for (const one of selections) {
    if (one.kind === 'InlineFragment') addRequired(position, one.selections, places);
    else if (one.name !== '__typename') {
      const child = position.children.get(readKey(one));
      if (child === undefined) continue;
      places.push(child);
      addRequired(child, one.selections ?? [], places);
    }
  }
}

/** Places of what representations of a fetch are made of, as far as anybody fetches it. */
export function representedPlaces({ node, position }: PlacedFetch): readonly Position[] {
  const places: Position[] = [];
  addRequired(position, node.requires ?? [], places);
  return places;
}

/** Finds the places of all that a fetch requires, values of contextual arguments included. */
export function requiredPlaces(fetch: PlacedFetch, root: Position): readonly Position[] {
  const { node, elements } = fetch;
  const places = [...representedPlaces(fetch)];
  for (const rewrite of node.contextRewrites ?? []) {
    const { levels, below } = wayOf(rewrite);
    const above = elements.slice(0, elements.length - levels);
    let place: Position | undefined = above.reduce((found, { key }) => found.child(key), root);
    for (const key of below.filter((element) => !isCondition(element))) {
      place = place?.children.get(key);
      if (place !== undefined) places.push(place);
    }
  }
  return places;
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

/** Lists of fetches, one of each of which has to come first: those that answer something that this one is given. */
function needsOf(fetch: PlacedFetch, root: Position): (readonly number[])[] {
  const { position } = fetch;
  const leading = position.fetches.filter((_, index) => (position.sources[index] ?? -1) >= 0);
  const needs = [leading, ...requiredPlaces(fetch, root).map(({ fetches }) => fetches)];
  return needs.map((ids) => ids.filter((id) => id !== fetch.id)).filter((ids) => ids.length > 0);
}

/**
 * A planner sometimes asks for what a `@requires` names after the field that requires it, where the subgraph that answers
 * it gives the key of the next one, too; or at the same time, as for fields of interface objects and contextual arguments.
 * @param placed the plan as it was placed below `root`
 * @returns its fetches in waves, each behind those that answer what it has to be given, and those that the plan has before it and
 *   that tell the types of its objects; null when they are that already
 */
export function inNeededOrder({ fetches, step }: PlacedPlan, root: Position): PlanNode | null {
  const units = fetches.map((fetch) => ({ fetch, needs: needsOf(fetch, root) }));
  const isBefore = orderOf(step);
  if (units.every(({ fetch, needs }) => needs.every((ids) => ids.some((id) => isBefore(id, fetch.id))))) return null;
  const told = units.map((unit) => {
    const tellers = unit.fetch.position.children.get('__typename')?.fetches ?? [];
    const before = tellers.filter((id) => isBefore(id, unit.fetch.id)).map((id) => [id]);
    return { ...unit, needs: [...unit.needs, ...before] };
  });
  return inWaves(told) ?? inWaves(units);
}

/** A fetch and lists of fetches, one of each of which has to come first. */
interface Unit {
  readonly fetch: PlacedFetch;
  readonly needs: readonly (readonly number[])[];
}

/** Null when some of them need each other: no order is better than the planner's then. */
function inWaves(units: readonly Unit[]): PlanNode | null {
  const done = new Set<number>();
  const waves: PlanNode[] = [];
  let left = units;
  while (left.length > 0) {
    const isFirst = (fetch: PlacedFetch) => left[0]?.fetch === fetch;
    const ready = left.filter(
      ({ fetch, needs }) =>
        // A mutation overtakes nothing.
        (fetch.node.operationKind === 'query' || isFirst(fetch)) &&
        needs.every((ids) => ids.some((id) => done.has(id))),
    );
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
