import type { HeadgateError } from '../errors';
import type { Clock } from './clock';
import { ConcurrencyLimit } from './concurrency-limit';
import type { PoolOptions } from './options';
import type { PoolRequest } from './pool';

/** Streams that are open at once, each on a connection of its own. */
export const STREAMS_MAX = 1_000;
/** With less time left nobody answers. */
const LEFT_MS_MIN = 2;
/** After so long without a request a pool counts as idle. */
const IDLE_AFTER_MS = 60_000;

type Asking = Pick<PoolRequest, 'id' | 'deadlineAt' | 'cancellation'>;

export interface EntranceSite {
  readonly name: string;
  readonly clock: Clock;
  readonly concurrency: PoolOptions['concurrency'];
  /** What an answer usually takes, in milliseconds. */
  readonly usualMs: () => number;
  /** Somebody asks after a long time. */
  readonly woken: () => void;
}

/** Lets requests and streams into a pool: one is let in, waits for a place, or is refused. */
export class Entrance {
  readonly #site: EntranceSite;
  readonly #requests: ConcurrencyLimit;
  readonly #streams: ConcurrencyLimit;
  #askedMs: number;

  constructor(site: EntranceSite) {
    const { name, clock, concurrency } = site;
    this.#site = site;
    this.#askedMs = clock();
    this.#requests = new ConcurrencyLimit(name, concurrency.max, concurrency.queue, clock);
    this.#streams = new ConcurrencyLimit(name, STREAMS_MAX, 0, clock);
  }

  /** @param max requests at once @param queueMax those that wait */
  resize(max: number, queueMax: number): void {
    this.#requests.resize(max, queueMax);
  }

  isIdle(nowMs: number): boolean {
    return nowMs - this.#askedMs > IDLE_AFTER_MS;
  }

  /** Somebody asks. */
  asked(nowMs: number): void {
    const wakes = this.isIdle(nowMs);
    this.#askedMs = nowMs;
    if (wakes) this.#site.woken();
  }

  /** @returns null when it is in at once; fails when it does not get a place */
  enter({ id, deadlineAt, cancellation }: Asking, nowMs: number): Promise<void> | null {
    if (this.#requests.tryEnter()) return null;
    const { clock, usualMs } = this.#site;
    const isHopeless = () => deadlineAt - clock() < Math.max(LEFT_MS_MIN, usualMs());
    return this.#requests.wait(deadlineAt - nowMs, cancellation, isHopeless, id);
  }

  leave(): void {
    this.#requests.leave();
  }

  /** Nobody queues for a place that may not become free for hours. */
  enterStream({ id, deadlineAt, cancellation }: Asking, nowMs: number): Promise<void> | null {
    if (this.#streams.tryEnter()) return null;
    return this.#streams.wait(deadlineAt - nowMs, cancellation, undefined, id);
  }

  leaveStream(): void {
    this.#streams.leave();
  }

  /** Resolves when nothing runs and nothing waits. */
  async whenIdle(): Promise<void> {
    await Promise.all([this.#requests.whenIdle(), this.#streams.whenIdle()]);
  }

  refuseAll(error: HeadgateError): void {
    this.#requests.refuseAll(error);
  }
}
