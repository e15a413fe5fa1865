import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** One root field inside the fragments that it is written in. */
interface RootField {
  readonly key: string;
  readonly selection: SelectionNode;
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function rootFieldsIn(set: SelectionSetNode, fragments: Fragments): RootField[] {
  return set.selections.flatMap((one): RootField[] => {
    if (one.kind === Kind.FIELD) return [{ key: (one.alias ?? one.name).value, selection: one }];
    const fragment = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value) : one;
    if (fragment === undefined) return [];
    const { directives = [] } = one;
    return rootFieldsIn(fragment.selectionSet, fragments).map(({ key, selection }) => ({
      key,
      selection: {
        kind: Kind.INLINE_FRAGMENT,
        directives,
        selectionSet: { kind: Kind.SELECTION_SET, selections: [selection] },
      },
    }));
  });
}

/** A mutation of several root fields. */
export interface Mutation {
  /** It has what all selections of one response key in a row: the planner would send to a subgraph twice what it meets twice. */
  readonly document: DocumentNode;
  /** One document for each root field, in their order. */
  readonly steps: readonly DocumentNode[];
}

function isInRow(keys: readonly string[]): boolean {
  return keys.every((key, at) => key === keys[at - 1] || keys.indexOf(key) === at);
}

/**
 * A mutation taken apart into its root fields, in their order: what follows one has to be fetched before the next begins.
 * @returns null for whatever has one step only
 */
export function mutationOf(document: DocumentNode, operationName: string | null): Mutation | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode =>
      one.kind === Kind.OPERATION_DEFINITION && (operationName === null || one.name?.value === operationName),
  );
  if (operation?.operation !== 'mutation') return null;
  const fields = rootFieldsIn(operation.selectionSet, fragments);
  const steps = new Map<string, SelectionNode[]>();
  for (const { key, selection } of fields) steps.set(key, [...(steps.get(key) ?? []), selection]);
  if (steps.size < 2) return null;
  const documentOf = (selections: readonly SelectionNode[]): DocumentNode => {
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
    return { ...document, definitions: [{ ...operation, selectionSet }, ...fragments.values()] };
  };
  return {
    document: isInRow(fields.map(({ key }) => key)) ? document : documentOf([...steps.values()].flat()),
    steps: [...steps.values()].map(documentOf),
  };
}
