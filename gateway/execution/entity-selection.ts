import {
  type FieldNode,
  Kind,
  print,
  type SelectionSetNode,
  stripIgnoredCharacters,
  type VariableDefinitionNode,
  visit,
} from 'graphql';
import type { FetchNode } from '../planning/plan';
import type { FullTypes, KeyPath } from '../supergraph/full-types';
import { guardOf } from './conditions';
import type { PlacedFetch, PlaceScope } from './place-fetches';

/** An entity fetch, wherever it stands. */
export type EntityFetch = Pick<PlacedFetch, 'node' | 'operation'>;

/** A field that an entity fetch selects, with the type that it is selected on. */
export interface SelectedField {
  readonly node: FieldNode;
  readonly typename: string;
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

export function placeOf(path: KeyPath): string {
  return path.map((name) => `/${name}`).join('');
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

/** The fetch with another selection of its entities. */
export function withSelection({ node, operation }: EntityFetch, selectionSet: SelectionSetNode): FetchNode {
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
      variable: { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } },
      type: { kind: Kind.NON_NULL_TYPE, type: { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: 'Boolean' } } },
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

/** The fetch without some of its fields; null when nothing is left to ask for. */
export function withoutFields(fetch: EntityFetch, fields: ReadonlySet<FieldNode>): FetchNode | null {
  const { entities } = fetch.operation;
  if (fields.size === 0 || entities?.selectionSet === undefined) return fetch.node;
  const left = visit(entities.selectionSet, {
    Field: { enter: (field) => (fields.has(field) ? null : undefined) },
    InlineFragment: { leave: (fragment) => (fragment.selectionSet.selections.length === 0 ? null : undefined) },
  });
  return left.selections.length === 0 ? null : withSelection(fetch, left);
}
