import type { FetchNode, PlanNode } from '../planning/plan';
import type { AskedIntrospection } from './asked-introspection';
import { fetchChooser } from './chosen-fetches';
import { compilePlaced, compileRoot, nothingAnswers, type OperationSource } from './compile';
import type { CompileScope } from './compile-scope';
import { possibleTypes } from './entity-selection';
import { ALWAYS, both, type Guard, isImplied, weakest } from './guards';
import { compileIntrospection, type Introspect } from './introspection';
import { type IsBefore, type Need, needsOf, orderOf, representedPlaces } from './needed-order';
import { neededSelections } from './needed-selections';
import type { Placed, PlacedFetch, PlacedPlan } from './place-fetches';
import { changed, placeOnce } from './place-plan';
import { isOn, type Position, type SelectedOn, type Selector } from './position';
import type { Program } from './program';
import { byRequirement } from './requirement-groups';
import { unmetRequirements } from './unmet-requirements';

/** Selectors of one key that are compared with each other, and cases that one fetch has. */
const SELECTORS_MAX = 100;
const CASES_MAX = 50;
/** Combinations of introspection fields that are kept compiled. */
const INTROSPECTIONS_MAX = 8;

function casesOf(selectors: readonly Selector[]): readonly Guard[] {
  const cases = weakest(selectors.map(({ guard }) => guard));
  return cases.length === 0 ? [ALWAYS] : cases;
}

/**
 * Guards one of which holds where a fetch has something to ask for: it asks for a field, and somebody answers the objects.
 * Null: there are too many.
 */
function givenFor({ id, guard, position }: PlacedFetch): readonly Guard[] | null {
  const own = [...position.children.values()].flatMap(({ selectors }) => selectors.filter(({ fetch }) => fetch === id));
  const [asking, answering] = [casesOf(own), casesOf(position.selectors)];
  if (asking.length * answering.length > CASES_MAX * CASES_MAX) return null;
  const pairs = asking.flatMap((one) => answering.map((other) => both(one, other)));
  const all = pairs.map((pair) => pair && both(guard, pair));
  const cases = weakest(all.filter((one) => one !== null));
  return cases.length > CASES_MAX ? null : cases;
}

/** Whether one selector reaches every object that the other does. */
function isAsWide(one: SelectedOn, other: SelectedOn): boolean {
  const fits = one.typeConditions.every((condition) => other.typeConditions.includes(condition));
  if (!fits || (one.onTypes !== undefined && one.onTypes !== other.onTypes)) return false;
  return one.above === undefined || (other.above !== undefined && isAsWide(one.above, other.above));
}

/** Whether the same objects are asked for a key under all conditions under which `given` holds. */
function isCertain(selectors: readonly Selector[], given: Guard): boolean {
  if (selectors.length > SELECTORS_MAX) return false;
  const certain = selectors.filter(({ guard }) => isImplied(guard, given));
  return selectors.every((other) => certain.some((one) => isAsWide(one, other)));
}

/** The same for objects of these types only. */
function isCertainOn(
  typenames: ReadonlySet<string>,
  { selectors }: Position,
  given: Guard,
  types: CompileScope['types'],
): boolean {
  if (typenames.size === 0) return isCertain(selectors, given);
  return [...typenames].every((typename) => {
    const here = selectors.filter((one) => isOn(one, { typename, holder: null }, types));
    return here.length === 0 || here.some(({ guard }) => isImplied(guard, given));
  });
}

/** Whether what objects are sent and asked for by a fetch is the same under all conditions. */
function isSettled(fetch: PlacedFetch, { types }: CompileScope): boolean {
  const cases = givenFor(fetch);
  if (cases === null) return false;
  const typenames = possibleTypes(fetch.node, types);
  const own = new Set(fetch.position.children.values());
  const places = representedPlaces(fetch);
  return cases.every((given) =>
    places.every((place) =>
      own.has(place) ? isCertainOn(typenames, place, given, types) : isCertain(place.selectors, given),
    ),
  );
}

