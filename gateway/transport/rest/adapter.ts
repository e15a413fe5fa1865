import { type DocumentNode, type ExecutionResult, execute, type GraphQLError, parse } from 'graphql';
import { announce } from '../../events';
import type { Flight } from '../../flight';
import { KeptMap, textBytes } from '../../kept';
import type { Pool } from '../../pool/pool';
import type { FetchBase, FetchStep } from '../fetch';
import type { SubgraphError } from '../fetch-answer';
import { allVariables, type FetchRequest } from '../fetch-request';
import type { SubgraphOptions } from '../options';
import { allReads, NO_READS, readsOf } from '../reads';
import { compileRouting } from '../routing/routing';
import { allClientHeaders, ruledClientHeaders } from './client-headers';
import type { Connectors } from './connector';
import { connectorContext } from './context';
import { cacheReads } from './execute/cache-reads';
import { typeNameOf } from './execute/complete';
import { createEngine, type Engine, type Settings } from './execute/engine';
import { Operation } from './execute/operation';
import { resolveField } from './execute/resolve-field';
import { sendHttp } from './execute/send-http';
import { shareReads } from './execute/share-reads';
import { RestFetchAnswer } from './fetch-answer';
import { isJsonObject } from './json';
import { parseOwnJson } from './parse-json';
import { headerUses } from './reads';
import { RestError } from './response/rest-error';

/** Bytes of a parsed document without locations for each of its tokens. */
const BYTES_PER_TOKEN = 200;

export interface RestAdapterOptions extends Partial<Settings> {
  /** What `_service { sdl }` answers; the gateway itself never asks. */
  readonly sdl?: string;
  /** Whether it sees all headers of clients, and not only those that header rules let through. */
  readonly seesAllHeaders?: boolean;
}

/**
 * Answers the fetches of a plan from REST services, in this process: the fields of an operation are resolved as a GraphQL
 * subgraph would, each connector only when one of its fields is selected. Failures are errors in the answer, at the path of
 * the field that they leave null.
 * @param poolOf the pool of a source; see {@link sourcesOf}
 * @throws {HeadgateError} EXPRESSION_INVALID for rules that cannot work
 */
export function restAdapter(
  options: SubgraphOptions,
  poolOf: (source: string) => Pool,
  connectors: Connectors,
  { config = {}, env = process.env, sdl = '', seesAllHeaders = false }: RestAdapterOptions = {},
): FetchBase {
  const routing = compileRouting(options);
  const uses = headerUses(connectors);
  const clientHeaders = seesAllHeaders ? allClientHeaders(uses) : ruledClientHeaders(options, uses);
  const context = connectorContext(options, connectors);
  const reads = allReads([readsOf(options), clientHeaders.reads, context.reads, routing?.reads ?? NO_READS]);
  const shares = options.deduplicate && !reads.isPrivate;
  return {
    reads,
    wire: ({ call }) => {
      const send = cacheReads(options, call(sendHttp(options, poolOf, routing)));
      const step = shares ? shareReads(options, routing, send) : send;
      return resolved(
        createEngine(options, connectors, step, {
          config,
          env,
          sdl,
          headersOf: clientHeaders.of,
          contextOf: context.of,
        }),
      );
    },
  };
}

function resolved(engine: Engine): FetchStep {
  // The plans of a gateway repeat them.
  const documents = new KeptMap<string, DocumentNode>({
    name: 'REST documents',
    weigh: ({ tokenCount = 0 }, text) => 2 * textBytes(text) + BYTES_PER_TOKEN * tokenCount,
  });
  return (request, flight) => {
    const { text } = request.operation;
    let document = documents.get(text);
    if (document === undefined) {
      document = parse(text, { noLocation: true });
      documents.set(text, document);
    }
    return run(engine, document, request, flight);
  };
}

async function run(
  engine: Engine,
  document: DocumentNode,
  request: FetchRequest,
  flight: Flight,
): Promise<RestFetchAnswer> {
  const { name } = request.operation;
  const operation = new Operation(engine, request, flight);
  try {
    const { data, errors = [] }: ExecutionResult = await execute({
      schema: engine.connectors.schema,
      document,
      ...(name !== undefined && { operationName: name }),
      variableValues: parseVariables(request),
      rootValue: {},
      contextValue: operation,
      fieldResolver: resolveField,
      typeResolver: typeNameOf,
    });
    const content = { data: data ?? null, errors: errors.map((one) => toSubgraphError(engine, one)), extensions: null };
    const answer = new RestFetchAnswer(content, operation.session);
    answer.holdFor(flight);
    return answer;
  } finally {
    operation.close();
  }
}

function parseVariables(request: FetchRequest): Readonly<Record<string, unknown>> {
  const value = parseOwnJson(request.body?.variables ?? allVariables(request));
  return isJsonObject(value) ? value : {};
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
