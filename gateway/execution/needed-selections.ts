import {
  type DirectiveNode,
  type FieldNode,
  Kind,
  type NameNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { FetchNode, PlanNode } from '../planning/plan';
import { type AskedOn, askedPlaces } from './asked-places';
import type { CompileScope } from './compile-scope';
import { guardOf } from './conditions';
import { withSelection } from './entity-selection';
import { both, type Guard, isImplied, weakest } from './guards';
import { type Holders, type HolderTypes, holderCases, isHeldBy, isOnWay, joined, mayBeHeldApart } from './holder-types';
import { requiredPlaces } from './needed-order';
import type { FlattenElement } from './paths';
import type { PlacedFetch, PlacedPlan } from './place-fetches';
import type { Position, Rename } from './position';
import { PossibleTypes } from './possible-types';
import { requiresOnlyFor } from './requirement-groups';

/** A selection that somebody needs: the client, or a later fetch that is given what is there. */
interface Needed extends AskedOn {
  /** The way to the objects of that fetch. */
  readonly by?: readonly FlattenElement[];
}

/** Where a selection of a fetch stands, and when it takes part as far as the fetch says. */
interface Place {
  readonly position: Position;
  readonly guard: Guard;
  readonly condition: string | null;
  readonly renames: readonly Rename[];
  /** Levels below the objects that the fetch adds to. */
  readonly depth: number;
  /** What holds those objects. */
  readonly holders: Holders;
}

type Keep = (field: FieldNode, guard: Guard) => void;

/** What is left of a fetch. */
interface Left {
  readonly set: SelectionSetNode | null;
  readonly kept: ReadonlySet<FieldNode>;
  /** One of them holds when the fetch has something to ask for. */
  readonly cases: readonly Guard[];
}

const NOTHING: PlanNode = { kind: 'Parallel', nodes: [] };
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };
/** Conditions of one field; beyond, it is left as it is. */
const CASES_MAX = 10;

function named(value: string): NameNode {
  return { kind: Kind.NAME, value };
}

/** A field below a fragment for each condition: one place may have each directive once. */
function under(guard: Guard, field: FieldNode, variableOf: (name: string) => string): SelectionNode {
  return guard.reduce((node: SelectionNode, { variable, value }): SelectionNode => {
    const condition = { kind: Kind.VARIABLE, name: named(variableOf(variable)) } as const;
    const directive: DirectiveNode = {
      kind: Kind.DIRECTIVE,
      name: named(value ? 'include' : 'skip'),
      arguments: [{ kind: Kind.ARGUMENT, name: named('if'), value: condition }],
    };
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [node] };
    return { kind: Kind.INLINE_FRAGMENT, directives: [directive], selectionSet };
  }, field);
}

/** Gives the entity fetches of one plan the conditions that it lost, the last fetch first. */
class NeededSelections {
  readonly #needed: Map<Position, Needed[]>;
  readonly #possible: PossibleTypes;
  readonly #scope: CompileScope;
  /** Places that a fetch is given although the fetch that answers them comes after it: nothing is said of them. */
  readonly #unordered = new Set<Position>();

  constructor(
    asked: Map<Position, Needed[]>,
    possible: PossibleTypes,
    fetches: readonly PlacedFetch[],
    root: Position,
    scope: CompileScope,
  ) {
    this.#needed = asked;
    this.#possible = possible;
    this.#scope = scope;
    for (const fetch of fetches)
      for (const place of requiredPlaces(fetch, root))
        if (place.fetches.some((id) => id >= fetch.id)) this.#unordered.add(place);
  }

  #isHere(needed: Needed, { condition, depth, holders }: Place): boolean {
    const { types } = this.#scope;
    if (!this.#possible.overlap(needed.condition, condition)) return false;
    return needed.by === undefined ? isHeldBy(needed, depth, holders, types) : isOnWay(needed.by, holders, types);
  }

