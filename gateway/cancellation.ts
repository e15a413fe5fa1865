import type { HeadgateError } from './errors';

/**
 * Signal that the one who asked has gone, or that its deadline has passed. Like AbortSignal, for a path on which every client
 * request makes one: a signal and its listeners cost about 5 us of CPU, this costs an object and a set on demand.
 */
export interface Cancellation {
  /** Null while nobody has cancelled. */
  readonly reason: HeadgateError | null;
  /** Calls back once on cancellation, at once when that has happened, until the returned function is called. */
  onCancel(listener: () => void): () => void;
}

export class CancellationSource implements Cancellation {
  #reason: HeadgateError | null = null;
  /** Nearly always there is one at most. */
  #listener: (() => void) | null = null;
  #more: Set<() => void> | undefined;

  get reason(): HeadgateError | null {
    return this.#reason;
  }

  onCancel(listener: () => void): () => void {
    if (this.#reason !== null) {
      listener();
      return () => {};
    }
    if (this.#listener === null) {
      this.#listener = listener;
      return () => {
        if (this.#listener === listener) this.#listener = null;
      };
    }
    this.#more ??= new Set();
    const more = this.#more;
    more.add(listener);
    return () => more.delete(listener);
  }

  /** The first reason stands. */
  cancel(reason: HeadgateError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listener = this.#listener;
    const more = this.#more;
    this.#listener = null;
    this.#more = undefined;
    listener?.();
    if (more !== undefined) for (const one of more) one();
  }
}

/**
 * Waits for work that does not stop by itself, at most until it is cancelled.
 * @throws what the work throws, or the reason of the cancellation
 */
export function unlessCancelled<T>(work: Promise<T>, cancellation: Cancellation): Promise<T> {
  return new Promise((resolve, reject) => {
    const stopListening = cancellation.onCancel(() => reject(cancellation.reason));
    work.then(resolve, reject).then(stopListening, stopListening);
  });
}
