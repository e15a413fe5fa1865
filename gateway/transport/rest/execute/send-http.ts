import { type ErrorCode, isHeadgateError } from '../../../errors';
import type { Flight } from '../../../flight';
import { failureOfAnswer, failureText } from '../../../pool/failure';
import type { PoolAnswer } from '../../../pool/pool';
import { retryAfterMs } from '../../../pool/retry-after';
import { keepFor } from '../../../under-way';
import { hashKeyOf } from '../../hash-key';
import type { Connector } from '../connector';
import type { RestRequest } from '../request/build-request';
import type { RestAnswer } from '../response/judge';
import { readBody } from '../response/read-body';
import { codeOfStatus, type ErrorSite, restError } from '../response/rest-error';
import type { Engine } from './engine';

/** Codes of the pool that have a name of their own for REST services. */
const CODES: Readonly<Partial<Record<ErrorCode, ErrorCode>>> = {
  SUBGRAPH_UNREACHABLE: 'UPSTREAM_UNAVAILABLE',
  SUBGRAPH_TIMEOUT: 'GATEWAY_TIMEOUT',
};

const MESSAGES: Readonly<Record<string, string>> = {
  UPSTREAM_UNAVAILABLE: 'the REST service cannot be reached',
  GATEWAY_TIMEOUT: 'the REST service did not answer in time',
  SUBGRAPH_OVERLOADED: 'too many requests wait for the REST service',
  SUBGRAPH_RESPONSE_TOO_LARGE: 'the answer of the REST service is too large',
  MUTATION_OUTCOME_UNKNOWN: 'the request was sent and no answer came back; it was not sent again',
  GATEWAY_OVERLOADED: 'the answers under way leave no room for that of the REST service; try again shortly',
  REQUEST_CANCELLED: 'the client went away',
};

/**
 * Sends one request through the pool of the connector's source and reads the body; any status is an answer.
 * @throws {RestError} no answer came
 */
export async function sendHttp(
  engine: Engine,
  connector: Connector,
  request: RestRequest,
  flight: Flight,
  site: ErrorSite,
): Promise<RestAnswer> {
  const { options } = engine;
  const pool = options.pools[connector.source];
  const startedAt = performance.now();
  try {
    const answer = await engine.poolOf(connector.source).request({
      method: connector.method,
      path: request.path,
      headers: request.headers,
      body: request.body,
      repeatable: connector.method !== 'POST' && connector.method !== 'PATCH',
      deadlineAt: Math.min(startedAt + options.timeoutMs, flight.deadlineAt),
      attemptTimeoutMs: options.timeoutMs,
      cancellation: flight.cancellation,
      responseBytesMax: options.responseBytesMax,
      retries: flight.retries,
      hashKey: pool === undefined ? null : hashKeyOf(pool, flight),
    });
    if (answer.held !== null) {
      keepFor(flight, answer.held);
      answer.held.release();
    }
    engine.responseHeaders(answer.headers, flight.answerHeaders);
    const code = answer.status >= 400 ? codeOfStatus(answer.status) : null;
    const failure = code === null ? null : failureOfAnswer(answer.status, true);
    const known = failure === null ? answer : { ...answer, error: failureText(failure) };
    record(flight, site.service, startedAt, request, known, answer.body.length, code);
    return readAnswer(answer, options.responseDepthMax);
  } catch (error) {
    const known = isHeadgateError(error) ? error : null;
    const code = known === null ? 'INTERNAL' : (CODES[known.code] ?? known.code);
    record(flight, site.service, startedAt, request, known?.details ?? {}, 0, code);
    throw restError(site, code, MESSAGES[code] ?? 'the call to the REST service failed', {}, error);
  }
}

function readAnswer(answer: PoolAnswer, depthMax: number): RestAnswer {
  const type = answer.headers['content-type'];
  const body = readBody(answer.body, typeof type === 'string' ? type : type?.[0], depthMax);
  return {
    status: answer.status,
    headers: answer.headers,
    data: body.ok ? body.data : null,
    unreadable: body.ok ? null : body.reason,
    retryAfterMs: retryAfterMs(answer.headers['retry-after'], Date.now()),
  };
}

function record(
  flight: Flight,
  subgraph: string,
  startedAt: number,
  request: RestRequest,
  end: {
    readonly instance?: unknown;
    readonly attempts?: unknown;
    readonly status?: unknown;
    readonly error?: unknown;
  },
  responseBytes: number,
  errorCode: string | null,
): void {
  flight.record({
    subgraph,
    instance: typeof end.instance === 'string' ? end.instance : null,
    attempts: typeof end.attempts === 'number' ? end.attempts : 0,
    startMs: startedAt - flight.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes: request.body === null ? 0 : Buffer.byteLength(request.body),
    responseBytes,
    status: typeof end.status === 'number' ? end.status : null,
    errorCode,
    error: typeof end.error === 'string' ? end.error : null,
  });
}