  /** What is needed of a field, as far as its objects are concerned; null: at all times. */
  #casesOf(names: readonly string[], place: Place): readonly Guard[] | null {
    const cases: Guard[] = [];
    for (const name of names) {
      const child = place.position.children.get(name);
      if (child === undefined) continue;
      if (this.#unordered.has(child)) return null;
      for (const needed of this.#needed.get(child) ?? []) {
        if (!this.#isHere(needed, place)) continue;
        const { guard } = needed;
        if (isImplied(guard, place.guard)) return null;
        const here = both(guard, place.guard);
        if (here !== null) cases.push(here.filter((literal) => !place.guard.includes(literal)));
      }
    }
    const kept = weakest(cases);
    return kept.length > CASES_MAX ? null : kept;
  }

  /** The set as far as anybody needs it; null: nobody needs any of it. @param keep called with each field that is needed */
  #rewrite(set: SelectionSetNode, place: Place, keep?: Keep): SelectionSetNode | null {
    const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
      const { conditions, nameOf } = this.#scope;
      const own = guardOf(one.directives, conditions, nameOf);
      const guard = own === null ? null : both(place.guard, own);
      if (guard === null || one.kind === Kind.FRAGMENT_SPREAD) return [one];
      const here = { ...place, guard };
      if (one.kind === Kind.FIELD) return this.#field(one, here, keep);
      const inner = one.typeCondition?.name.value;
      const condition = inner === undefined ? place.condition : this.#possible.narrower(place.condition, inner);
      const selectionSet = this.#rewrite(one.selectionSet, { ...here, condition }, keep);
      if (selectionSet === one.selectionSet) return [one];
      return selectionSet === null ? [] : [{ ...one, selectionSet }];
    });
    if (selections.length === 0) return null;
    const isSame =
      selections.length === set.selections.length && selections.every((one, at) => one === set.selections[at]);
    return isSame ? set : { ...set, selections };
  }

  #field(field: FieldNode, place: Place, keep: Keep | undefined): readonly SelectionNode[] {
    if (field.name.value === '__typename') {
      keep?.(field, place.guard);
      return [field];
    }
    const key = (field.alias ?? field.name).value;
    const renames = place.renames.filter(({ path }) => path[0] === key);
    const names = [key, ...renames.filter(({ path }) => path.length === 1).map(({ to }) => to)];
    const cases = this.#casesOf(names, place);
    if (cases?.length === 0) return [];
    for (const guard of cases ?? [[]]) {
      const whole = both(place.guard, guard);
      if (whole !== null) keep?.(field, whole);
    }
    const below = renames.filter(({ path }) => path.length > 1).map(({ path, to }) => ({ path: path.slice(1), to }));
    const node = this.#below(field, place, names, below);
    if (cases === null) return [node];
    return cases.map((guard) => under(guard, node, (name) => this.#scope.names.variableOf(name)));
  }

  #below(field: FieldNode, place: Place, names: readonly string[], renames: readonly Rename[]): FieldNode {
    const { selectionSet } = field;
    const [key = ''] = names;
    const position = place.position.children.get(key);
    if (selectionSet === undefined || position === undefined || names.length > 1) return field;
    const below = this.#rewrite(selectionSet, {
      ...place,
      position,
      renames,
      condition: null,
      depth: place.depth + 1,
    });
    if (below === selectionSet) return field;
    return { ...field, selectionSet: below ?? { kind: Kind.SELECTION_SET, selections: [TYPENAME] } };
  }

  /** What is needed of an entity fetch behind some holders. */
  leftOf({ position, guard, operation: { renames } }: PlacedFetch, set: SelectionSetNode, holders: Holders): Left {
    const kept = new Set<FieldNode>();
    const guards: Guard[] = [];
    const place = { position, guard, condition: null, renames, depth: 0, holders };
    const left = this.#rewrite(set, place, (field, when) => {
      kept.add(field);
      guards.push(when);
    });
    return { set: left, kept, cases: weakest(guards) };
  }

  /** Notes what a fetch is given, and when. */
  require(fetch: PlacedFetch, root: Position, cases: readonly Guard[]): void {
    for (const place of requiredPlaces(fetch, root)) {
      const known = this.#needed.get(place) ?? [];
      this.#needed.set(place, known);
      for (const guard of cases) known.push({ guard, condition: null, above: null, by: fetch.elements });
    }
  }
}

/** The fetch as far as it is needed; null: it is as it should be. */
function changedFetch(fetch: PlacedFetch, { set, kept }: Left, scope: CompileScope): FetchNode | null {
  if (set === null || set === fetch.operation.entities?.selectionSet) return null;
  const requires = requiresOnlyFor(fetch, kept, scope);
  return { ...withSelection(fetch, set), ...(requires && { requires }) };
}

