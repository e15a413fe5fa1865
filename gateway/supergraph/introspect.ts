import { type Dispatcher, request } from 'undici';
import { HeadgateError, isHeadgateError } from '../errors';
import { parseOrNone } from '../json/parse';
import { messageOf } from './thrown';

export interface IntrospectionOptions {
  readonly dispatcher: Dispatcher;
  /** Milliseconds for each URL. */
  readonly timeoutMs: number;
  /** Bytes of one answer. */
  readonly bytesMax: number;
  readonly signal: AbortSignal;
  /** Lower-case names, sent besides the usual ones. */
  readonly headers?: Readonly<Record<string, string>>;
}

const BODY = JSON.stringify({ query: 'query SubgraphSdl { _service { sdl } }', operationName: 'SubgraphSdl' });
const HEADERS = { 'content-type': 'application/json', accept: 'application/graphql-response+json, application/json' };

/**
 * Asks a running subgraph for its SDL: one URL after the other until one answers.
 * @throws {HeadgateError} SUBGRAPH_UNREACHABLE, SUBGRAPH_TIMEOUT, SUBGRAPH_HTTP_ERROR, SUBGRAPH_RESPONSE_INVALID or
 *   SUBGRAPH_RESPONSE_TOO_LARGE, of the last URL, with the reason of each; REQUEST_CANCELLED when `signal` aborts
 */
export async function introspectSubgraph(
  name: string,
  urls: readonly string[],
  options: IntrospectionOptions,
): Promise<string> {
  const reasons: string[] = [];
  let last = new HeadgateError('SUBGRAPH_UNREACHABLE', 'it has no URL');
  for (const url of urls) {
    try {
      return await askWithDeadline(url, options);
    } catch (error) {
      if (!isHeadgateError(error) || error.code === 'REQUEST_CANCELLED') throw error;
      reasons.push(`${withoutCredentials(url)}: ${error.message}`);
      last = error;
    }
  }
  const message = `cannot ask subgraph ${name} for its SDL: ${reasons.join('; ') || last.message}`;
  throw new HeadgateError(last.code, message, { cause: last });
}

async function askWithDeadline(url: string, options: IntrospectionOptions): Promise<string> {
  const { signal, timeoutMs } = options;
  const abort = new AbortController();
  const cancel = () => abort.abort();
  const timer = setTimeout(cancel, timeoutMs);
  signal.addEventListener('abort', cancel);
  try {
    if (signal.aborted) cancel();
    return await ask(url, options, abort.signal);
  } catch (error) {
    if (isHeadgateError(error)) throw error;
    if (signal.aborted) throw new HeadgateError('REQUEST_CANCELLED', 'the question is not wanted any more');
    if (abort.signal.aborted) throw new HeadgateError('SUBGRAPH_TIMEOUT', `no answer within ${timeoutMs} ms`);
    throw new HeadgateError('SUBGRAPH_UNREACHABLE', messageOf(error), { cause: error });
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', cancel);
  }
}

async function ask(url: string, options: IntrospectionOptions, signal: AbortSignal): Promise<string> {
  const { dispatcher, bytesMax } = options;
  const headers = { ...options.headers, ...HEADERS };
  const { statusCode, body } = await request(url, { method: 'POST', headers, body: BODY, dispatcher, signal });
  const chunks: Buffer[] = [];
  let bytes = 0;
  // Leaving the loop early destroys the body and with it the connection.
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new HeadgateError('SUBGRAPH_RESPONSE_TOO_LARGE', `its SDL exceeds ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return sdlIn(Buffer.concat(chunks).toString('utf8'), statusCode);
}

function sdlIn(text: string, status: number): string {
  const answer = parseOrNone(text);
  const sdl = member(member(member(answer, 'data'), '_service'), 'sdl');
  if (typeof sdl === 'string') return sdl;
  const errors = member(answer, 'errors');
  const reason = Array.isArray(errors) ? member(errors[0], 'message') : undefined;
  const quoted = typeof reason === 'string' ? `: ${reason.slice(0, 300)}` : '';
  if (status < 200 || status > 299)
    throw new HeadgateError('SUBGRAPH_HTTP_ERROR', `it answered HTTP ${status}${quoted}${remedyFor(reason)}`);
  throw new HeadgateError(
    'SUBGRAPH_RESPONSE_INVALID',
    `it did not answer { _service { sdl } }${quoted}${remedyFor(reason ?? '_service')}`,
  );
}

/** What to do when the server knows GraphQL and not federation. */
function remedyFor(reason: unknown): string {
  if (typeof reason !== 'string' || !reason.includes('_service')) return '';
  return '; it is no federation subgraph: build its schema as one, or give its SDL as a file';
}

function member(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
  return (value as Record<string, unknown>)[key];
}

function withoutCredentials(url: string): string {
  if (!URL.canParse(url)) return url;
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname}`;
}
