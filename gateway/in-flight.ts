import { type Cancellation, CancellationSource } from './cancellation';
import { HeadgateError } from './errors';

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
  join(key: string | null, cancellation: Cancellation, start: (own: CancellationSource) => Promise<T>): Promise<T> {
    const work = (key === null ? undefined : this.#works.get(key)) ?? this.#start(key, start);
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

  #start(key: string | null, start: (own: CancellationSource) => Promise<T>): Work<T> {
    const cancellation = new CancellationSource();
    const work: Work<T> = { result: start(cancellation), cancellation, waiting: 0 };
    if (key === null) return work;
    this.#works.set(key, work);
    const forget = () => {
      if (this.#works.get(key) === work) this.#works.delete(key);
    };
    work.result.then(forget, forget);
    // Nobody joins what is being cancelled.
    cancellation.onCancel(forget);
    return work;
  }
}
