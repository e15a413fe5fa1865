import { type Cancellation, CancellationSource } from './cancellation';
import { HeadgateError } from './errors';
import type { Soon } from './layers';

interface Work<T> {
  readonly result: Promise<T>;
  readonly cancellation: CancellationSource;
  waiting: number;
}

/**
 * Work that several may wait for at once: whoever asks for what is under way already gets the same result. One that goes
 * away leaves the others waiting; when the last one has gone, the work is cancelled.
 */
export class InFlight<T> {
  readonly #works = new Map<string, Work<T>>();

  /**
   * @param key equal keys stand for equal work; null is never shared
   * @param cancellation of the one who asks
   * @throws what `start` throws, or the reason of `cancellation`
   */
  join(key: string | null, cancellation: Cancellation, start: (own: CancellationSource) => Soon<T>): Soon<T> {
    const known = key === null ? undefined : this.#works.get(key);
    if (known !== undefined) return this.#waitFor(known, cancellation);
    const own = new CancellationSource();
    const result = start(own);
    if (!(result instanceof Promise)) return result;
    const work: Work<T> = { result, cancellation: own, waiting: 0 };
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
