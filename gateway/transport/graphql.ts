import type { Cancellation } from '../cancellation';
import { isHeadgateError } from '../errors';
import { scanJson } from '../json/scan';
import { type Soon, settle, then } from '../layers';
import { OWN_TURN_BYTES, ownTurn } from '../own-turns';
import { packageVersion } from '../package-root';
import { ACCEPT_ENCODING } from '../pool/decode-body';
import { failureOfAnswer, failureText } from '../pool/failure';
import type { Pool, PoolAnswer } from '../pool/pool';
import { keepFor } from '../under-way';
import { canBeGraphql } from './can-be-graphql';
import type { Fetch, FetchAnswer, FetchStep } from './fetch';
import { hashKeyOf } from './hash-key';
import { compileRequestHeaders, compileResponseHeaders } from './headers';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';
import { parseAnswer, type ScannedAnswer, textOf } from './parse-answer';
import { RememberedAnswers } from './remembered-answers';
import { RequestBodies } from './request-bodies';
import type { Send } from './send';
import { subgraphError } from './subgraph-error';

const USER_AGENT = `headgate/${packageVersion}`;
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/** Sends the call through the pool, and reads what comes. */
export function throughPool(options: SubgraphOptions, pool: Pool): FetchStep {
  const service = options.name;
  const remembered = new RememberedAnswers();

  const { responseDepthMax } = options;

  function parsed(asked: string, wire: PoolAnswer, scanned?: ScannedAnswer): FetchAnswer['answer'] {
    try {
      return remembered.parsed(asked, wire.body, () =>
        parseAnswer(service, wire.status, wire.body, responseDepthMax, scanned),
      );
    } catch (error) {
      return isHeadgateError(error) ? error : subgraphError(service, error);
    }
  }

  /** Has a turn of the loop for each third of the work, and one for what is made of it. */
  async function parsedInTurns(
    asked: string,
    wire: PoolAnswer,
    cancellation: Cancellation,
  ): Promise<FetchAnswer['answer']> {
    await ownTurn();
    if (cancellation.reason !== null) return cancellation.reason;
    const text = textOf(wire.body);
    await ownTurn();
    if (cancellation.reason !== null) return cancellation.reason;
    const scanned = { text, scan: scanJson(text, responseDepthMax) };
    await ownTurn();
    if (cancellation.reason !== null) return cancellation.reason;
    const answer = parsed(asked, wire, scanned);
    await ownTurn();
    return answer;
  }

  function read(body: string, wire: PoolAnswer, cancellation: Cancellation): Soon<FetchAnswer['answer']> {
    // The same bytes with another status are another answer: its errors have other codes.
    const asked = wire.status === 200 ? body : `${wire.status} ${body}`;
    if (wire.body.length < OWN_TURN_BYTES) return parsed(asked, wire);
    return remembered.find(asked, wire.body) ?? parsedInTurns(asked, wire, cancellation);
  }

  return ({ request, flight, body, headers, hashKey, startedAt, deadlineAt }, cancellation) => {
    const answered = pool.request({
      method: 'POST',
      path: '',
      headers: withOwn(headers, deadlineAt - startedAt),
      body: body.bytes,
      repeatable: request.operationKind === 'query',
      deadlineAt,
      attemptTimeoutMs: options.timeoutMs,
      cancellation,
      responseBytesMax: options.responseBytesMax,
      understands: canBeGraphql,
      retries: flight.retries,
      hashKey,
    });
    return answered.then((wire) =>
      then(read(body.text, wire, cancellation), (answer) => {
        const { held } = wire;
        // Whoever waits for it takes hold of it before.
        if (held !== null) setImmediate(() => held.release());
        return { wire, answer };
      }),
    );
  };
}

/**
 * Sends GraphQL over HTTP to one subgraph.
 * @param step that makes one call
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work; the returned function rejects with the codes
 *   of the pool and of {@link parseAnswer}, `details` = `{ service, status? }`
 */
export function createGraphqlSend(options: SubgraphOptions, step: FetchStep): Send {
  const service = options.name;
  const headersFor = compileRequestHeaders(options.requestHeaders);
  const hashed = options.pools[GRAPHQL_POOL] ?? null;
  const takeHeaders = compileResponseHeaders(options.responseHeaders);
  const bodies = new RequestBodies();

  return (request, flight) => {
    const startedAt = performance.now();
    const body = bodies.encode(request);
    const fetch: Fetch = {
      request,
      flight,
      body,
      headers: headersFor(flight.headers),
      hashKey: hashed === null ? null : hashKeyOf(hashed, flight),
      startedAt,
      deadlineAt: Math.min(startedAt + options.timeoutMs, flight.deadlineAt),
      isShared: false,
    };
    return settle(
      () => step(fetch, flight.cancellation),
      ({ wire, answer }) => {
        if (wire.held !== null) keepFor(flight, wire.held);
        takeHeaders(wire.headers, flight.answerHeaders);
        const failed = isHeadgateError(answer);
        const known = failed ? { ...wire, error: textOfAnswer(wire.status) } : wire;
        record(fetch, service, known, wire.body.length, failed ? answer.code : null);
        if (failed) throw answer;
        return answer;
      },
      (error) => {
        const failure = subgraphError(service, error);
        const details = isHeadgateError(error) ? error.details : undefined;
        record(fetch, service, details, 0, failure.code);
        throw failure;
      },
    );
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

/** Tells of the call when it has ended. @param known the answer, or the details of the pool's error */
function record(
  { flight, startedAt, body, isShared }: Fetch,
  subgraph: string,
  known: Known | undefined,
  responseBytes: number,
  errorCode: string | null,
): void {
  flight.record({
    subgraph,
    instance: typeof known?.instance === 'string' ? known.instance : null,
    attempts: typeof known?.attempts === 'number' ? known.attempts : 0,
    startMs: startedAt - flight.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes: body.bytes.length,
    responseBytes,
    status: typeof known?.status === 'number' ? known.status : null,
    errorCode,
    error: typeof known?.error === 'string' ? known.error : null,
    isShared,
  });
}
