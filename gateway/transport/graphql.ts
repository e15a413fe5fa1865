import type { Cancellation } from '../cancellation';
import { type HeadgateError, isHeadgateError } from '../errors';
import { InFlight } from '../in-flight';
import { keyOf } from '../key';
import { packageVersion } from '../package-root';
import { ACCEPT_ENCODING } from '../pool/decode-body';
import { failureOfAnswer, failureText } from '../pool/failure';
import type { Pool, PoolAnswer } from '../pool/pool';
import { keepFor } from '../under-way';
import { canBeGraphql } from './can-be-graphql';
import { hashKeyOf } from './hash-key';
import { compileRequestHeaders, compileResponseHeaders } from './headers';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';
import { parseAnswer } from './parse-answer';
import { RememberedAnswers } from './remembered-answers';
import { RequestBodies } from './request-bodies';
import type { ClientCall, Send, SubgraphAnswer } from './send';
import { subgraphError } from './subgraph-error';

const USER_AGENT = `headgate/${packageVersion}`;
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** What came over the wire, and what it says. */
interface Exchanged {
  readonly wire: PoolAnswer;
  readonly answer: SubgraphAnswer | HeadgateError;
}

/**
 * Sends GraphQL over HTTP to one subgraph. Equal queries with equal headers in flight at the same time are one call.
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work; the returned function rejects with the codes
 *   of the pool and of {@link parseAnswer}, `details` = `{ service, status? }`
 */
export function createGraphqlSend(options: SubgraphOptions, pool: Pool): Send {
  const service = options.name;
  const headersFor = compileRequestHeaders(options.requestHeaders);
  const hashed = options.pools[GRAPHQL_POOL] ?? null;
  const takeHeaders = compileResponseHeaders(options.responseHeaders);
  const forwards = options.requestHeaders.length > 0;
  // An answer whose headers go to the client belongs to one client.
  const shares = options.deduplicate && options.responseHeaders.length === 0;
  const inFlight = new InFlight<Exchanged>();
  const remembered = new RememberedAnswers();
  const bodies = new RequestBodies();

  function parsed(body: string, wire: PoolAnswer): SubgraphAnswer | HeadgateError {
    try {
      // The same bytes with another status are another answer: its errors have other codes.
      const asked = wire.status === 200 ? body : `${wire.status} ${body}`;
      return remembered.parsed(asked, wire.body, () =>
        parseAnswer(service, wire.status, wire.body, options.responseDepthMax),
      );
    } catch (error) {
      return isHeadgateError(error) ? error : subgraphError(service, error);
    }
  }

  return async (request) => {
    const { client } = request;
    const startedAt = performance.now();
    const deadlineAt = Math.min(startedAt + options.timeoutMs, client.deadlineAt);
    const body = bodies.encode(request);
    const headers = headersFor(client.headers);
    const hashKey = hashed === null ? null : hashKeyOf(hashed, client);
    const repeatable = request.operationKind === 'query';
    const exchange = async (cancellation: Cancellation): Promise<Exchanged> => {
      const wire = await pool.request({
        method: 'POST',
        path: '',
        headers: withOwn(headers, deadlineAt - startedAt),
        body: body.bytes,
        repeatable,
        deadlineAt,
        attemptTimeoutMs: options.timeoutMs,
        cancellation,
        responseBytesMax: options.responseBytesMax,
        understands: canBeGraphql,
        retries: client.retries,
        hashKey,
      });
      const { held } = wire;
      // Whoever waits for it takes hold of it before.
      if (held !== null) setImmediate(() => held.release());
      return { wire, answer: parsed(body.text, wire) };
    };
    let exchanged: Exchanged;
    try {
      const key = forwards || hashKey !== null ? keyOf(hashKey, JSON.stringify(headers), body.text) : body.text;
      exchanged =
        shares && repeatable
          ? await inFlight.join(key, client.cancellation, exchange)
          : await exchange(client.cancellation);
    } catch (error) {
      const failure = subgraphError(service, error);
      record(
        client,
        service,
        startedAt,
        body.bytes,
        isHeadgateError(error) ? error.details : undefined,
        0,
        failure.code,
      );
      throw failure;
    }
    const { wire, answer } = exchanged;
    if (wire.held !== null) keepFor(client, wire.held);
    takeHeaders(wire.headers, client.responseHeaders);
    const failed = isHeadgateError(answer);
    const known = failed ? { ...wire, error: textOfAnswer(wire.status) } : wire;
    record(client, service, startedAt, body.bytes, known, wire.body.length, failed ? answer.code : null);
    if (failed) throw answer;
    return answer;
  };
}

/** Adds what every request carries; a rule may choose the user agent, and nothing else of it. */
function withOwn(headers: Record<string, string>, leftMs: number): Record<string, string> {
  headers['user-agent'] ??= USER_AGENT;
  headers['content-type'] = 'application/json';
  headers.accept = ACCEPT;
  headers['accept-encoding'] = ACCEPT_ENCODING;
  headers['x-request-timeout-ms'] = String(Math.max(0, Math.round(leftMs)));
  return headers;
}

/** What is known of a call when it has ended. */
interface Known {
  readonly instance?: unknown;
  readonly attempts?: unknown;
  readonly status?: unknown;
  readonly error?: unknown;
}

/** How an answer with this status failed that holds no GraphQL response. */
function textOfAnswer(status: number): string | null {
  const failure = failureOfAnswer(status, false);
  return failure === null ? null : failureText(failure);
}

/** Appends the call to the client's. @param known the answer, or the details of the pool's error */
function record(
  client: ClientCall,
  subgraph: string,
  startedAt: number,
  body: Buffer,
  known: Known | undefined,
  responseBytes: number,
  errorCode: string | null,
): void {
  client.calls.push({
    subgraph,
    instance: typeof known?.instance === 'string' ? known.instance : null,
    attempts: typeof known?.attempts === 'number' ? known.attempts : 0,
    startMs: startedAt - client.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes: body.length,
    responseBytes,
    status: typeof known?.status === 'number' ? known.status : null,
    errorCode,
    error: typeof known?.error === 'string' ? known.error : null,
  });
}
