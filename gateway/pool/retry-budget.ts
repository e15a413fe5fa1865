import type { RetryOptions } from './options';

const TOKENS_MAX = 100;
const TOKENS_START = 10;

/**
 * Bounds retries to a share of what succeeds, so that an outage does not multiply the load on what is left.
 * Every success adds a part of a token, every retry takes one; a trickle by time lets a quiet pool retry at all, but
 * only up to the level that a new budget has.
 */
export class RetryBudget {
  #tokens = TOKENS_START;
  #refilledAt: number;

  constructor(nowMs: number) {
    this.#refilledAt = nowMs;
  }

  succeeded(options: RetryOptions): void {
    this.#tokens = Math.min(TOKENS_MAX, this.#tokens + options.budgetRatio);
  }

  /** Takes the token for one retry; false when there is none. */
  take(options: RetryOptions, nowMs: number): boolean {
    this.#trickle(options, nowMs);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }

  #trickle(options: RetryOptions, nowMs: number): void {
    const elapsedMs = Math.max(0, nowMs - this.#refilledAt);
    this.#refilledAt = nowMs;
    if (this.#tokens >= TOKENS_START) return;
    this.#tokens = Math.min(TOKENS_START, this.#tokens + (options.budgetMinPerSecond * elapsedMs) / 1000);
  }
}
