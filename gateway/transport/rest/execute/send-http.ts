import { randomUUID } from 'node:crypto';
import { type ErrorCode, isHeadgateError } from '../../../errors';
import type { Flight } from '../../../flight';
import type { Soon, Step } from '../../../layers';
import { OWN_TURN_BYTES } from '../../../own-turns';
import { failureOfAnswer, failureText } from '../../../pool/failure';
import type { Pool, PoolAnswer, PoolRequest } from '../../../pool/pool';
import { retryAfterMs } from '../../../pool/retry-after';
import { FetchFailure, fetchFailure } from '../../fetch-failure';
import { hashKeyOf } from '../../hash-key';
import type { SubgraphOptions } from '../../options';
import type { Routing } from '../../routing/routing';
import type { Connector } from '../connector';
import type { RestRequest } from '../request/build-request';
import type { RestAnswer } from '../response/judge';
import { type Body, readBody, readBodyInTurns } from '../response/read-body';
import { codeOfStatus } from '../response/rest-error';
import { repeatingOf } from './repeating';

/** One request of a connector. */
export interface RestCall {
  readonly connector: Connector;
  readonly request: RestRequest;
  /** Equal for requests that are equal in all that is sent; null: shared with nobody. */
  readonly key: string | null;
}

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
  MUTATION_OUTCOME_UNKNOWN: 'the request was sent and no answer came back; it may have been carried out',
  GATEWAY_OVERLOADED: 'the answers under way leave no room for that of the REST service; try again shortly',
  REQUEST_CANCELLED: 'the client went away',
};

/**
 * Sends requests through the pool of the connector's source and reads the bodies; any status is an answer.
 * @returns a step that fails with a {@link FetchFailure} when no answer came
 */
export function sendHttp(
  options: SubgraphOptions,
  poolOf: (source: string) => Pool,
  routing: Routing | null,
): Step<RestCall, RestAnswer, Flight> {
  return async ({ connector, request }, flight) => {
    const pool = options.pools[connector.source];
    const own = options.sources?.[connector.source];
    const repeating = repeatingOf(connector, own);
    const timeoutMs = own?.timeoutMs ?? options.timeoutMs;
    const requestBytes = request.body === null ? 0 : Buffer.byteLength(request.body);
    try {
      const wireRequest: PoolRequest = {
        id: flight.id,
        method: connector.method,
        path: request.path,
        headers: withKey(request.headers, repeating === 'keyed' ? own?.idempotencyHeader : undefined),
        body: request.body,
        repeatable: repeating === 'read' || repeating === 'idempotent',
        repeatableAfter: repeating === 'keyed',
        deadlineAt: Math.min(flight.deadlineAt, performance.now() + timeoutMs),
        attemptTimeoutMs: timeoutMs,
        cancellation: flight.cancellation,
        responseBytesMax: own?.responseBytesMax ?? options.responseBytesMax,
        retries: flight.retries,
        hashKey: pool === undefined ? null : hashKeyOf(pool, flight),
        only: routing === null ? null : routing.instancesFor(flight),
      };
      const source = poolOf(connector.source);
      // Others may change something, also below a query.
      if (routing !== null && repeating === 'read') routing.mirror(source, wireRequest, flight);
      const answer = await source.request(wireRequest);
      const body = await bodyOf(answer, own?.responseDepthMax ?? options.responseDepthMax);
      return read(answer, body, requestBytes);
    } catch (error) {
      throw failureOf(options.name, error, requestBytes);
    }
  };
}

/** A key that the request has already, such as the client's own, stands. */
function withKey(headers: RestRequest['headers'], name: string | undefined): RestRequest['headers'] {
  return name === undefined || headers[name] !== undefined ? headers : { ...headers, [name]: randomUUID() };
}

function bodyOf({ headers, body }: PoolAnswer, depthMax: number): Soon<Body> {
  const given = headers['content-type'];
  const type = typeof given === 'string' ? given : given?.[0];
  return body.length < OWN_TURN_BYTES ? readBody(body, type, depthMax) : readBodyInTurns(body, type, depthMax);
}

function read(answer: PoolAnswer, body: Body, requestBytes: number): RestAnswer {
  const { instance, attempts, status, headers, held } = answer;
  const errorCode = status >= 400 ? codeOfStatus(status) : null;
  const failure = errorCode === null ? null : failureOfAnswer(status, true);
  return {
    instance,
    attempts,
    status,
    headers,
    requestBytes,
    responseBytes: answer.body.length,
    errorCode,
    error: failure === null ? null : failureText(failure),
    held,
    data: body.ok ? body.data : null,
    unreadable: body.ok ? null : body.reason,
    retryAfterMs: retryAfterMs(headers['retry-after'], Date.now()),
  };
}

function failureOf(service: string, error: unknown, requestBytes: number): FetchFailure {
  const code = isHeadgateError(error) ? (CODES[error.code] ?? error.code) : 'INTERNAL';
  const message = MESSAGES[code] ?? 'the call to the REST service failed';
  const report = FetchFailure.reportOf(fetchFailure(service, error, { requestBytes }));
  return new FetchFailure(code, message, { service }, report, error);
}
