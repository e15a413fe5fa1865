import { type Holder, keepFor } from '../../under-way';
import { type CacheInfo, cacheInfoOf, mostRestrictive } from '../cache-info';
import type { CallReport, FetchAnswer, FetchContent } from '../fetch-answer';
import type { AnswerHeaders } from '../headers';
import type { Session } from './execute/session';

/** An answer that was made of those of REST services: of none, of one, of many. */
export class RestFetchAnswer implements FetchAnswer {
  readonly content: FetchContent;
  readonly errorCode = null;
  readonly error = null;
  readonly #calls: readonly CallReport[];
  readonly #answerBytes: Session['answerBytes'];

  constructor(content: Omit<FetchContent, 'bytes'>, { calls, answerBytes }: Session) {
    // What comes later is of requests that nobody waits for.
    this.#calls = calls.slice();
    this.#answerBytes = answerBytes.slice();
    this.content = { ...content, bytes: this.responseBytes };
  }

  /** Of the last one. */
  get instance(): string | null {
    return this.#calls.at(-1)?.instance ?? null;
  }

  get attempts(): number {
    return this.#sum(({ attempts }) => attempts);
  }

  /** The highest: one that failed stands for all. */
  get status(): number | null {
    const statuses = this.#calls.map(({ status }) => status).filter((status) => status !== null);
    return statuses.length === 0 ? null : Math.max(...statuses);
  }

  /** Of all answers, in the order in which they came. */
  get headers(): AnswerHeaders {
    const [first, ...others] = this.#calls;
    if (first === undefined || others.length === 0) return first?.headers ?? {};
    const all = new Map<string, string[]>();
    for (const { headers } of this.#calls)
      for (const [name, value] of Object.entries(headers)) all.set(name, (all.get(name) ?? []).concat(value));
    return Object.fromEntries(all);
  }

  get requestBytes(): number {
    return this.#sum(({ requestBytes }) => requestBytes);
  }

  get responseBytes(): number {
    return this.#sum(({ responseBytes }) => responseBytes);
  }

  get cache(): CacheInfo | null {
    return mostRestrictive(this.#calls.map(({ headers }) => cacheInfoOf(headers)));
  }

  holdFor(holder: Holder): void {
    for (const held of this.#answerBytes) keepFor(holder, held);
  }

  #sum(numberOf: (call: CallReport) => number): number {
    return this.#calls.reduce((sum, call) => sum + numberOf(call), 0);
  }
}
