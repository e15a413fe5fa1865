import type { FieldNode, OperationDefinitionNode } from 'graphql';
import type { FetchNode, PlanNode, RequiredField, RequiredSelection } from '../planning/plan';
import type { FullTypes, KeyPath } from '../supergraph/full-types';
import { type AskedPlaces, askedPlaces } from './asked-places';
import type { CompileScope } from './compile-scope';
import {
  placeOf,
  possibleTypes,
  type SelectedField,
  selectedFields,
  sentTypename,
  withoutFields,
} from './entity-selection';
import { mayBeHeldApart } from './holder-types';
import { HolderBudget, type HoldersOfType, holdersApart } from './holders-apart';
import type { Placed, PlacedFetch } from './place-fetches';
import type { HeldType, Position } from './position';
import { PossibleTypes } from './possible-types';
import { isFetched, readKey } from './representation';
import { byRequirement } from './requirement-groups';

/** What objects of some types are sent, and what they are not asked for: it requires what was not fetched of them. */
interface Part {
  readonly types: string[];
  readonly requires: readonly RequiredSelection[];
  readonly unasked: ReadonlySet<FieldNode>;
}

function fittingFields(requires: readonly RequiredSelection[], typename: string, types: FullTypes): RequiredField[] {
  return requires.flatMap((one) => {
    if (one.kind === 'Field') return [one];
    const fits = one.typeCondition === undefined || types.fits(typename, one.typeCondition);
    return fits ? fittingFields(one.selections, typename, types) : [];
  });
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

/** Null when such objects have no key. */
function partFor(
  type: HeldType & { readonly typename: string },
  node: FetchNode,
  selected: readonly SelectedField[],
  position: Position,
  types: FullTypes,
): Omit<Part, 'types'> | null {
  const { typename } = type;
  const { requires = [], serviceName } = node;
  const missing = new Set<string>();
  const fitting = fittingFields(requires, typename, types);
  const fetched = fetchedFields(fitting, { type, position, above: '' }, types, missing);
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

/** Says what may hold the objects of a fetch, as far as what they have depends on it; null: there is too much of it. */
type HoldersOf = (fetch: PlacedFetch) => HoldersOfType | null;

function keyOf({ unasked, requires }: Omit<Part, 'types'>, selected: readonly SelectedField[]): string {
  return JSON.stringify([selected.flatMap((one, index) => (unasked.has(one.node) ? [index] : [])), requires]);
}

const ANY_HOLDER: HoldersOfType = () => [null];

/** What objects of one type are sent, whatever holds them. */
function partBehind(
  holdersOf: HoldersOfType | null,
  typename: string,
  { node, position }: PlacedFetch,
  selected: readonly SelectedField[],
  types: FullTypes,
): Omit<Part, 'types'> | 'no key' | 'depends on holders' {
  if (holdersOf === null) return 'depends on holders';
  const all = holdersOf(typename).map((holder) => partFor({ typename, holder }, node, selected, position, types));
  const [part, ...others] = all.filter((one) => one !== null);
  if (part === undefined) return 'no key';
  return others.every((one) => keyOf(one, selected) === keyOf(part, selected)) ? part : 'depends on holders';
}

function split(fetch: PlacedFetch, holdersOf: HoldersOf, scope: CompileScope): PlanNode | null {
  const { node } = fetch;
  const { requires = [] } = node;
  const { types } = scope;
  const { entities } = fetch.operation;
  if (entities?.selectionSet === undefined) return null;
  const selected = selectedFields(entities.selectionSet, scope);
  if (selected.length === 0) return { kind: 'Parallel', nodes: [] };
  const holders = holdersOf(fetch);
  const parts = new Map<string, Part>();
  const apart = new Map<string, { readonly node: FetchNode; readonly types: string[] }>();
  const possible = possibleTypes(node, types);
  const isKnown = (typename: string) => types.keys(node.serviceName, sentTypename(node, typename, types)).length > 0;
  const isAnyKnown = [...possible].some(isKnown);
  for (const typename of possible) {
    if (isAnyKnown && !isKnown(typename)) continue;
    let part = partBehind(holders, typename, fetch, selected, types);
    if (part === 'no key') continue;
    if (part === 'depends on holders') {
      const pieces = byRequirement({ ...fetch, node: { ...node, onTypes: [typename] } }, types, scope);
      for (const piece of pieces ?? []) {
        const text = JSON.stringify([piece.operation, piece.requires]);
        const same = apart.get(text);
        if (same === undefined) apart.set(text, { node: piece, types: [typename] });
        else same.types.push(typename);
      }
      if (pieces !== null) continue;
      part = { requires, unasked: new Set() };
    }
    const key = keyOf(part, selected);
    const same = parts.get(key);
    if (same === undefined) parts.set(key, { ...part, types: [typename] });
    else same.types.push(typename);
  }
  const all = [...parts.values()];
  const isWhole = all.every((part) => part.requires === requires && part.types.length === possible.size);
  if (isWhole && all.length === 1 && apart.size === 0) return null;
  const nodes: PlanNode[] = [...apart.values()].map((one) => ({ ...one.node, onTypes: one.types }));
  for (const { types: onTypes, requires: sent, unasked } of all) {
    const one = withoutFields({ ...fetch, node: { ...node, onTypes, requires: sent } }, unasked);
    if (one !== null) nodes.push(one);
  }
  return { kind: 'Parallel', nodes };
}

/**
 * Entity fetches some of whose objects lack something: a planner asks all of them for all fields, also where conditions of
 * the operation or the type of an object leave out a field and what it requires. An object without what a field requires
 * is not asked for that field, and one without a key for nothing. Where the types of what holds the objects decide, there is a
 * fetch for each requirement: an object that lacks one is not sent for it.
 * @returns what to put in the place of which fetch
 */
export function unmetRequirements(
  { placed: { fetches }, root }: Placed,
  operation: OperationDefinitionNode,
  scope: CompileScope,
): ReadonlyMap<FetchNode, PlanNode> {
  const replaced = new Map<FetchNode, PlanNode>();
  const possible = new PossibleTypes(scope.types);
  const budget = new HolderBudget();
  let declared: AskedPlaces['declared'] | null = null;
  const holdersOf: HoldersOf = (fetch) => {
    if (!mayBeHeldApart(fetch, root)) return ANY_HOLDER;
    declared ??= askedPlaces(root, operation.selectionSet, scope, possible, false)?.declared ?? new Map();
    return holdersApart(fetch, root, declared, possible, scope.types, budget);
  };
  for (const fetch of fetches) {
    if (fetch.node.requires === undefined) continue;
    const other = split(fetch, holdersOf, scope);
    if (other !== null) replaced.set(fetch.node, other);
  }
  return replaced;
}
