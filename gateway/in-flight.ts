import type { Cancellation, CancellationSource } from './cancellation';
import { HeadgateError } from './errors';
import type { Soon } from './layers';

/** Who joins within this share of the time that work may take has hardly less than its own; others begin anew. */
const JOIN_SHARE = 0.1;

/** Work under way, and what is its own: its cancellation, and whatever else those who wait may see of it. */
export interface Work<T, Own extends CancellationSource = CancellationSource> {
  readonly own: Own;
  readonly result: Promise<T>;
  readonly begunAt: number;
  waiting: number;
}

/**
 * Holds work for as long as it may be found. A table of keys that come and go once each is made anew every few hundred of them,
 * and the one before keeps its part of the entries, and the table behind it, until the old generation is collected: what they
 * lead to must be little.
 */
interface Slot<T, Own extends CancellationSource> {
  work: Work<T, Own> | null;
}

/**
 * Work that several may wait for at once: whoever asks for what is under way already gets the same result. Each waits until it
 * goes away itself, which leaves the others waiting; when the last one has gone, the work is cancelled.
 */
export class InFlight<T, Own extends CancellationSource = CancellationSource> {
  readonly #slots = new Map<string, Slot<T, Own>>();
  readonly #joinMs: number;
  readonly #clock: () => number;

  /** @param timeoutMs that the work may take: whoever joins has the deadline of those who asked first */
  constructor(timeoutMs = Number.POSITIVE_INFINITY, clock: () => number = () => performance.now()) {
    this.#joinMs = timeoutMs * JOIN_SHARE;
    this.#clock = clock;
  }

  /**
   * Finds what may be joined now.
   * @param key equal keys stand for equal work; null is never shared
   */
  find(key: string | null): Work<T, Own> | undefined {
    const known = key === null ? undefined : this.#slots.get(key)?.work;
    return known && this.#clock() - known.begunAt <= this.#joinMs ? known : undefined;
  }

  /**
   * Waits for what was found.
   * @param gone of the one who asks
   * @throws what the work throws, or the reason of `gone`
   */
  join(work: Work<T, Own>, gone: Cancellation): Promise<T> {
    return this.#waitFor(work, gone);
  }

  /**
   * Starts work that others may find from now on, and waits for it.
   * @param gone of the one who asks
   * @throws what `start` throws, or the reason of `gone`
   */
  begin(key: string | null, own: Own, gone: Cancellation, start: (own: Own) => Soon<T>): Soon<T> {
    const result = start(own);
    if (!(result instanceof Promise)) return result;
    const work: Work<T, Own> = { own, result, begunAt: this.#clock(), waiting: 0 };
    if (key !== null) this.#keep(key, work);
    return this.#waitFor(work, gone);
  }

  #waitFor(work: Work<T, Own>, cancellation: Cancellation): Promise<T> {
    work.waiting += 1;
    return new Promise((resolve, reject) => {
      const stopListening = cancellation.onCancel(() => {
        const reason = cancellation.reason ?? new HeadgateError('REQUEST_CANCELLED', 'the client went away');
        work.waiting -= 1;
        if (work.waiting === 0) work.own.cancel(reason);
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

  #keep(key: string, work: Work<T, Own>): void {
    const slot: Slot<T, Own> = { work };
    this.#slots.set(key, slot);
    const forget = () => {
      slot.work = null;
      if (this.#slots.get(key) === slot) this.#slots.delete(key);
    };
    work.result.then(forget, forget);
    // Nobody joins what is being cancelled.
    work.own.onCancel(forget);
  }
}
