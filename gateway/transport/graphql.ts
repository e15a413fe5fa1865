import { type HeadgateError, isHeadgateError } from '../errors';
import { packageVersion } from '../package-root';
import { ACCEPT_ENCODING } from '../pool/decode-body';
import type { Pool, PoolAnswer } from '../pool/pool';
import { compileRequestHeaders, compileResponseHeaders } from './headers';
import { GRAPHQL_POOL, type SubgraphOptions } from './options';
import { parseAnswer } from './parse-answer';
import type { ClientCall, Send, SubgraphRequest } from './send';
import { subgraphError } from './subgraph-error';

const USER_AGENT = `headgate/${packageVersion}`;
const ACCEPT = 'application/graphql-response+json, application/json;q=0.9';

/**
 * Sends GraphQL over HTTP to one subgraph.
 * @throws {HeadgateError} CONFIG_INVALID for header rules that cannot work; the returned function rejects with the codes
 *   of the pool and of {@link parseAnswer}, `details` = `{ service, status? }`
 */
export function createGraphqlSend(options: SubgraphOptions, pool: Pool): Send {
  const service = options.name;
  const headersFor = compileRequestHeaders(options.requestHeaders);
  const hashHeader = options.pools[GRAPHQL_POOL]?.hashHeader ?? null;
  const takeHeaders = compileResponseHeaders(options.responseHeaders);
  return async (request) => {
    const { client } = request;
    const startedAt = performance.now();
    const body = encode(request);
    const deadlineAt = Math.min(startedAt + options.timeoutMs, client.deadlineAt);
    let answer: PoolAnswer | undefined;
    try {
      answer = await pool.request({
        method: 'POST',
        path: '',
        headers: withOwn(headersFor(client.headers), deadlineAt - startedAt),
        body,
        repeatable: request.operationKind === 'query',
        deadlineAt,
        attemptTimeoutMs: options.timeoutMs,
        signal: client.signal,
        responseBytesMax: options.responseBytesMax,
        retries: client.retries,
        hashKey: hashHeader === null ? null : headerText(client.headers[hashHeader]),
      });
      takeHeaders(answer.headers, client.responseHeaders);
      const parsed = parseAnswer(service, answer.status, answer.body, options.responseDepthMax);
      record(client, service, startedAt, body, answer, null);
      return parsed;
    } catch (error) {
      const failure = answer === undefined ? subgraphError(service, error) : asHeadgateError(service, error);
      record(client, service, startedAt, body, answer ?? error, failure.code);
      throw failure;
    }
  };
}

function headerText(value: string | readonly string[] | undefined): string | null {
  return value === undefined ? null : String(value);
}

function encode({ operation, operationName, variables }: SubgraphRequest): Buffer {
  return Buffer.from(JSON.stringify({ query: operation, operationName, variables }));
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

function asHeadgateError(service: string, error: unknown): HeadgateError {
  return isHeadgateError(error) ? error : subgraphError(service, error);
}

/** Appends the call to the client's; `end` is the answer, or the pool's error whose details say as much as is known. */
function record(
  client: ClientCall,
  subgraph: string,
  startedAt: number,
  body: Buffer,
  end: PoolAnswer | unknown,
  errorCode: string | null,
): void {
  const known = isAnswer(end) ? end : isHeadgateError(end) ? end.details : undefined;
  client.calls.push({
    subgraph,
    instance: typeof known?.instance === 'string' ? known.instance : null,
    attempts: typeof known?.attempts === 'number' ? known.attempts : 0,
    startMs: startedAt - client.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes: body.length,
    responseBytes: isAnswer(end) ? end.body.length : 0,
    status: typeof known?.status === 'number' ? known.status : null,
    errorCode,
  });
}

function isAnswer(end: unknown): end is PoolAnswer {
  return typeof end === 'object' && end !== null && 'body' in end;
}
