import { Pool } from 'undici';
import type { Sample } from './samples';

const SOCKETS = 512;

export interface ArrivalOptions {
  readonly perSecond: number;
  /** Share of the requests that are mutations. */
  readonly mutations: number;
  /** A client gives up after so long. */
  readonly patienceMs: number;
}

const PRESET: ArrivalOptions = { perSecond: 400, mutations: 0, patienceMs: 2_000 };
const QUERY = 'query Ping($id: ID!) { ping(id: $id) }';
const MUTATION = 'mutation Bump($id: ID!) { bump(id: $id) }';

let sent = 0;
const open = new Set<Arrivals>();

/** Open loop: requests are due at a steady rate whether or not those before were answered, each with an id of its own. */
export class Arrivals {
  readonly #samples: Sample[] = [];
  readonly #running = new Set<Promise<void>>();
  readonly #sockets: Pool;
  readonly #path: string;
  readonly #options: ArrivalOptions;
  readonly #startedMs = performance.now();
  readonly #timer: NodeJS.Timeout;
  #due = 0;

  constructor(url: string, options: Partial<ArrivalOptions> = {}) {
    const { origin, pathname } = new URL(url);
    this.#path = pathname;
    this.#options = { ...PRESET, ...options };
    this.#sockets = new Pool(origin, { connections: SOCKETS, pipelining: 1, keepAliveTimeout: 60_000 });
    this.#timer = setInterval(() => this.#sendDue(), 1);
    open.add(this);
  }

  /** Ends the arrivals; resolves with all of them once the last has its answer or its client gave up. */
  async stop(): Promise<readonly Sample[]> {
    clearInterval(this.#timer);
    open.delete(this);
    await Promise.all(this.#running);
    await this.#sockets.destroy();
    return this.#samples;
  }

  #sendDue(): void {
    const { perSecond, mutations } = this.#options;
    for (;;) {
      const dueMs = this.#startedMs + (this.#due * 1_000) / perSecond;
      if (dueMs > performance.now()) return;
      this.#due += 1;
      const mutates = Math.floor(this.#due * mutations) > Math.floor((this.#due - 1) * mutations);
      const asked = this.#ask(dueMs, mutates).finally(() => this.#running.delete(asked));
      this.#running.add(asked);
    }
  }

  async #ask(dueMs: number, mutates: boolean): Promise<void> {
    sent += 1;
    const id = `${mutates ? 'm' : 'q'}${sent}`;
    const failure = await this.#failureOf(JSON.stringify({ query: mutates ? MUTATION : QUERY, variables: { id } }));
    this.#samples.push({ id, dueMs, latencyMs: performance.now() - dueMs, ok: failure === '', failure });
  }

  async #failureOf(body: string): Promise<string> {
    try {
      const { statusCode, body: answer } = await this.#sockets.request({
        path: this.#path,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(this.#options.patienceMs),
      });
      return failureIn(statusCode, await answer.text());
    } catch (error) {
      if (!(error instanceof Error)) return String(error);
      return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
    }
  }
}

/** What is wrong with an answer; empty when nothing is. */
export function failureIn(status: number, text: string): string {
  const code = /"code":"([A-Z_]+)"/.exec(text)?.[1];
  if (code !== undefined) return code;
  if (status !== 200) return String(status);
  return text.includes('"errors"') ? 'errors' : '';
}

/** Ends what a trial that broke has left running. */
export async function stopArrivals(): Promise<void> {
  await Promise.all(Array.from(open, (arrivals) => arrivals.stop()));
}

/** One load from beginning to end. */
export async function runArrivals(
  url: string,
  durationMs: number,
  options: Partial<ArrivalOptions> = {},
): Promise<readonly Sample[]> {
  const arrivals = new Arrivals(url, options);
  await pause(durationMs);
  return await arrivals.stop();
}

/** How many answers a second come when so many at a time are asked for, without a pause and without anybody between. */
export async function answersPerSecond(urls: readonly string[], atOnce: number, durationMs: number): Promise<number> {
  const endMs = performance.now() + durationMs;
  let answers = 0;
  const ask = async (sockets: Pool, path: string) => {
    while (performance.now() < endMs) {
      const body = JSON.stringify({ query: QUERY, variables: { id: 'capacity' } });
      const headers = { 'content-type': 'application/json' };
      const answer = await sockets.request({ path, method: 'POST', headers, body });
      await answer.body.text();
      answers += 1;
    }
  };
  const asking = urls.map(async (url) => {
    const { origin, pathname } = new URL(url);
    const sockets = new Pool(origin, { connections: atOnce });
    await Promise.all(Array.from({ length: atOnce }, () => ask(sockets, pathname)));
    await sockets.destroy();
  });
  await Promise.all(asking);
  return (answers * 1_000) / durationMs;
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
