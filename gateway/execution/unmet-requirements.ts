import { type FieldNode, Kind, print, type SelectionSetNode, stripIgnoredCharacters, visit } from 'graphql';
import type { FetchNode, PlanNode, RequiredField, RequiredSelection } from '../planning/plan';
import type { FullTypes, KeyPath } from '../supergraph/full-types';
import { guardOf } from './conditions';
import type { FetchOperation } from './fetch-operations';
import type { PlacedFetch, PlacedPlan, PlaceScope } from './place-fetches';
import type { HeldType, Position } from './position';
import { isFetched, readKey } from './representation';

/** A field that an entity fetch selects, with the type that it is selected on. */
export interface SelectedField {
  readonly node: FieldNode;
  readonly typename: string;
}

/** What objects of some types are sent, and what they are not asked for: it requires what was not fetched of them. */
interface Part {
  readonly types: string[];
  readonly requires: readonly RequiredSelection[];
  readonly unasked: ReadonlySet<FieldNode>;
}

/** Types that objects may have that fit what is required, the names of interface objects among them. */
export function possibleTypes({ requires = [], onTypes }: FetchNode, types: FullTypes): ReadonlySet<string> {
  if (onTypes !== undefined) return new Set(onTypes);
  const conditions = requires.flatMap((one) =>
    one.kind === 'InlineFragment' && one.typeCondition !== undefined ? [one.typeCondition] : [],
  );
  const possible = new Set(conditions);
  const abstract = conditions.filter((one) => !types.objectTypes.has(one));
  if (abstract.length === 0) return possible;
  for (const typename of types.objectTypes)
    if (abstract.some((one) => types.fits(typename, one))) possible.add(typename);
  return possible;
}

function fittingFields(requires: readonly RequiredSelection[], typename: string, types: FullTypes): RequiredField[] {
  return requires.flatMap((one) => {
    if (one.kind === 'Field') return [one];
    const fits = one.typeCondition === undefined || types.fits(typename, one.typeCondition);
    return fits ? fittingFields(one.selections, typename, types) : [];
  });
}

export function placeOf(path: KeyPath): string {
  return path.map((name) => `/${name}`).join('');
}

function addLeaves({ name, selections = [] }: RequiredField, above: string, missing: Set<string>): void {
  const here = `${above}/${name}`;
  if (selections.length === 0) missing.add(here);
  const add = (list: readonly RequiredSelection[]): void => {
    for (const one of list) {
      if (one.kind === 'Field') addLeaves(one, here, missing);
      else add(one.selections);
    }
  };
  add(selections);
}

/** Objects that have what is required. */
interface RequiredOf {
  readonly type: HeldType;
  readonly position: Position;
  /** Names from the entity down to them. */
  readonly above: string;
}

/** The required fields as far as they are fetched. Adds the leaves that are not to `missing`. */
function fetchedFields(
  fields: readonly RequiredField[],
  { type, position, above }: RequiredOf,
  types: FullTypes,
  missing: Set<string>,
): RequiredField[] {
  return fields.flatMap((field) => {
    if (isFetched(type, position, [field], types)) return [field];
    const child = position.children.get(readKey(field));
    const { selections = [] } = field;
    if (selections.length === 0 || child === undefined || !child.isSelectedOn(type, types)) {
      addLeaves(field, above, missing);
      return [];
    }
    const inner = { type: { typename: null, holder: type }, position: child, above: `${above}/${field.name}` };
    const left = selections.flatMap((one): readonly RequiredSelection[] =>
      one.kind === 'InlineFragment' ? [one] : fetchedFields([one], inner, types, missing),
    );
    return left.length === 0 ? [] : [{ ...field, selections: left }];
  });
}

/** The name that the subgraph gets to see: input rewrites give an interface object that of its interface. */
export function sentTypename({ inputRewrites = [] }: FetchNode, typename: string, types: FullTypes): string {
  for (const one of inputRewrites) {
    const [condition = ''] = one.path;
    const isName = one.kind === 'ValueSetter' && one.path.length === 2 && one.path[1] === '__typename';
    if (isName && types.fits(typename, condition.replace('... on ', ''))) return String(one.setValueTo);
  }
  return typename;
}

export function selectedFields(set: SelectionSetNode, scope: PlaceScope, typename = ''): SelectedField[] {
  return set.selections.flatMap((one): SelectedField[] => {
    if (guardOf(one.directives, scope.conditions, scope.nameOf) === null) return [];
    if (one.kind === Kind.FIELD) return [{ node: one, typename }];
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    return selectedFields(one.selectionSet, scope, one.typeCondition?.name.value ?? typename);
  });
}

