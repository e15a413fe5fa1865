import { Agent, type Dispatcher } from 'undici';
import { inBackground } from '../../../background';
import { parseOrNone } from '../../../json/parse';
import type { KubernetesOptions } from '../options';
import { ApiError } from './api-error';
import { apiUrlOf, type Credentials, readCredentials } from './credentials';

const ANSWER_BYTES_MAX = 64_000_000;
const ERROR_BYTES_MAX = 4096;

/** Requests to the API server, with the token and the CA as they are at that moment. */
export class KubernetesApi {
  readonly #options: KubernetesOptions;
  #agent: Agent | null = null;
  #credentials: Credentials | null = null;

  constructor(options: KubernetesOptions) {
    this.#options = options;
  }

  /** @throws {ApiError} an answer other than 200 @throws {Error} no answer, or no JSON */
  async get(path: string, timeoutMs: number, signal: AbortSignal): Promise<unknown> {
    const deadline = AbortSignal.timeout(timeoutMs);
    const body = await this.stream(path, AbortSignal.any([signal, deadline]));
    return JSON.parse(await textOf(body, ANSWER_BYTES_MAX));
  }

  /** The body as it comes; the caller reads it to its end or aborts. */
  async stream(path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData['body']> {
    const first = await this.#request(path, signal);
    if (first.statusCode !== 401) return bodyOf(first);
    await first.body.dump();
    // The token may have been renewed between reading and sending it.
    const before = this.#credentials?.token;
    const second = await this.#request(path, signal);
    if (second.statusCode !== 401 || this.#credentials?.token !== before) return bodyOf(second);
    await second.body.dump();
    throw new ApiError(401, 'the API server does not accept the token of the service account');
  }

  async #request(path: string, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const credentials = await readCredentials(this.#options);
    const agent = this.#agentFor(credentials);
    return agent.request({
      origin: apiUrlOf(this.#options),
      path,
      method: 'GET',
      headers: { authorization: `Bearer ${credentials.token}`, accept: 'application/json', 'user-agent': 'headgate' },
      signal,
    });
  }

  /** Connections are opened anew when the CA changes. */
  #agentFor(credentials: Credentials): Agent {
    const before = this.#credentials;
    this.#credentials = credentials;
    if (this.#agent !== null && before?.ca === credentials.ca) return this.#agent;
    if (this.#agent !== null) inBackground('connections to the Kubernetes API', this.#agent.close());
    // The watch has a watchdog of its own, every other request a deadline.
    this.#agent = new Agent({ connect: { ca: credentials.ca }, headersTimeout: 0, bodyTimeout: 0 });
    return this.#agent;
  }

  async close(): Promise<void> {
    await this.#agent?.destroy();
  }
}

async function bodyOf({ statusCode, body }: Dispatcher.ResponseData): Promise<Dispatcher.ResponseData['body']> {
  if (statusCode === 200) return body;
  const text = await textOf(body, ERROR_BYTES_MAX).catch(() => '');
  throw new ApiError(statusCode, `the API server answered ${statusCode}: ${messageIn(text)}`);
}

async function textOf(body: Dispatcher.ResponseData['body'], bytesMax: number): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > bytesMax) throw new RangeError(`the API server's answer is longer than ${bytesMax} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** The API server explains itself with an object of kind Status. */
function messageIn(text: string): string {
  const status = parseOrNone(text);
  if (typeof status === 'object' && status !== null && 'message' in status) return String(status.message);
  // Then it is the text of some proxy.
  return text.slice(0, 200) || 'without a reason';
}
