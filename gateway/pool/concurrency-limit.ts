import type { Cancellation } from '../cancellation';
import { Deadline } from '../deadline';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import type { Clock } from './clock';
import { WaitingLine } from './waiting-line';

/** Whoever waited for this share of its time shows that more arrives than can be borne: a burst is over by then. */
const LATE_SHARE = 0.25;
/** Whoever waited for this share of its time would get its place too late, and learns it sooner. */
const WAIT_SHARE = 0.5;

interface Waiter {
  readonly id: string | undefined;
  /** From here on the queue is late. */
  readonly lateAtMs: number;
  readonly enter: () => void;
  readonly refuse: (error: HeadgateError) => void;
  /** It has too little time left to be worth a place. */
  readonly isHopeless: () => boolean;
}

/**
 * Limits the calls of a pool: at most so many at once, and a short queue before them. Who came first is served first, until the queue is late:
 * then the newest is, and the oldest gives way when it is full. With twice the load that can be borne half of the calls
 * must fail anyway; served in order, everybody would wait for nearly all the time there is, and most for nothing. A queue
 * that is never empty is not late: that many clients who each wait for their answer are served in order, and all of them.
 */
export class ConcurrencyLimit {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #line = new WaitingLine<Waiter>();
  #active = 0;
  #max: number;
  #queueMax: number;
  #onIdle: (() => void) | undefined;

  constructor(name: string, max: number, queueMax: number, clock: Clock) {
    this.#name = name;
    this.#max = max;
    this.#queueMax = queueMax;
    this.#clock = clock;
  }

  get idle(): boolean {
    return this.#active === 0 && this.#line.length === 0;
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
   * Waits for a place, for at most half of the time left. One that became hopeless meanwhile leaves its place to others.
   * @param leftMs until the caller needs its answer
   * @param id of the request of a client that waits
   * @throws {HeadgateError} SUBGRAPH_OVERLOADED when the queue is full or the wait takes too long; REQUEST_CANCELLED
   */
  wait(
    leftMs: number,
    cancellation: Cancellation | null,
    isHopeless: () => boolean = () => false,
    id?: string,
  ): Promise<void> {
    if (this.#line.length >= this.#queueMax && !this.#makeRoom()) return Promise.reject(this.#shed('queue-full', id));
    return new Promise((resolve, reject) => {
      const leaveQueue = () => {
        this.#line.leave(place);
        deadline.cancel();
        stopListening?.();
      };
      const waiter: Waiter = {
        id,
        lateAtMs: this.#clock() + leftMs * LATE_SHARE,
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
      const deadline = new Deadline(leftMs * WAIT_SHARE, () => waiter.refuse(this.#shed('queue-timeout', id)));
      const place = this.#line.join(waiter);
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
    for (let waiter = this.#line.oldest; waiter !== null; waiter = this.#line.oldest) waiter.refuse(error);
  }

  get #isLate(): boolean {
    const { oldest } = this.#line;
    return oldest !== null && this.#clock() >= oldest.lateAtMs;
  }

  /** @returns false when whoever waits has the better claim */
  #makeRoom(): boolean {
    if (!this.#isLate) return false;
    const { oldest } = this.#line;
    oldest?.refuse(this.#shed('queue-full', oldest.id));
    return true;
  }

  #admit(): void {
    while (this.#active < this.#max) {
      const waiter = this.#isLate ? this.#line.newest : this.#line.oldest;
      if (waiter === null) return;
      if (waiter.isHopeless()) waiter.refuse(this.#shed('queue-timeout', waiter.id));
      else {
        this.#active += 1;
        waiter.enter();
      }
    }
  }

  #announceIdle(): void {
    if (!this.idle || this.#onIdle === undefined) return;
    const onIdle = this.#onIdle;
    this.#onIdle = undefined;
    onIdle();
  }

  #shed(reason: 'queue-full' | 'queue-timeout', id: string | undefined): HeadgateError {
    announce('request.shed', { id, pool: this.#name, reason });
    const why = reason === 'queue-full' ? 'its queue is full' : 'no place became free in time';
    return new HeadgateError('SUBGRAPH_OVERLOADED', `${this.#name} has its limit of calls in flight, and ${why}`, {
      details: { instance: null, attempts: 0, status: null },
    });
  }
}