/** Null when objects of the type have no key. */
function partFor(
  typename: string,
  node: FetchNode,
  selected: readonly SelectedField[],
  position: Position,
  types: FullTypes,
): Omit<Part, 'types'> | null {
  const { requires = [], serviceName } = node;
  const missing = new Set<string>();
  const fetched = fetchedFields(
    fittingFields(requires, typename, types),
    { type: { typename, holder: null }, position, above: '' },
    types,
    missing,
  );
  const names = new Set(['__typename', ...fetched.map(({ name }) => name)]);
  const keys = types.keys(serviceName, sentTypename(node, typename, types));
  const isSent = (path: KeyPath) => names.has(path[0] ?? '') && !missing.has(placeOf(path));
  if (keys.length > 0 && !keys.some((key) => key.every(isSent))) return null;
  if (missing.size === 0) return { requires, unasked: new Set() };
  const unasked = selected.filter(({ node: { name }, typename: selectedOn }) =>
    [typename, selectedOn].some((one) =>
      types.requirement(serviceName, one, name.value).some((path) => missing.has(placeOf(path))),
    ),
  );
  return { requires: fetched, unasked: new Set(unasked.map((one) => one.node)) };
}

/** The fetch without some of its fields; null when nothing is left to ask for. */
export function withoutFields(
  node: FetchNode,
  { definition: whole }: FetchOperation,
  fields: ReadonlySet<FieldNode>,
): FetchNode | null {
  if (fields.size === 0 || whole === null) return node;
  const definition = visit(whole, {
    Field: { enter: (field) => (fields.has(field) ? null : undefined) },
    InlineFragment: { leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined) },
  });
  const used = new Set<string>();
  visit(definition.selectionSet, { Variable: ({ name }) => void used.add(name.value) });
  const [entities] = definition.selectionSet.selections;
  if (entities?.kind !== Kind.FIELD || entities.selectionSet?.selections.length === 0) return null;
  const variableDefinitions = definition.variableDefinitions?.filter(({ variable }) => used.has(variable.name.value));
  return {
    ...node,
    operation: stripIgnoredCharacters(print({ ...definition, variableDefinitions: variableDefinitions ?? [] })),
    variableUsages: node.variableUsages.filter((name) => used.has(name)),
  };
}

function fetchOf(fetch: PlacedFetch, { types, requires, unasked }: Part): FetchNode | null {
  return withoutFields({ ...fetch.node, onTypes: types, requires }, fetch.operation, unasked);
}

function split(fetch: PlacedFetch, types: FullTypes, scope: PlaceScope): PlanNode | null {
  const { node, position } = fetch;
  const { requires } = node;
  const { entities } = fetch.operation;
  if (entities?.selectionSet === undefined) return null;
  const selected = selectedFields(entities.selectionSet, scope);
  if (selected.length === 0) return { kind: 'Parallel', nodes: [] };
  const parts = new Map<string, Part>();
  const possible = possibleTypes(node, types);
  const isKnown = (typename: string) => types.keys(node.serviceName, sentTypename(node, typename, types)).length > 0;
  const isAnyKnown = [...possible].some(isKnown);
  for (const typename of possible) {
    if (isAnyKnown && !isKnown(typename)) continue;
    const part = partFor(typename, node, selected, position, types);
    if (part === null) continue;
    const unasked = selected.flatMap((one, index) => (part.unasked.has(one.node) ? [index] : []));
    const key = JSON.stringify([unasked, part.requires]);
    const same = parts.get(key);
    if (same === undefined) parts.set(key, { ...part, types: [typename] });
    else same.types.push(typename);
  }
  const isWhole = [...parts.values()].every(
    (part) => part.requires === requires && part.types.length === possible.size,
  );
  if (isWhole && parts.size === 1) return null;
  const nodes = [...parts.values()].map((part) => fetchOf(fetch, part));
  return { kind: 'Parallel', nodes: nodes.filter((one) => one !== null) };
}

/**
 * Entity fetches some of whose objects lack something: a planner asks all of them for all fields, also where conditions of
 * the operation or the type of an object leave out a field and what it requires. An object without what a field requires
 * is not asked for that field, and one without a key for nothing.
 * @param placed the plan as it was placed below `root`
 * @returns what to put in the place of which fetch
 */
export function unmetRequirements(
  { fetches }: PlacedPlan,
  types: FullTypes,
  scope: PlaceScope,
): ReadonlyMap<FetchNode, PlanNode> {
  const replaced = new Map<FetchNode, PlanNode>();
  for (const fetch of fetches) {
    if (fetch.node.requires === undefined) continue;
    const other = split(fetch, types, scope);
    if (other !== null) replaced.set(fetch.node, other);
  }
  return replaced;
}
