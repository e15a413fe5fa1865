import {
  type DefinitionNode,
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
  visit,
} from 'graphql';

const INTROSPECTION_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);

export function isIntrospection(node: FieldNode): boolean {
  return INTROSPECTION_FIELDS.has(node.name.value);
}

/** Operation of some `__schema` and `__type` fields of a document. */
export interface IntrospectionPart {
  /** Each field under {@link introspectionAlias}. */
  readonly document: DocumentNode;
  /** Names of the variables that it uses. */
  readonly variables: readonly string[];
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The `__schema` and `__type` fields of a document, in the order in which they are written. */
function introspectionFields(document: DocumentNode): readonly FieldNode[] {
  const found: FieldNode[] = [];
  visit(document, {
    Field(node) {
      if (isIntrospection(node)) found.push(node);
    },
  });
  return found;
}

const indexes = new WeakMap<DocumentNode, ReadonlyMap<FieldNode, number>>();

/** The introspection fields of a document with their indexes, found once. */
export function introspectionIndexes(document: DocumentNode): ReadonlyMap<FieldNode, number> {
  const known = indexes.get(document) ?? new Map(introspectionFields(document).map((field, index) => [field, index]));
  indexes.set(document, known);
  return known;
}

/** @param index among the introspection fields of a document */
export function introspectionAlias(index: number): string {
  return `_${index}`;
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

/** The field without its conditions, for which somebody else has looked. */
function aliased(field: FieldNode, index: number): FieldNode {
  return { ...field, alias: { kind: Kind.NAME, value: introspectionAlias(index) }, directives: [] };
}

/**
 * @param operation of that document
 * @param indexes of the fields wanted among its introspection fields
 */
export function introspectionPart(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  indexes: readonly number[],
): IntrospectionPart {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const fields = introspectionFields(document);
  const selections = indexes.flatMap((index) => {
    const field = fields[index];
    return field === undefined ? [] : [aliased(field, index)];
  });
  const part: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: OperationTypeNode.QUERY,
    selectionSet: { kind: Kind.SELECTION_SET, selections },
  };
  const used = fragmentsIn(part, fragments);
  const variables = new Set<string>();
  for (const one of [part, ...used]) visit(one, { Variable: ({ name }) => void variables.add(name.value) });
  const variableDefinitions = operation.variableDefinitions?.filter((one) => variables.has(one.variable.name.value));
  const asked: OperationDefinitionNode = { ...part, variableDefinitions: variableDefinitions ?? [] };
  return { document: { kind: Kind.DOCUMENT, definitions: [asked, ...used] }, variables: [...variables] };
}
