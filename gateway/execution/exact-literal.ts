import {
  GraphQLFloat,
  type GraphQLInputType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  type ValueNode,
} from 'graphql';
import { numberOf } from '../json/exact-number';

/** A literal inside a custom scalar: as `valueFromASTUntyped`, but numbers keep their text. Variables are undefined. */
function untypedLiteral(node: ValueNode): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return numberOf(node.value);
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map(untypedLiteral);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, untypedLiteral(value)]));
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      return undefined;
  }
}

/**
 * The value of a valid literal, with the numbers that it has as text and without fields that it does not have.
 * @param coerced what graphql-js made of it
 */
export function exactLiteral(type: GraphQLInputType, node: ValueNode, coerced: unknown): unknown {
  if (isNonNullType(type)) return exactLiteral(type.ofType, node, coerced);
  if (node.kind === Kind.NULL) return null;
  if (isListType(type)) {
    const values = node.kind === Kind.LIST ? node.values : [node];
    const list: readonly unknown[] = Array.isArray(coerced) ? coerced : [];
    return values.map((one, index) => exactLiteral(type.ofType, one, list[index]));
  }
  if (isInputObjectType(type)) {
    const fields = type.getFields();
    const given = node.kind === Kind.OBJECT ? node.fields : [];
    const values = new Map(Object.entries(coerced ?? {}));
    return Object.fromEntries(
      given.flatMap(({ name: { value: name }, value }) => {
        const field = fields[name];
        return field === undefined ? [] : [[name, exactLiteral(field.type, value, values.get(name))]];
      }),
    );
  }
  const isNumber = node.kind === Kind.INT || node.kind === Kind.FLOAT;
  if (type === GraphQLFloat && isNumber) return numberOf(node.value);
  return isScalarType(type) && !isSpecifiedScalarType(type) ? untypedLiteral(node) : coerced;
}
