/** An older answer counts for a third after this long. */
const DECAY_MS = 10_000;
/** Below this share of {@link DECAY_MS} the first term of the series is exact to a thousandth. */
const LINEAR_BELOW = 0.04;

/**
 * The latency of one instance as a moving average that is sensitive to peaks: it rises at once to a slower answer and
 * forgets it with time, also while nobody asks. So an instance that was slow is tried again.
 */
export class PeakEwma {
  #valueMs = 0;
  #atMs = Number.NEGATIVE_INFINITY;

  /** False until the first answer. */
  get known(): boolean {
    return this.#atMs !== Number.NEGATIVE_INFINITY;
  }

  /** @param seedMs where the average begins: what is usual in the pool, so that one first answer does not decide */
  observe(latencyMs: number, nowMs: number, seedMs: number): void {
    const kept = this.known ? decay(nowMs - this.#atMs) : 0.5;
    const before = this.known ? this.#valueMs : seedMs;
    this.#valueMs = latencyMs > before ? latencyMs : before * kept + latencyMs * (1 - kept);
    this.#atMs = nowMs;
  }

  /** Decayed to `nowMs`; 0 before the first answer. */
  at(nowMs: number): number {
    return this.known ? this.#valueMs * decay(nowMs - this.#atMs) : 0;
  }

  /** As after the last answer; null before the first. */
  get lastMs(): number | null {
    return this.known ? this.#valueMs : null;
  }
}

function decay(elapsedMs: number): number {
  const share = elapsedMs / DECAY_MS;
  return share < LINEAR_BELOW ? 1 - Math.max(share, 0) : Math.exp(-share);
}
