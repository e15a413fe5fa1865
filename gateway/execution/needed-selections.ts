import {
  type DirectiveNode,
  type FieldNode,
  Kind,
  type NameNode,
  print,
  type SelectionNode,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { FetchNode, PlanNode } from '../planning/plan';
import { type AskedOn, addAsked, askedPlaces, narrower, overlap } from './asked-places';
import type { CompileScope } from './compile-scope';
import { guardOf } from './conditions';
import { both, type Guard, isImplied, weakest } from './guards';
import { requiredPlaces } from './needed-order';
import type { PlacedFetch, PlacedPlan } from './place-fetches';
import type { Position, Rename } from './position';
import { requiresOnlyFor } from './requirement-groups';

/** Where a selection of a fetch stands, and when it takes part as far as the fetch says. */
interface Place extends AskedOn {
  readonly position: Position;
  readonly renames: readonly Rename[];
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
  readonly #needed: Map<Position, AskedOn[]>;
  readonly #scope: CompileScope;
  /** Places that a fetch is given although the fetch that answers them comes after it: nothing is said of them. */
  readonly #unordered = new Set<Position>();

  constructor(asked: Map<Position, AskedOn[]>, fetches: readonly PlacedFetch[], root: Position, scope: CompileScope) {
    this.#needed = asked;
    this.#scope = scope;
    for (const fetch of fetches)
      for (const place of requiredPlaces(fetch, root))
        if (place.fetches.some((id) => id >= fetch.id)) this.#unordered.add(place);
  }

  /** What is needed of a field, as far as its objects are concerned; null: at all times. */
  #casesOf(names: readonly string[], place: Place): readonly Guard[] | null {
    const cases: Guard[] = [];
    for (const name of names) {
      const child = place.position.children.get(name);
      if (child === undefined) continue;
      if (this.#unordered.has(child)) return null;
      for (const { guard, condition } of this.#needed.get(child) ?? []) {
        if (!overlap(condition, place.condition, this.#scope.types)) continue;
        if (isImplied(guard, place.guard)) return null;
        const here = both(guard, place.guard);
        if (here !== null) cases.push(here.filter((literal) => !place.guard.includes(literal)));
      }
    }
    const kept = weakest(cases);
    return kept.length > CASES_MAX ? null : kept;
  }

  /** The set as far as anybody needs it; null: nobody needs any of it. @param keep called with each field that is needed */
  rewrite(
    set: SelectionSetNode,
    place: Place,
    keep?: (field: FieldNode, on: AskedOn) => void,
  ): SelectionSetNode | null {
    const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
      const { conditions, nameOf, types } = this.#scope;
      const own = guardOf(one.directives, conditions, nameOf);
      const guard = own === null ? null : both(place.guard, own);
      if (guard === null || one.kind === Kind.FRAGMENT_SPREAD) return [one];
      const here = { ...place, guard };
      if (one.kind === Kind.FIELD) return this.#field(one, here, keep);
      const condition = narrower(place.condition, one.typeCondition?.name.value, types);
      const selectionSet = this.rewrite(one.selectionSet, { ...here, condition }, keep);
      if (selectionSet === one.selectionSet) return [one];
      return selectionSet === null ? [] : [{ ...one, selectionSet }];
    });
    if (selections.length === 0) return null;
    const isSame =
      selections.length === set.selections.length && selections.every((one, at) => one === set.selections[at]);
    return isSame ? set : { ...set, selections };
  }

  #field(
    field: FieldNode,
    place: Place,
    keep: ((field: FieldNode, on: AskedOn) => void) | undefined,
  ): readonly SelectionNode[] {
    if (field.name.value === '__typename') {
      keep?.(field, place);
      return [field];
    }
    const key = (field.alias ?? field.name).value;
    const renames = place.renames.filter(({ path }) => path[0] === key);
    const names = [key, ...renames.filter(({ path }) => path.length === 1).map(({ to }) => to)];
    const cases = this.#casesOf(names, place);
    if (cases?.length === 0) return [];
    for (const guard of cases ?? [[]]) {
      const whole = both(place.guard, guard);
      if (whole !== null) keep?.(field, { guard: whole, condition: place.condition });
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
    const below = this.rewrite(selectionSet, { position, renames, guard: place.guard, condition: null });
    if (below === selectionSet) return field;
    return { ...field, selectionSet: below ?? { kind: Kind.SELECTION_SET, selections: [TYPENAME] } };
  }

  /** Notes what a fetch is given, and when. */
  require(places: readonly Position[], cases: readonly AskedOn[]): void {
    for (const place of places) {
      const known = this.#needed.get(place) ?? [];
      this.#needed.set(place, known);
      for (const { guard } of cases) addAsked(known, { guard, condition: null });
    }
  }
}

/** The fetch with another selection of its entities. */
function withSelection(fetch: PlacedFetch, selectionSet: SelectionSetNode): FetchNode {
  const { node, operation } = fetch;
  const { definition, entities } = operation;
  if (definition === null || entities === null) return node;
  const used = new Set<string>();
  const set: SelectionSetNode = { ...definition.selectionSet, selections: [{ ...entities, selectionSet }] };
  visit(set, { Variable: ({ name }) => void used.add(name.value) });
  const given = (definition.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value));
  for (const { variable } of given) used.delete(variable.name.value);
  // What was not used before are variables of conditions.
  const added = [...used].map(
    (name): VariableDefinitionNode => ({
      kind: Kind.VARIABLE_DEFINITION,
      variable: { kind: Kind.VARIABLE, name: named(name) },
      type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: named('Boolean') } },
    }),
  );
  const variableDefinitions = [...given, ...added];
  const names = new Set(variableDefinitions.map(({ variable }) => variable.name.value));
  const { contextRewrites, ...plain } = node;
  const contexts = contextRewrites?.filter(({ renameKeyTo }) => names.has(renameKeyTo)) ?? [];
  return {
    ...plain,
    operation: stripIgnoredCharacters(print({ ...definition, variableDefinitions, selectionSet: set })),
    variableUsages: [...node.variableUsages.filter((name) => names.has(name)), ...used],
    ...(contexts.length === 0 ? {} : { contextRewrites: contexts }),
  };
}

