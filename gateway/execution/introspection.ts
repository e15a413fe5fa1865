import {
  type DocumentNode,
  type ExecutionResult,
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  OperationTypeNode,
} from 'graphql';

const INTROSPECTION_FIELDS: ReadonlySet<string> = new Set(['__schema', '__type']);

export function isIntrospection(node: FieldNode): boolean {
  return INTROSPECTION_FIELDS.has(node.name.value);
}

export type Introspect = (variables: Readonly<Record<string, unknown>>) => ExecutionResult;

/** Answers the `__schema` and `__type` fields of an operation from the API schema; the rest of it is left out. */
export function compileIntrospection(
  nodes: readonly FieldNode[],
  operation: OperationDefinitionNode,
  document: DocumentNode,
  apiSchema: GraphQLSchema,
): Introspect {
  const introspection: DocumentNode = {
    kind: Kind.DOCUMENT,
    definitions: [
      {
        ...operation,
        operation: OperationTypeNode.QUERY,
        selectionSet: { kind: Kind.SELECTION_SET, selections: nodes },
      },
      ...document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION),
    ],
  };
  return (variableValues) => executeSync({ schema: apiSchema, document: introspection, variableValues });
}
