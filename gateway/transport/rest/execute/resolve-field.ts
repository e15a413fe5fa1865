import type { GraphQLResolveInfo } from 'graphql';
import { isObjectType } from 'graphql';
import type { Connector } from '../connector';
import { isJsonObject, type Json, type JsonObject, ownProperty } from '../json';
import type { Variables } from '../mapping/scope';
import { RestError, restError } from '../response/rest-error';
import { type Completed, complete, eachInTurns } from './complete';
import type { Operation } from './operation';

/** The one resolver of every field: graphql-js calls it only for what is selected. */
export function resolveField(
  source: unknown,
  args: Readonly<Record<string, unknown>>,
  operation: Operation,
  info: GraphQLResolveInfo,
): Completed {
  const { engine } = operation;
  const { schema, parentType, fieldName, returnType } = info;
  if (parentType === schema.getQueryType()) {
    if (fieldName === '_entities') return resolveEntities(args.representations, operation, info);
    if (fieldName === '_service') return { sdl: engine.sdl };
  }
  if (parentType === schema.getMutationType()) operation.forget();
  const parent = isJsonObject(source) ? source : null;
  const given = parent === null ? undefined : ownProperty(parent, fieldName);
  const coordinate = `${parentType.name}.${fieldName}`;
  const connector = engine.connectors.fields.get(coordinate);
  // A parent's mapping may already have given the field; with arguments it must be asked for.
  if (connector === undefined || (given !== undefined && Object.keys(args).length === 0)) {
    if (given === undefined && parent !== null) throwIfFailed(operation, parent, [fieldName]);
    return complete(given, returnType, operation, info);
  }
  if (parent !== null) throwIfFailed(operation, parent, connector.thisFields);
  const variables = { $args: jsonArguments(args), ...(parent !== null && { $this: parent }) };
  const others = engine.connectors.others.get(coordinate);
  const found =
    others === undefined
      ? operation.session.run(connector, variables)
      : firstOf([connector, ...others], variables, operation);
  return found.then((value) => complete(value, returnType, operation, info));
}

/**
 * What the first connector gives that has something; one that says that there is nothing (404) has nothing.
 * @throws {RestError} the first one that fails otherwise, or nobody has anything and somebody says so
 */
async function firstOf(connectors: readonly Connector[], variables: Variables, { session }: Operation): Promise<Json> {
  let nothing: RestError | null = null;
  for (const connector of connectors) {
    try {
      const value = await session.run(connector, variables);
      if (value !== null) return value;
    } catch (error) {
      if (!(error instanceof RestError) || error.extensions.code !== 'NOT_FOUND') throw error;
      nothing ??= error;
    }
  }
  if (nothing !== null) throw nothing;
  return null;
}

/** @throws {RestError} a lookup that should have given one of these fields has failed */
function throwIfFailed(operation: Operation, parent: JsonObject, names: readonly string[]): void {
  for (const name of names) {
    const failure = operation.failureOf(parent, name);
    if (failure !== undefined) throw failure;
  }
}

/** Arguments come out of JSON variables or GraphQL literals, so they are JSON; given undefined they are absent. */
function jsonArguments(args: Readonly<Record<string, unknown>>): JsonObject {
  return args as JsonObject;
}

function resolveEntities(representations: unknown, operation: Operation, info: GraphQLResolveInfo): Completed {
  const list: readonly unknown[] = Array.isArray(representations) ? representations : [];
  return eachInTurns(list, operation, (representation) => {
    const name = isJsonObject(representation) ? ownProperty(representation, '__typename') : undefined;
    const type = typeof name === 'string' ? info.schema.getType(name) : undefined;
    if (!isJsonObject(representation) || !isObjectType(type)) {
      const site = { service: operation.engine.options.name, coordinate: `${operation.engine.options.name}:_entities` };
      return restError(site, 'BAD_USER_INPUT', 'a representation names no type of this subgraph');
    }
    return operation.hydrate(representation, type, info, true);
  });
}
