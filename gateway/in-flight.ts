import { type Cancellation, CancellationSource } from './cancellation';
import { HeadgateError } from './errors';
import type { Soon } from './layers';

/** Who joins within this share of the time that work may take has hardly less than its own; others begin anew. */
const JOIN_SHARE = 0.1;

interface Work<T> {
  readonly result: Promise<T>;
  readonly cancellation: CancellationSource;
  readonly begunAt: number;
  waiting: number;
}

/**
 * Work that several may wait for at once: whoever asks for what is under way already gets the same result. One that goes
 * away leaves the others waiting; when the last one has gone, the work is cancelled.
 */
export class InFlight<T> {
  readonly #works = new Map<string, Work<T>>();
  readonly #joinMs: number;
  readonly #clock: () => number;

  /** @param timeoutMs that the work may take: whoever joins has the deadline of those who asked first */
  constructor(timeoutMs = Number.POSITIVE_INFINITY, clock: () => number = () => performance.now()) {
    this.#joinMs = timeoutMs * JOIN_SHARE;
    this.#clock = clock;
  }

  /**
   * @param key equal keys stand for equal work; null is never shared
   * @param cancellation of the one who asks
   * @throws what `start` throws, or the reason of `cancellation`
   */
  join(key: string | null, cancellation: Cancellation, start: (own: CancellationSource) => Soon<T>): Soon<T> {
    const known = key === null ? undefined : this.#works.get(key);
    const now = this.#clock();
    if (known !== undefined && now - known.begunAt <= this.#joinMs) return this.#waitFor(known, cancellation);
    const own = new CancellationSource();
    const result = start(own);
    if (!(result instanceof Promise)) return result;
    const work: Work<T> = { result, cancellation: own, begunAt: now, waiting: 0 };
    if (key !== null) this.#keep(key, work);
    return this.#waitFor(work, cancellation);
  }

  #waitFor(work: Work<T>, cancellation: Cancellation): Promise<T> {
    work.waiting += 1;
    return new Promise((resolve, reject) => {
      const stopListening = cancellation.onCancel(() => {
        const reason = cancellation.reason ?? new HeadgateError('REQUEST_CANCELLED', 'the client went away');
        work.waiting -= 1;
        if (work.waiting === 0) work.cancellation.cancel(reason);
        reject(reason);
      });
      work.result.then(
        (result) => {
          stopListening();
          resolve(result);
        },
        (error) => {
          stopListening();
          reject(error);
        },
      );
    });
  }

  #keep(key: string, work: Work<T>): void {
    this.#works.set(key, work);
    const forget = () => {
      if (this.#works.get(key) === work) this.#works.delete(key);
    };
    work.result.then(forget, forget);
    // Nobody joins what is being cancelled.
    work.cancellation.onCancel(forget);
  }
}