/** What to put in the place of fetches that are not settled as they are; null when there is one that is not to be helped. */
function apartByRequirement({ fetches }: PlacedPlan, scope: CompileScope): ReadonlyMap<FetchNode, PlanNode> | null {
  const replaced = new Map<FetchNode, PlanNode>();
  for (const fetch of fetches) {
    if (isSettled(fetch, scope)) continue;
    const other = byRequirement(fetch, scope.types, scope);
    if (other === null) return null;
    replaced.set(fetch.node, { kind: 'Parallel', nodes: other });
  }
  return replaced;
}

/** Places the plan with both branches of each condition; null when what objects lack depends on conditions. */
function placeAll({ plan, operation }: OperationSource, scope: CompileScope): Placed | null {
  let node = plan;
  let result = placeOnce(node, scope);
  const needed = neededSelections(result.placed, result.root, operation.selectionSet, scope);
  if (needed.size > 0) {
    node = changed(node, needed);
    result = placeOnce(node, scope);
  }
  const apart = apartByRequirement(result.placed, scope);
  if (apart === null) return null;
  if (apart.size > 0) {
    node = changed(node, apart);
    result = placeOnce(node, scope);
  }
  for (let round = result.placed.fetches.length; round > 0; round--) {
    if (!result.placed.fetches.every((fetch) => isSettled(fetch, scope))) return null;
    const changes = unmetRequirements(result, operation, scope);
    if (changes.size === 0) break;
    node = changed(node, changes);
    result = placeOnce(node, scope);
  }
  return result;
}

/** Whether a fetch stays behind one of those that answer what it needs, whichever of them take part. */
function isBehind(id: number, given: Guard, { fetches, selectors }: Need, isBefore: IsBefore): boolean {
  if (fetches.every((one) => one === id || isBefore(one, id))) return true;
  return selectors.some(({ fetch, guard }) => isBefore(fetch, id) && isImplied(guard, given));
}

/** Whether the plan's order does, whichever fetches take part. */
function isInOrder({ root, placed }: Placed, { types }: CompileScope): boolean {
  const isBefore = orderOf(placed.step);
  return placed.fetches.every((fetch) => {
    const needs = needsOf(fetch, root, types);
    return givenFor(fetch)?.every((given) => needs.every((need) => isBehind(fetch.id, given, need, isBefore)));
  });
}

/**
 * The one program of an operation that does for every combination of conditions: it has every fetch of the plan, and its
 * runs leave out those that the values of their variables leave out. Null when the conditions decide more than that: what
 * some objects are asked for, or the order of fetches.
 * @throws {HeadgateError} PLANNING_FAILED: an unknown subgraph
 */
export function compileGeneral(source: OperationSource, conditionNames: readonly string[]): Program | null {
  const { shape, operation } = source;
  const scope = { ...source.scope, conditions: new Map() };
  const placed = placeAll(source, scope);
  if (placed === null || !isInOrder(placed, scope)) return null;
  const chooseFetches = fetchChooser(placed, operation, scope);
  if (chooseFetches === null) return null;
  const { root } = placed;
  const introspections = new Map<string, Introspect>();
  const introspect = (fields: AskedIntrospection) => {
    const key = [...fields.keys()].join();
    const known = introspections.get(key) ?? compileIntrospection(source, fields);
    if (introspections.size >= INTROSPECTIONS_MAX) introspections.clear();
    introspections.set(key, known);
    return known;
  };
  return {
    ...compilePlaced(placed, source, scope),
    isGeneral: true,
    choose(variables) {
      const conditions = new Map(conditionNames.map((name) => [name, variables[name] === true]));
      const skipped = chooseFetches(conditions);
      const { asksForData, ...rest } = compileRoot(shape, root, { ...scope, conditions }, introspect);
      if (asksForData && !skipped.includes(0)) throw nothingAnswers();
      return { ...rest, skipped };
    },
  };
}
