import type { Cancellation } from '../cancellation';
import { HeadgateError } from '../errors';

/** What compiling may take of the loop's time in the long run, and how many ms of it at once after a quiet time. */
const SHARE = 0.25;
/** Milliseconds of compiling for one in which the loop had nothing to do: nobody would have been answered in it. */
const IDLE_SHARE = 8;
const CREDIT_MAX_MS = 500;
const WAITING_MAX = 500;

interface Waiting {
  readonly run: () => void;
  readonly isFirst: boolean;
}

/**
 * Lets compilations happen at once as long as they take a small part of the loop's time, or of what the loop has no other
 * use for. Beyond it they wait in line, and
 * requests that need none are answered meanwhile.
 */
export class CompileBudget {
  readonly #now: () => number;
  readonly #idle: () => number;
  readonly #waiting: Waiting[] = [];
  #creditMs = CREDIT_MAX_MS;
  #countedAt: number;
  #idleAt: number;
  #timer: NodeJS.Timeout | null = null;

  /**
   * @param now ms on a clock that never goes back
   * @param idle ms that the loop has had nothing to do so far
   */
  constructor(now: () => number = () => performance.now(), idle = () => performance.eventLoopUtilization().idle) {
    this.#now = now;
    this.#idle = idle;
    this.#countedAt = now();
    this.#idleAt = idle();
  }

  /**
   * @param isFirst goes before those that are not: the first program of an operation
   * @param cancellation gives up waiting
   * @throws {HeadgateError} PLANNING_OVERLOADED: too many wait; REQUEST_CANCELLED
   */
  spend<T>(compile: () => T, isFirst: boolean, cancellation: Cancellation): T | Promise<T> {
    this.#earn();
    if (this.#creditMs > 0 && this.#waiting.length === 0) return this.#measured(compile);
    if (this.#waiting.length >= WAITING_MAX)
      throw new HeadgateError('PLANNING_OVERLOADED', `${WAITING_MAX} operations wait to be compiled`);
    return new Promise<T>((resolve, reject) => {
      const run = () => {
        stopListening();
        try {
          resolve(this.#measured(compile));
        } catch (error) {
          reject(error);
        }
      };
      const waiting = { run, isFirst };
      const others = this.#waiting.findIndex((one) => isFirst && !one.isFirst);
      this.#waiting.splice(others < 0 ? this.#waiting.length : others, 0, waiting);
      const stopListening = cancellation.onCancel(() => {
        const at = this.#waiting.indexOf(waiting);
        if (at >= 0) this.#waiting.splice(at, 1);
        reject(new HeadgateError('REQUEST_CANCELLED', 'the client went away before its operation was compiled'));
      });
      this.#wakeUp();
    });
  }

  #earn(): void {
    const now = this.#now();
    const idle = this.#idle();
    const earned = (now - this.#countedAt) * SHARE + (idle - this.#idleAt) * IDLE_SHARE;
    this.#creditMs = Math.min(CREDIT_MAX_MS, this.#creditMs + earned);
    this.#countedAt = now;
    this.#idleAt = idle;
  }

  #measured<T>(compile: () => T): T {
    const begun = this.#now();
    try {
      return compile();
    } finally {
      this.#creditMs -= this.#now() - begun;
    }
  }

  /** One compilation in each turn of the loop that the credit allows. */
  #wakeUp(): void {
    if (this.#timer !== null || this.#waiting.length === 0) return;
    // If the loop has nothing else to do until then, that is enough.
    const missingMs = Math.max(0, -this.#creditMs) / IDLE_SHARE;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      this.#earn();
      if (this.#creditMs > 0) this.#waiting.shift()?.run();
      this.#wakeUp();
    }, missingMs + 1);
  }
}
