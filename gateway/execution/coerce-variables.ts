import {
  GraphQLFloat,
  GraphQLID,
  type GraphQLInputField,
  type GraphQLInputType,
  GraphQLInt,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  getVariableValues,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  isScalarType,
  isSpecifiedScalarType,
  type OperationDefinitionNode,
  typeFromAST,
} from 'graphql';
import { ExactNumber, integerText } from '../json/exact-number';
import { exactLiteral } from './exact-literal';
import { isJsonObject } from './parts';

/** Variables by name, or what is wrong with them. */
export type Coerced = ReturnType<typeof getVariableValues>;
type Values = Readonly<Record<string, unknown>>;

const ERRORS_MAX = 50;
const INT_MAX = 2 ** 31 - 1;

interface Declared {
  readonly name: string;
  readonly type: GraphQLInputType;
  /** Of the default; undefined when there is none. */
  readonly defaultOf: ((coerced: unknown) => unknown) | undefined;
}

function declaredBy({ variableDefinitions = [] }: OperationDefinitionNode, schema: GraphQLSchema): Declared[] {
  return variableDefinitions.flatMap(({ variable, type: node, defaultValue }) => {
    const type = typeFromAST(schema, node);
    if (type === undefined || !isInputType(type)) return [];
    const defaultOf =
      defaultValue === undefined ? undefined : (coerced: unknown) => exactLiteral(type, defaultValue, coerced);
    return [{ name: variable.name.value, type, defaultOf }];
  });
}

/** A double from here on has an exponent as text, which the digits of an ID have not. */
const EXPONENT_MIN = 1e21;

function holdsExact(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number' && Math.abs(value) >= EXPONENT_MIN;
  return value instanceof ExactNumber || Object.values(value).some(holdsExact);
}

function holdsNumber(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return typeof value === 'number';
  return Object.values(value).some(holdsNumber);
}

/** Whether a default of the schema may have lost digits: the subgraph has it in full. */
function mayBeInexact({ defaultValue, type }: GraphQLInputField): boolean {
  return getNamedType(type) !== GraphQLInt && holdsNumber(defaultValue);
}

/** Whether coercion may put such a default into a value of that type. */
function fillsInNumbers(type: GraphQLInputType, seen = new Set<GraphQLNamedType>()): boolean {
  const named = getNamedType(type);
  if (!isInputObjectType(named) || seen.has(named)) return false;
  seen.add(named);
  return Object.values(named.getFields()).some((field) => mayBeInexact(field) || fillsInNumbers(field.type, seen));
}

function isCustomScalar(type: GraphQLNamedType): boolean {
  return isScalarType(type) && !isSpecifiedScalarType(type);
}

/** Something that graphql-js accepts and refuses as the number should be. */
function forType(type: GraphQLNamedType, value: ExactNumber): unknown {
  if (isCustomScalar(type)) return value;
  const double = Number(value);
  if (type === GraphQLID) return integerText(value) ?? [value.text];
  return type === GraphQLInt && Math.abs(double) <= INT_MAX ? value.text : double;
}

/** The value for graphql-js, which knows no exact numbers, and for an `ID` writes large ones with an exponent. */
function acceptable(type: GraphQLInputType, value: unknown): unknown {
  if (isNonNullType(type)) return acceptable(type.ofType, value);
  if (value instanceof ExactNumber) return forType(getNamedType(type), value);
  if (typeof value === 'number') return getNamedType(type) === GraphQLID ? (integerText(value) ?? value) : value;
  if (isListType(type))
    return Array.isArray(value) ? value.map((one) => acceptable(type.ofType, one)) : acceptable(type.ofType, value);
  if (!isInputObjectType(type) || !isJsonObject(value)) return value;
  const fields = type.getFields();
  const entries = Object.entries(value).map(([key, one]) => {
    const field = fields[key];
    return [key, field === undefined ? one : acceptable(field.type, one)];
  });
  return Object.fromEntries(entries);
}

/** A coerced value with the numbers that were given, and without defaults that may have lost digits. */
function exact(type: GraphQLInputType, given: unknown, coerced: unknown): unknown {
  if (isNonNullType(type)) return exact(type.ofType, given, coerced);
  if (isListType(type)) {
    if (!Array.isArray(coerced)) return coerced;
    return coerced.map((one, index) => exact(type.ofType, Array.isArray(given) ? given[index] : given, one));
  }
  if (isInputObjectType(type)) return exactObject(type.getFields(), given, coerced);
  return type === GraphQLFloat && given instanceof ExactNumber ? given : coerced;
}

function exactObject(fields: Readonly<Record<string, GraphQLInputField>>, given: unknown, coerced: unknown): unknown {
  if (!isJsonObject(given) || !isJsonObject(coerced)) return coerced;
  const entries = Object.entries(coerced).flatMap(([key, value]) => {
    const field = fields[key];
    if (field === undefined) return [[key, value]];
    const isGiven = Object.hasOwn(given, key) && given[key] !== undefined;
    if (isGiven) return [[key, exact(field.type, given[key], value)]];
    return mayBeInexact(field) ? [] : [[key, value]];
  });
  return Object.fromEntries(entries);
}

/**
 * Compiles the coercion of an operation's variables (spec: section 6.1.2). It is that of graphql-js, but numbers that a
 * double cannot hold stay what the client sent, in `Float`, `ID` and custom scalars.
 * @param hideSuggestions whether errors may not name what there is
 */
export function variableCoercer(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  hideSuggestions: boolean,
): (given: Values) => Coerced {
  const definitions = operation.variableDefinitions ?? [];
  const declared = declaredBy(operation, schema);
  const isAlwaysCareful = declared.some(({ type, defaultOf }) => defaultOf !== undefined || fillsInNumbers(type));
  const options = { maxErrors: ERRORS_MAX, hideSuggestions };
  const coerce = (given: Values) => getVariableValues(schema, definitions, given, options);

  function acceptableValues(given: Values): Values {
    const own = declared.filter(({ name }) => Object.hasOwn(given, name));
    return Object.fromEntries(own.map(({ name, type }) => [name, acceptable(type, given[name])]));
  }

  return (given) => {
    if (!isAlwaysCareful && !holdsExact(given)) return coerce(given);
    const { coerced, errors } = coerce(acceptableValues(given));
    if (errors !== undefined) return { errors };
    const entries = declared.flatMap(({ name, type, defaultOf }) => {
      if (!Object.hasOwn(coerced, name)) return [];
      const value = coerced[name];
      if (Object.hasOwn(given, name)) return [[name, exact(type, given[name], value)]];
      return [[name, defaultOf === undefined ? value : defaultOf(value)]];
    });
    return { coerced: Object.fromEntries(entries) };
  };
}
