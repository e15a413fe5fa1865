/** The middle value; of an even number, the mean of the two in the middle. NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

const SHORTEST_MS = 0.001;
const BUCKETS_PER_E = 100;
const BUCKETS = 1_900;

/** Latencies in buckets of 1 %, from 1 µs to three minutes: constant memory however many requests a run makes. */
export class LatencyHistogram {
  readonly #buckets = new Float64Array(BUCKETS);
  #count = 0;

  record(ms: number): void {
    const bucket = Math.floor(Math.log(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) * BUCKETS_PER_E);
    const at = Math.min(bucket, BUCKETS - 1);
    this.#buckets[at] = (this.#buckets[at] ?? 0) + 1;
    this.#count += 1;
  }

  /** The latency that `share` (0 to 1) of the requests did not exceed, in ms; NaN when none was recorded. */
  quantileMs(share: number): number {
    if (this.#count === 0) return Number.NaN;
    const wanted = Math.max(1, Math.ceil(share * this.#count));
    let seen = 0;
    const bucket = this.#buckets.findIndex((count) => {
      seen += count;
      return seen >= wanted;
    });
    return SHORTEST_MS * Math.exp((bucket + 0.5) / BUCKETS_PER_E);
  }

  clear(): void {
    this.#buckets.fill(0);
    this.#count = 0;
  }
}
