const TOKENS_MAX = 20;
const TOKENS_START = 1;
/** Hedges for each request: 5 %. */
const RATIO = 0.05;

/** Bounds hedges to a share of the requests. */
export class HedgeBudget {
  #tokens = TOKENS_START;

  requested(): void {
    this.#tokens = Math.min(TOKENS_MAX, this.#tokens + RATIO);
  }

  get spare(): boolean {
    return this.#tokens >= 1;
  }

  take(): void {
    this.#tokens -= 1;
  }
}
