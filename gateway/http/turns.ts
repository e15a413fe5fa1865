/** Requests that were sent ahead and begin in one turn of the event loop. */
const PER_TURN = 32;

/** Connection whose requests wait. */
export interface Waiter {
  /** Begins the next one that waits. @returns whether another one could begin now */
  beginNext(): boolean;
}

/**
 * Lets requests that were sent ahead begin: so many in a turn of the event loop, and one of each connection in its turn. Whoever
 * sends one request at a time never waits here, and is not held up by those who send thousands.
 */
export class Turns {
  readonly #waiters = new Set<Waiter>();
  #scheduled = false;

  /** To be told of a waiter that has something to begin; again once it can begin more. */
  add(waiter: Waiter): void {
    this.#waiters.add(waiter);
    this.#schedule();
  }

  remove(waiter: Waiter): void {
    this.#waiters.delete(waiter);
  }

  #schedule(): void {
    if (this.#scheduled || this.#waiters.size === 0) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      this.#run();
    });
  }

  #run(): void {
    for (let begun = 0; begun < PER_TURN; begun += 1) {
      const [waiter] = this.#waiters;
      if (waiter === undefined) return;
      // To the end of the queue.
      this.#waiters.delete(waiter);
      if (waiter.beginNext()) this.#waiters.add(waiter);
    }
    this.#schedule();
  }
}
