import type { Cancellation } from '../cancellation';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { Deadline } from './deadline';

interface Waiter {
  readonly enter: () => void;
  readonly refuse: (error: HeadgateError) => void;
  /** It has too little time left to be worth a place. */
  readonly isHopeless: () => boolean;
}

/** At most so many calls at once, and a short queue before them: whoever finds both full is refused at once. */
export class ConcurrencyLimit {
  readonly #name: string;
  readonly #queue = new Set<Waiter>();
  #active = 0;
  #max: number;
  #queueMax: number;
  #onIdle: (() => void) | undefined;

  constructor(name: string, max: number, queueMax: number) {
    this.#name = name;
    this.#max = max;
    this.#queueMax = queueMax;
  }

  get idle(): boolean {
    return this.#active === 0 && this.#queue.size === 0;
  }

  resize(max: number, queueMax: number): void {
    this.#max = max;
    this.#queueMax = queueMax;
    this.#admit();
  }

  tryEnter(): boolean {
    if (this.#active >= this.#max) return false;
    this.#active += 1;
    return true;
  }

  /**
   * Waits for a place. One that became hopeless meanwhile leaves its place to others: with twice the load that can be
   * borne, everybody would be served too late otherwise.
   * @throws {HeadgateError} SUBGRAPH_OVERLOADED when the queue is full or the wait outlasts `waitMs`; REQUEST_CANCELLED
   */
  wait(waitMs: number, cancellation: Cancellation | null, isHopeless: () => boolean = () => false): Promise<void> {
    if (this.#queue.size >= this.#queueMax) return Promise.reject(this.#shed('queue-full'));
    return new Promise((resolve, reject) => {
      const leaveQueue = () => {
        this.#queue.delete(waiter);
        deadline.cancel();
        stopListening?.();
      };
      const waiter: Waiter = {
        enter: () => {
          leaveQueue();
          resolve();
        },
        refuse: (error) => {
          leaveQueue();
          reject(error);
          this.#announceIdle();
        },
        isHopeless,
      };
      const deadline = new Deadline(waitMs, () => waiter.refuse(this.#shed('queue-timeout')));
      this.#queue.add(waiter);
      const stopListening = cancellation?.onCancel(() =>
        waiter.refuse(new HeadgateError('REQUEST_CANCELLED', 'the client went away')),
      );
    });
  }

  leave(): void {
    this.#active -= 1;
    this.#admit();
    this.#announceIdle();
  }

  /** Resolves when nothing runs and nothing waits. */
  whenIdle(): Promise<void> {
    if (this.idle) return Promise.resolve();
    return new Promise((resolve) => {
      const earlier = this.#onIdle;
      this.#onIdle = () => {
        earlier?.();
        resolve();
      };
    });
  }

  refuseAll(error: HeadgateError): void {
    for (const waiter of [...this.#queue]) waiter.refuse(error);
  }

  #admit(): void {
    for (const waiter of this.#queue) {
      if (waiter.isHopeless()) waiter.refuse(this.#shed('queue-timeout'));
      else if (!this.tryEnter()) return;
      else waiter.enter();
    }
  }

  #announceIdle(): void {
    if (!this.idle || this.#onIdle === undefined) return;
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle();
  }

  #shed(reason: 'queue-full' | 'queue-timeout'): HeadgateError {
    announce('request.shed', { pool: this.#name, reason });
    const why = reason === 'queue-full' ? 'its queue is full' : 'no place became free in time';
    return new HeadgateError('SUBGRAPH_OVERLOADED', `${this.#name} has its limit of calls in flight, and ${why}`, {
      details: { instance: null, attempts: 0, status: null },
    });
  }
}
