import type { Flight } from '../flight';
import type { Soon } from '../layers';
import { packageVersion } from '../package-root';
import { ACCEPT_ENCODING } from '../pool/decode-body';
import { failureOfAnswer, failureText } from '../pool/failure';
import type { Pool, PoolAnswer, PoolRequest } from '../pool/pool';
import { type Holder, keepFor } from '../under-way';
import { type CacheInfo, cacheInfoOf } from './cache-info';
import { canBeGraphql } from './can-be-graphql';
import type { FetchBase, FetchStep } from './fetch';
import type { FetchAnswer, FetchContent } from './fetch-answer';
import { type FetchFailure, fetchFailure } from './fetch-failure';
import type { FetchRequest } from './fetch-request';
import { hashKeyOf } from './hash-key';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';
import { answerReader } from './read-answer';
import { allReads, readsOf } from './reads';
import type { RequestBodies } from './request-bodies';
import { compileRouting, type Routing } from './routing/routing';

const USER_AGENT = `headgate/${packageVersion}`;
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/**
 * Asks a GraphQL subgraph over HTTP, through its pool.
 * @throws {HeadgateError} EXPRESSION_INVALID for rules that cannot work
 */
export function graphqlOverPool(options: SubgraphOptions, pool: Pool): FetchBase {
  const routing = compileRouting(options);
  return {
    reads: routing === null ? readsOf(options) : allReads([readsOf(options), routing.reads]),
    wire: ({ call, bodies }) => call(throughPool(options, pool, bodies, routing)),
  };
}

/** Sends the request through the pool, and reads what comes. Fails with the codes of the pool and of `parseAnswer`. */
function throughPool(options: SubgraphOptions, pool: Pool, bodies: RequestBodies, routing: Routing | null): FetchStep {
  const { name, timeoutMs, responseBytesMax } = options;
  const hashed = options.pools[GRAPHQL_POOL] ?? null;
  const read = answerReader(options);

  function answered(content: FetchContent, wire: PoolAnswer, requestBytes: number, flight: Flight): FetchAnswer {
    if (wire.held !== null) letGoLater(wire.held, flight);
    return new WireAnswer(content, wire, requestBytes);
  }

  function refused(error: unknown, wire: PoolAnswer, requestBytes: number): never {
    wire.held?.release();
    throw unreadable(name, error, wire, requestBytes);
  }

  /** Without closures where everything is there at once, as it is nearly always. */
  function readFor(asked: string, requestBytes: number, wire: PoolAnswer, flight: Flight): Soon<FetchAnswer> {
    try {
      const content = read(asked, wire, flight.cancellation);
      if (!(content instanceof Promise)) return answered(content, wire, requestBytes, flight);
      return content.then(
        (late) => answered(late, wire, requestBytes, flight),
        (error) => refused(error, wire, requestBytes),
      );
    } catch (error) {
      return refused(error, wire, requestBytes);
    }
  }

  return (request, flight) => {
    const body = bodies.of(request);
    const { bytes } = body;
    const wireRequest: PoolRequest = {
      id: flight.id,
      method: 'POST',
      path: '',
      headers: headersOf(request, flight.deadlineAt - performance.now()),
      body: bytes,
      repeatable: request.operation.kind === 'query',
      deadlineAt: flight.deadlineAt,
      attemptTimeoutMs: timeoutMs,
      cancellation: flight.cancellation,
      responseBytesMax,
      understands: canBeGraphql,
      retries: flight.retries,
      hashKey: hashed === null ? null : hashKeyOf(hashed, flight),
      only: routing === null ? null : routing.instancesFor(flight),
    };
    if (routing !== null && wireRequest.repeatable) routing.mirror(pool, wireRequest, flight);
    return pool.request(wireRequest).then(
      (wire) => readFor(body.key, bytes.length, wire, flight),
      (error) => {
        throw fetchFailure(name, error, { requestBytes: bytes.length });
      },
    );
  };
}

/** Whoever else waits for the answer takes hold of it before. */
function letGoLater(held: NonNullable<PoolAnswer['held']>, flight: Flight): void {
  keepFor(flight, held);
  setImmediate(() => held.release());
}

/** Adds what every request carries; a rule may choose the user agent, and nothing else of it. */
function headersOf({ headers: given }: FetchRequest, leftMs: number): Record<string, string> {
  // Spreading what has other members for each subgraph costs a kilobyte.
  const headers: Record<string, string> = {};
  for (const name in given) headers[name] = given[name] ?? '';
  headers['user-agent'] ??= USER_AGENT;
  headers['content-type'] = 'application/json';
  headers.accept = ACCEPT;
  headers['accept-encoding'] = ACCEPT_ENCODING;
  headers['x-request-timeout-ms'] = String(Math.max(0, Math.round(leftMs)));
  return headers;
}

/** An answer that holds no GraphQL response, or one that nobody reads any more. */
function unreadable(service: string, error: unknown, wire: PoolAnswer, requestBytes: number): FetchFailure {
  const { instance, attempts, status, headers, body } = wire;
  const failure = failureOfAnswer(status, false);
  const text = failure === null ? null : failureText(failure);
  const report = { instance, attempts, status, headers, requestBytes, responseBytes: body.length, error: text };
  return fetchFailure(service, error, report);
}

/** An answer of a pool, read. */
class WireAnswer implements FetchAnswer {
  readonly content: FetchContent;
  readonly requestBytes: number;
  readonly errorCode = null;
  readonly error = null;
  readonly #wire: PoolAnswer;

  constructor(content: FetchContent, wire: PoolAnswer, requestBytes: number) {
    this.content = content;
    this.requestBytes = requestBytes;
    this.#wire = wire;
  }

  get instance(): string | null {
    return this.#wire.instance;
  }

  get attempts(): number {
    return this.#wire.attempts;
  }

  get status(): number {
    return this.#wire.status;
  }

  get headers(): FetchAnswer['headers'] {
    return this.#wire.headers;
  }

  get responseBytes(): number {
    return this.#wire.body.length;
  }

  /** Read when somebody asks. */
  get cache(): CacheInfo | null {
    return cacheInfoOf(this.#wire.headers);
  }

  holdFor(holder: Holder): void {
    if (this.#wire.held !== null) keepFor(holder, this.#wire.held);
  }
}
