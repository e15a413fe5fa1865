import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

const INTROSPECTION_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);

export function isIntrospection(node: FieldNode): boolean {
  return INTROSPECTION_FIELDS.has(node.name.value);
}

/** The `__schema` and `__type` fields of an operation, as an operation of their own. */
export interface IntrospectionPart {
  readonly document: DocumentNode;
  /** Names of the variables that it uses. */
  readonly variables: readonly string[];
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

function introspectionIn(set: SelectionSetNode, fragments: Fragments): SelectionSetNode {
  const selections = set.selections.flatMap((one): SelectionNode[] => {
    if (one.kind === Kind.FIELD) return isIntrospection(one) ? [one] : [];
    const fragment = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value) : one;
    if (fragment === undefined) return [];
    const selectionSet = introspectionIn(fragment.selectionSet, fragments);
    const condition = fragment.typeCondition === undefined ? {} : { typeCondition: fragment.typeCondition };
    const { directives = [] } = one;
    return selectionSet.selections.length === 0
      ? []
      : [{ kind: Kind.INLINE_FRAGMENT, ...condition, directives, selectionSet }];
  });
  return { ...set, selections };
}

/** The fragments that a definition spreads, and those that these spread. */
function fragmentsIn(definition: DefinitionNode, fragments: Fragments): FragmentDefinitionNode[] {
  const found = new Set<FragmentDefinitionNode>();
  const search = (node: DefinitionNode): void => {
    visit(node, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment === undefined || found.has(fragment)) return;
        found.add(fragment);
        search(fragment);
      },
    });
  };
  search(definition);
  return [...found];
}

/** @param operation of that document, a query */
export function introspectionPart(document: DocumentNode, operation: OperationDefinitionNode): IntrospectionPart {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const { directives: _ofTheWhole, ...rest } = operation;
  const part: OperationDefinitionNode = {
    ...rest,
    operation: OperationTypeNode.QUERY,
    variableDefinitions: [],
    selectionSet: introspectionIn(operation.selectionSet, fragments),
  };
  const used = fragmentsIn(part, fragments);
  const variables = new Set<string>();
  for (const one of [part, ...used]) visit(one, { Variable: ({ name }) => void variables.add(name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter((one) => variables.has(one.variable.name.value));
  const asked: OperationDefinitionNode = { ...part, variableDefinitions: variableDefinitions ?? [] };
  return { document: { kind: Kind.DOCUMENT, definitions: [asked, ...used] }, variables: [...variables] };
}
