import type { HeadgateError } from './errors';

/**
 * Whether the one who asked has gone, or its deadline has passed. What AbortSignal is, for a path on which every client
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
  #listeners: Set<() => void> | undefined;

  get reason(): HeadgateError | null {
    return this.#reason;
  }

  onCancel(listener: () => void): () => void {
    if (this.#reason !== null) {
      listener();
      return () => {};
    }
    this.#listeners ??= new Set();
    const listeners = this.#listeners;
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  /** The first reason stands. */
  cancel(reason: HeadgateError): void {
    if (this.#reason !== null) return;
    this.#reason = reason;
    const listeners = this.#listeners;
    this.#listeners = undefined;
    if (listeners !== undefined) for (const listener of listeners) listener();
  }
}