/**
 * Entity fetches with the conditions that the planner forgot: where a field with requirements leads back into the subgraph
 * that its object came from, its fetch asks at all times for what the client asks for under conditions. An error about it would be
 * about what nobody asked for. What no value of the conditions needs is left out, with what it requires.
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
  if (!fetches.some(({ operation: { entities } }) => entities !== null)) return replaced;
  const asked = askedPlaces(root, operation, scope);
  if (asked === null) return replaced;
  const needed = new NeededSelections(asked, fetches, root, scope);
  for (const fetch of fetches.toReversed()) {
    const { position, guard, operation: text, node } = fetch;
    const set = text.entities?.selectionSet;
    if (set === undefined) {
      needed.require(requiredPlaces(fetch, root), [{ guard, condition: null }]);
      continue;
    }
    const kept = new Set<FieldNode>();
    const cases: AskedOn[] = [];
    const place = { position, guard, condition: null, renames: text.renames };
    const rewritten = needed.rewrite(set, place, (field, on) => {
      kept.add(field);
      addAsked(cases, on);
    });
    if (rewritten === null) {
      replaced.set(node, NOTHING);
      continue;
    }
    if (rewritten !== set) {
      const requires = requiresOnlyFor(fetch, kept, scope);
      replaced.set(node, { ...withSelection(fetch, rewritten), ...(requires && { requires }) });
    }
    const given = replaced.get(node) ?? node;
    const changed = given.kind === 'Fetch' ? { ...fetch, node: given } : fetch;
    needed.require(requiredPlaces(changed, root), cases);
  }
  return replaced;
}
