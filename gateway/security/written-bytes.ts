import {
  type ArgumentNode,
  type ConstArgumentNode,
  type DirectiveNode,
  Kind,
  type OperationDefinitionNode,
  type ValueNode,
} from 'graphql';

/** Bytes of a value as it is written in UTF-8. The depth is bounded by the brackets of its text. */
function valueBytes(value: ValueNode): number {
  switch (value.kind) {
    case Kind.STRING:
      return Buffer.byteLength(value.value) + 2;
    case Kind.LIST:
      return value.values.reduce((sum, one) => sum + 1 + valueBytes(one), 2);
    case Kind.OBJECT:
      return value.fields.reduce((sum, one) => sum + one.name.value.length + 2 + valueBytes(one.value), 2);
    case Kind.VARIABLE:
      return value.name.value.length + 1;
    case Kind.NULL:
      return 4;
    case Kind.BOOLEAN:
      return value.value ? 4 : 5;
    default:
      return value.value.length;
  }
}

/** Counts the bytes of the arguments of a field or a directive. */
export function argumentBytes({
  arguments: given = [],
}: {
  readonly arguments?: readonly (ArgumentNode | ConstArgumentNode)[] | undefined;
}): number {
  return given.reduce((sum, one) => sum + one.name.value.length + 2 + valueBytes(one.value), 0);
}

export function directiveBytes({
  directives = [],
}: {
  readonly directives?: readonly DirectiveNode[] | undefined;
}): number {
  return directives.reduce((sum, one) => sum + one.name.value.length + 1 + argumentBytes(one), 0);
}

/** Counts the bytes of an operation without its selections. */
export function definitionBytes(operation: OperationDefinitionNode): number {
  const variables = operation.variableDefinitions ?? [];
  return variables.reduce(
    (sum, one) =>
      sum +
      one.variable.name.value.length +
      directiveBytes(one) +
      (one.defaultValue === undefined ? 0 : valueBytes(one.defaultValue)),
    directiveBytes(operation),
  );
}