function isToldApart(fetch: PlacedFetch, root: Position): boolean {
  return fetch.node.contextRewrites === undefined && mayBeHeldApart(fetch, root);
}

/** A fetch as it is needed behind objects of some types. */
interface HeldFetch {
  readonly fetch: PlacedFetch;
  readonly cases: readonly Guard[];
}

function heldFetches(
  fetch: PlacedFetch,
  cases: readonly { readonly left: Left; readonly types: HolderTypes }[],
  scope: CompileScope,
): readonly HeldFetch[] {
  const bySelection = new Map<string, { readonly left: Left; readonly types: HolderTypes[] }>();
  for (const { left, types } of cases) {
    if (left.set === null) continue;
    const key = print(left.set);
    const same = bySelection.get(key);
    if (same === undefined) bySelection.set(key, { left, types: [types] });
    else same.types.push(types);
  }
  return [...bySelection.values()].flatMap(({ left, types }) => {
    const node = changedFetch(fetch, left, scope) ?? fetch.node;
    return joined(types).map((onHolders) => {
      const elements = fetch.elements.map((one, index) => ({ ...one, types: onHolders[index] ?? one.types }));
      return { fetch: { ...fetch, node: { ...node, onHolders }, elements }, cases: left.cases };
    });
  });
}

/**
 * Entity fetches that ask for no more than somebody needs. A planner forgets conditions: where a field with requirements leads
 * back into the subgraph that its object came from, its fetch asks at all times for what the client asks for under conditions.
 * And it asks all objects at a place for the same, whatever the types of those that hold them:
 * `... on A { photo { title } } ... on B { photo { alt } }`. An error about what nobody asked for would be in the answer, and take
 * along what somebody did ask for. What no value of the conditions needs is left out, with what it requires; behind objects of
 * different types, a fetch for each selection.
 * @param placed the plan as it was placed below `root`
 * @returns what to put in the place of which fetch
 */
export function neededSelections(
  { fetches }: PlacedPlan,
  root: Position,
  operation: SelectionSetNode,
  scope: CompileScope,
): ReadonlyMap<FetchNode, PlanNode> {
  const replaced = new Map<FetchNode, PlanNode>();
  const isApart = new Set(fetches.filter((fetch) => isToldApart(fetch, root)));
  const possible = new PossibleTypes(scope.types);
  const places =
    (isApart.size > 0 ? askedPlaces(root, operation, scope, possible, true) : null) ??
    askedPlaces(root, operation, scope, possible, false);
  if (places === null) return replaced;
  const needed = new NeededSelections(places.asked, possible, fetches, root, scope);
  for (const fetch of fetches.toReversed()) {
    const set = fetch.operation.entities?.selectionSet;
    if (set === undefined) {
      needed.require(fetch, root, [fetch.guard]);
      continue;
    }
    const cases = isApart.has(fetch) ? holderCases(fetch, root, fetches, places, possible, scope) : [];
    const lefts = cases.map(({ holders, types }) => ({ left: needed.leftOf(fetch, set, holders), types }));
    const [first] = lefts;
    const isOne = lefts.every(
      ({ left }) => (left.set && print(left.set)) === (first?.left.set && print(first.left.set)),
    );
    const left = isOne ? (first?.left ?? needed.leftOf(fetch, set, [])) : null;
    if (left === null) {
      const held = heldFetches(fetch, lefts, scope);
      replaced.set(fetch.node, { kind: 'Parallel', nodes: held.map((one) => one.fetch.node) });
      for (const one of held) needed.require(one.fetch, root, one.cases);
      continue;
    }
    const changed = changedFetch(fetch, left, scope);
    if (left.set === null) replaced.set(fetch.node, NOTHING);
    else if (changed !== null) replaced.set(fetch.node, changed);
    if (left.set !== null) needed.require(changed === null ? fetch : { ...fetch, node: changed }, root, left.cases);
  }
  return replaced;
}

/** Whether {@link neededSelections} may find something, which few operations need. */
export function maySelectTooMuch({ fetches }: PlacedPlan, root: Position, { conditions }: CompileScope): boolean {
  return conditions.size > 0 || fetches.some((fetch) => isToldApart(fetch, root));
}
