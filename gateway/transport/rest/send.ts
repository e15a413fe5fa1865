import { type DocumentNode, type ExecutionResult, execute, type GraphQLError, parse } from 'graphql';
import { announce } from '../../events';
import { KeptMap, textBytes } from '../../kept';
import type { Pool } from '../../pool/pool';
import type { SubgraphOptions } from '../options';
import type { Send, SubgraphAnswer, SubgraphError } from '../send';
import type { Connectors } from './connector';
import { typeNameOf } from './execute/complete';
import { createEngine, type Engine, type Settings } from './execute/engine';
import { Operation } from './execute/operation';
import { resolveField } from './execute/resolve-field';
import { isJsonObject } from './json';
import { parseOwnJson } from './parse-json';
import { RestError } from './response/rest-error';

/** Bytes of a parsed document without locations for each of its tokens. */
const BYTES_PER_TOKEN = 200;

export interface RestSendOptions extends Partial<Settings> {
  /** What `_service { sdl }` answers; the gateway itself never asks. */
  readonly sdl?: string;
}

/**
 * Answers the fetches of a plan from REST services, in this process: the fields of an operation are resolved as a GraphQL
 * subgraph would, each connector only when one of its fields is selected. Failures are errors in the answer, at the path of
 * the field that they leave null.
 * @param poolOf the pool of a source; see {@link sourcesOf}
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work
 */
export function createRestSend(
  options: SubgraphOptions,
  poolOf: (source: string) => Pool,
  connectors: Connectors,
  { config = {}, env = process.env, sdl = '' }: RestSendOptions = {},
): Send {
  const engine = createEngine(options, poolOf, connectors, { config, env, sdl });
  // The plans of a gateway repeat them.
  const documents = new KeptMap<string, DocumentNode>({
    name: 'REST documents',
    weigh: ({ tokenCount = 0 }, text) => 2 * textBytes(text) + BYTES_PER_TOKEN * tokenCount,
  });
  return async ({ operation, operationName, variables }, flight) => {
    let document = documents.get(operation);
    if (document === undefined) {
      document = parse(operation, { noLocation: true });
      documents.set(operation, document);
    }
    const running = new Operation(engine, flight);
    try {
      return toAnswer(engine, await run(engine, running, document, operationName, parseVariables(variables)));
    } finally {
      running.close();
    }
  };
}

function parseVariables(text: string): Readonly<Record<string, unknown>> {
  const value = parseOwnJson(text);
  return isJsonObject(value) ? value : {};
}

async function run(
  { connectors }: Engine,
  operation: Operation,
  document: DocumentNode,
  operationName: string | undefined,
  variables: Readonly<Record<string, unknown>>,
): Promise<ExecutionResult> {
  return execute({
    schema: connectors.schema,
    document,
    ...(operationName !== undefined && { operationName }),
    variableValues: variables,
    rootValue: {},
    contextValue: operation,
    fieldResolver: resolveField,
    typeResolver: typeNameOf,
  });
}

function toAnswer(engine: Engine, { data, errors = [] }: ExecutionResult): SubgraphAnswer {
  return { data: data ?? null, errors: errors.map((error) => toSubgraphError(engine, error)), bytes: 0 };
}

/** Only what this room made, or graphql-js said about the request itself, leaves the house in words. */
function toSubgraphError({ options }: Engine, error: GraphQLError): SubgraphError {
  const { message, path, originalError } = error;
  if (originalError === undefined)
    return { message, path, extensions: { code: 'BAD_USER_INPUT', service: options.name } };
  if (originalError instanceof RestError) return { message, path, extensions: { ...originalError.extensions } };
  announce('internal.error', { where: `rest/${options.name}`, error: originalError });
  return { message: 'an internal error occurred', path, extensions: { code: 'INTERNAL', service: options.name } };
}
