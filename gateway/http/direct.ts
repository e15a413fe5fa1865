import type { GraphQLError } from 'graphql';
import type { SubgraphCall } from '../events';
import { InFlight } from '../in-flight';
import { KeptMap, textBytes, tokensIn } from '../kept';
import { keyOf } from '../key';
import { type Soon, settle } from '../layers';
import { encode, type Pipeline, type PreparedOperation } from '../pipeline';
import { formatError } from './apollo-errors';
import { type OpenCall, openCall } from './client-call';
import { type GraphqlRequest, readGraphqlBody } from './graphql-request';
import type { RouteRequest } from './route';

/** An answer as Apollo Server would give it, before the media type has its say on the status. */
export interface DirectOutcome {
  readonly operation: PreparedOperation;
  /** Shared between all clients that asked the same at the same time. */
  readonly body: Buffer;
  readonly hasData: boolean;
  /** `extensions.code` of each error. */
  readonly errorCodes: readonly unknown[];
  readonly calls: readonly SubgraphCall[];
  readonly responseHeaders: ReadonlyMap<string, readonly string[]>;
}

/** Bodies that are parsed once: clients send the same operations again and again. */
const BODY_CHARACTERS_MAX = 16_384;
/** Bytes of a request for each token of its body: what is parsed of it, and the variables coerced. */
const BYTES_PER_TOKEN = 60;

/**
 * The short way: an operation that Apollo Server has parsed and validated before, and that the planner has planned, goes
 * straight to the engine when no plugin listens to the steps left out. Equal queries in flight share one execution and one
 * buffer. The bytes are those that Apollo Server would send; a test holds the two ways equal.
 */
export class DirectWay {
  readonly #pipeline: Pipeline;
  readonly #timeoutMs: number;
  readonly #shares: boolean;
  readonly #bodies = new KeptMap<string, GraphqlRequest>({
    name: 'requests',
    // The text, those in it, and the key of the operation.
    weigh: (_, body) => 3 * textBytes(body) + BYTES_PER_TOKEN * tokensIn(body),
  });
  #numbers = 0;
  /** Of each operation of each version: what an older version answers is not shared with whoever asks after the swap. */
  readonly #inFlight = new WeakMap<PreparedOperation, InFlight<DirectOutcome>>();

  constructor(pipeline: Pipeline, timeoutMs: number, shares: boolean) {
    this.#pipeline = pipeline;
    this.#timeoutMs = timeoutMs;
    this.#shares = shares;
  }

  /** @throws {HeadgateError} BAD_REQUEST */
  read(body: string): GraphqlRequest {
    const known = this.#bodies.get(body);
    if (known !== undefined) return known;
    const request = readGraphqlBody(body);
    if (body.length > BODY_CHARACTERS_MAX) return request;
    const numbered = { ...request, number: String(this.#numbers++) };
    this.#bodies.set(body, numbered);
    return numbered;
  }

  /**
   * Null when the operation has to go the long way.
   * @throws {HeadgateError} GATEWAY_TIMEOUT, REQUEST_CANCELLED
   */
  answer(request: RouteRequest, body: string, asked: GraphqlRequest): Soon<DirectOutcome> | null {
    if (asked.extensions !== undefined) return null;
    const operation = this.#pipeline.prepared(asked, request.headers);
    if (operation === null) return null;
    const { shareKey } = operation;
    const shared = this.#shares && shareKey !== null && operation.kind === 'query';
    const key = shared ? keyOf(shareKey(request.headers), asked.number ?? body) : null;
    return this.#inFlightOf(operation).join(key, request.gone, (own) => {
      const call = openCall(request, this.#timeoutMs, own);
      return call.finish(execute(operation, asked, call));
    });
  }

  #inFlightOf(operation: PreparedOperation): InFlight<DirectOutcome> {
    let found = this.#inFlight.get(operation);
    if (found === undefined) {
      found = new InFlight(this.#timeoutMs);
      this.#inFlight.set(operation, found);
    }
    return found;
  }
}

/** One for all: what is coerced of the same object is coerced once. */
const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({});

/** Bodies of data that the engine hands out again, when every subgraph answered what it answered before. */
const bodies = new WeakMap<object, Buffer>();

function bodyOf(data: Record<string, unknown> | null): Buffer {
  if (data === null) return encode({ data });
  const known = bodies.get(data);
  if (known !== undefined) return known;
  const body = encode({ data });
  bodies.set(data, body);
  return body;
}

function execute(
  operation: PreparedOperation,
  { variables = NO_VARIABLES }: GraphqlRequest,
  { call, close }: OpenCall,
): Soon<DirectOutcome> {
  return settle(
    () => operation.execute(variables, call),
    ({ data, errors }) => {
      try {
        const formatted = errors.length === 0 ? undefined : errors.map((error) => format(error, data !== undefined));
        return {
          operation,
          body: formatted === undefined && data !== undefined ? bodyOf(data) : encode({ errors: formatted, data }),
          hasData: data !== undefined,
          errorCodes: errors.map((error) => error.extensions.code),
          calls: call.calls,
          responseHeaders: call.responseHeaders,
        };
      } finally {
        close();
      }
    },
    (error) => {
      close();
      throw error;
    },
  );
}

/** As Apollo Server forms errors: every one has a code, and `http` of a request error is for the status only. */
function format(error: GraphQLError, hasData: boolean) {
  const extensions = { ...error.extensions, code: error.extensions.code ?? 'INTERNAL_SERVER_ERROR' };
  if (!hasData && isStatus(error.extensions.http)) Reflect.deleteProperty(extensions, 'http');
  return formatError({ ...error.toJSON(), extensions }, error, false);
}

function isStatus(http: unknown): boolean {
  return typeof http === 'object' && http !== null && !('headers' in http);
}
