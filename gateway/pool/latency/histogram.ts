/** Bounds of the buckets: each a seventh wider than the one before, from 50 µs to over ten minutes. */
const FIRST_MS = 0.05;
const GROWTH = 1.15;
const BUCKETS = 120;
const LOG_GROWTH = Math.log(GROWTH);

/** Latencies of the last one to two windows of time, in constant space; quantiles of it are at most a seventh too long. */
export class LatencyHistogram {
  readonly #windowMs: number;
  #current = new Uint32Array(BUCKETS);
  #previous = new Uint32Array(BUCKETS);
  #startedMs: number;

  constructor(windowMs: number, nowMs: number) {
    this.#windowMs = windowMs;
    this.#startedMs = nowMs;
  }

  record(latencyMs: number, nowMs: number): void {
    this.#turn(nowMs);
    const bucket =
      latencyMs <= FIRST_MS ? 0 : Math.min(BUCKETS - 1, Math.ceil(Math.log(latencyMs / FIRST_MS) / LOG_GROWTH));
    // as: the index is in bounds
    this.#current[bucket] = (this.#current[bucket] as number) + 1;
  }

  /** Adds this one's counts to others, for a quantile over several. */
  addTo(counts: Float64Array, nowMs: number): void {
    this.#turn(nowMs);
    for (let bucket = 0; bucket < BUCKETS; bucket += 1) {
      counts[bucket] = (counts[bucket] ?? 0) + (this.#current[bucket] ?? 0) + (this.#previous[bucket] ?? 0);
    }
  }

  #turn(nowMs: number): void {
    const elapsedMs = nowMs - this.#startedMs;
    if (elapsedMs < this.#windowMs) return;
    const older = this.#previous;
    this.#previous = elapsedMs < 2 * this.#windowMs ? this.#current : older.fill(0);
    this.#current = this.#previous === older ? this.#current.fill(0) : older.fill(0);
    this.#startedMs = nowMs;
  }
}

/** A quantile over any number of histograms with at least `answersMin` answers in all, null with fewer. */
export class Quantiles {
  readonly #counts = new Float64Array(BUCKETS);
  #total = 0;

  /** Takes these histograms in place of those before. */
  read(histograms: Iterable<LatencyHistogram>, nowMs: number): this {
    this.#counts.fill(0);
    for (const histogram of histograms) histogram.addTo(this.#counts, nowMs);
    this.#total = this.#counts.reduce((sum, count) => sum + count, 0);
    return this;
  }

  /**
   * @param share in [0, 1]
   * @returns milliseconds, the upper bound of the bucket: not less than the true quantile
   */
  at(share: number, answersMin: number): number | null {
    if (this.#total < Math.max(answersMin, 1)) return null;
    let left = share * this.#total;
    const bucket = this.#counts.findIndex((count) => {
      left -= count;
      return count > 0 && left <= 0;
    });
    return FIRST_MS * GROWTH ** (bucket === -1 ? BUCKETS - 1 : bucket);
  }
}
