import {
  type DocumentNode,
  type GraphQLArgument,
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputField,
  type GraphQLScalarType,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
  Kind,
  parse,
  type ValueNode,
  valueFromAST,
  visit,
} from 'graphql';
import { ExactNumber, integerText, isExact } from '../../../json/exact-number';
import type { Json } from '../json';
import { exactNumber } from '../parse-json';

type Variables = Readonly<Record<string, unknown>> | null | undefined;

function numberIn(text: string): Json {
  return isExact(text) ? exactNumber(text) : Number(text);
}

/** A literal where everything is allowed, with the numbers that it has. */
function literalOf(node: ValueNode, variables: Variables): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return numberIn(node.value);
    case Kind.STRING:
    case Kind.ENUM:
    case Kind.BOOLEAN:
      return node.value;
    case Kind.LIST:
      return node.values.map((one) => literalOf(one, variables));
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, literalOf(value, variables)]));
    case Kind.NULL:
      return null;
    case Kind.VARIABLE:
      return variables?.[node.name.value];
  }
}

function isLongNumber(value: unknown): value is bigint | ExactNumber {
  return typeof value === 'bigint' || (value instanceof ExactNumber && Number.isFinite(Number(value)));
}

type Coercions = Pick<GraphQLScalarType, 'serialize' | 'parseValue' | 'parseLiteral'>;

/** `Float` with numbers that a double cannot hold. */
const EXACT_FLOAT: Coercions = {
  serialize: (value) => (isLongNumber(value) ? value : GraphQLFloat.serialize(value)),
  parseValue: (value) => (isLongNumber(value) ? value : GraphQLFloat.parseValue(value)),
  parseLiteral: (node, variables) => {
    const double = GraphQLFloat.parseLiteral(node, variables);
    return node.kind === Kind.INT || node.kind === Kind.FLOAT ? numberIn(node.value) : double;
  },
};

function digitsOf(value: unknown): unknown {
  return value instanceof ExactNumber ? (integerText(value) ?? Number.NaN) : value;
}

/** `ID` that is given as an integer of any length. */
const EXACT_ID: Coercions = {
  serialize: (value) => GraphQLID.serialize(digitsOf(value)),
  parseValue: (value) => (typeof value === 'bigint' ? String(value) : GraphQLID.parseValue(digitsOf(value))),
  parseLiteral: (node, variables) => GraphQLID.parseLiteral(node, variables),
};

const EXACT: ReadonlyMap<string, Coercions> = new Map([
  ['Float', EXACT_FLOAT],
  ['ID', EXACT_ID],
]);
const STAND_IN = '_Exact';

/** A copy of a document that has scalars of its own in the place of `Float` and `ID`: those of graphql-js are everybody's. */
export function withStandIns(document: DocumentNode): DocumentNode {
  const renamed: DocumentNode = visit(document, {
    NamedType: ({ kind, name: { value } }) =>
      EXACT.has(value) ? { kind, name: { kind: Kind.NAME, value: STAND_IN + value } } : undefined,
  });
  const added = [...EXACT.keys()].map((name) => `scalar ${STAND_IN}${name}`).join(' ');
  return { ...renamed, definitions: [...renamed.definitions, ...parse(added, { noLocation: true }).definitions] };
}

/** Gives the stand-ins the names of those that they stand for. */
function takeNames(schema: GraphQLSchema): void {
  const types = schema.getTypeMap();
  for (const [name, coercions] of EXACT) {
    const type = types[STAND_IN + name];
    if (type === undefined) continue;
    Object.assign(type, coercions, { name });
    types[name] = type;
    delete types[STAND_IN + name];
  }
}

function inputsOf(schema: GraphQLSchema): readonly (GraphQLInputField | GraphQLArgument)[] {
  return Object.values(schema.getTypeMap()).flatMap((type): (GraphQLInputField | GraphQLArgument)[] => {
    if (isInputObjectType(type)) return Object.values(type.getFields());
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    return Object.values(type.getFields()).flatMap(({ args }) => [...args]);
  });
}

/**
 * Makes a schema of a document with stand-ins keep numbers that a double cannot hold: in variables, literals and defaults.
 * Changes the schema.
 */
export function keepNumbers(schema: GraphQLSchema): void {
  takeNames(schema);
  for (const type of Object.values(schema.getTypeMap()))
    if (isScalarType(type) && !isSpecifiedScalarType(type)) type.parseLiteral = literalOf;
  for (const one of inputsOf(schema)) {
    const node = one.astNode?.defaultValue;
    if (node !== undefined) one.defaultValue = valueFromAST(node, one.type);
  }
}
