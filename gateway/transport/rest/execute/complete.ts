import {
  type GraphQLLeafType,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import { ExactNumber, integerText, numberOf } from '../../../json/exact-number';
import { isJsonArray, isJsonObject, type Json, type JsonObject, ownProperty } from '../json';
import { RestError, restError } from '../response/rest-error';
import type { Operation } from './operation';

/** Value that a field resolver hands to graphql-js: an `Error` in a list becomes an error at its place. */
export type Completed = unknown;

/**
 * Makes a mapped value fit its declared type: objects are loaded as far as the selection needs, leaves are coerced, and
 * what cannot fit is an error that names the field.
 * @throws {RestError} REST_RESPONSE_INVALID
 */
export function complete(
  value: Json | undefined,
  type: GraphQLOutputType,
  operation: Operation,
  info: GraphQLResolveInfo,
): Completed {
  if (isNonNullType(type)) return nonNull(complete(value, type.ofType, operation, info), operation, info);
  if (value === undefined || value === null) return null;
  if (isListType(type)) {
    if (!isJsonArray(value)) throw invalid('is declared as a list', operation, info);
    const { ofType } = type;
    return eachInTurns(value, operation, (item) => completeItem(item, ofType, operation, info));
  }
  if (isLeafType(type)) return completeLeaf(value, type, operation, info);
  if (!isJsonObject(value)) throw invalid('is declared as an object', operation, info);
  const object = isObjectType(type) ? type : concreteType(value, operation, info);
  return operation.hydrate(value, object, info);
}

/** Does something with each item of a list; of a long one, in several turns of the loop, and bulk lookups wait for all of them. */
export function eachInTurns<Item>(
  items: readonly Item[],
  { session: { pieces, window } }: Operation,
  each: (item: Item) => Completed,
): Completed[] {
  let last: Promise<void> | null = null;
  const completed = items.map((item) => {
    const turn = pieces.begin();
    if (turn === null) return each(item);
    last = turn;
    return turn.then(() => each(item));
  });
  const end: Promise<void> | null = last;
  if (end !== null) releaseAfter(end, window.hold());
  return completed;
}

function releaseAfter(end: Promise<void>, release: () => void): void {
  end.then(release, release);
}

/** An item that does not fit fails alone. */
function completeItem(item: Json, type: GraphQLOutputType, operation: Operation, info: GraphQLResolveInfo): Completed {
  try {
    return complete(item, type, operation, info);
  } catch (error) {
    if (error instanceof RestError) return error;
    throw error;
  }
}

function nonNull(completed: Completed, operation: Operation, info: GraphQLResolveInfo): Completed {
  if (completed instanceof Promise) return completed.then((value) => nonNull(value, operation, info));
  if (completed === null) throw invalid('is null, but declared non-null', operation, info);
  return completed;
}

function completeLeaf(value: Json, type: GraphQLLeafType, operation: Operation, info: GraphQLResolveInfo): Completed {
  try {
    return type.serialize(plainNumbers(value, type));
  } catch {
    // What graphql-js says quotes the value, and bodies do not leave the house.
    throw invalid(`does not fit its type ${type.name}`, operation, info);
  }
}

/** Numbers as executors know them: of `Float` and custom scalars they keep their text, for the others it is a string. */
function plainNumbers(value: Json, type: GraphQLLeafType): unknown {
  if (value instanceof ExactNumber) return exactLeaf(value, type);
  if (typeof value === 'bigint') return exactLeaf(numberOf(value.toString()), type);
  if (typeof value !== 'object' || value === null || isSpecifiedScalarType(type)) return value;
  if (isJsonArray(value)) return value.map((item) => plainNumbers(item, type));
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, plainNumbers(item, type)]));
}

/** A fraction that is no double is no integer either. */
function exactLeaf(value: number | ExactNumber, type: GraphQLLeafType): unknown {
  if (type.name === 'Float' || (isScalarType(type) && !isSpecifiedScalarType(type))) return value;
  if (type.name === 'ID') return integerText(value) ?? Number.NaN;
  if (type.name === 'Int') return Number.NaN;
  return value.toString();
}

function concreteType(value: JsonObject, operation: Operation, info: GraphQLResolveInfo): GraphQLObjectType {
  const name = ownProperty(value, '__typename');
  const type = typeof name === 'string' ? info.schema.getType(name) : undefined;
  if (isObjectType(type)) return type;
  throw invalid('is of an abstract type and its mapping gives no `__typename`', operation, info);
}

function invalid(what: string, { engine }: Operation, { parentType, fieldName }: GraphQLResolveInfo): RestError {
  const coordinate = `${parentType.name}.${fieldName}`;
  const connector = engine.connectors.fields.get(coordinate)?.coordinate ?? `${engine.options.name}:${coordinate}`;
  const message = `the answer of the REST service cannot be used: ${coordinate} ${what}`;
  return restError({ service: engine.options.name, coordinate: connector }, 'REST_RESPONSE_INVALID', message);
}

/** The object type of a value that graphql-js asks for. */
export function typeNameOf(value: unknown): string | undefined {
  const name = isJsonObject(value) ? ownProperty(value, '__typename') : undefined;
  return typeof name === 'string' ? name : undefined;
}
