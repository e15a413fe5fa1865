/** How soon a peak is forgotten: after one bad moment, and when it came again each time. A third is left after this long. */
const DECAY_MS_MIN = 1_000;
const DECAY_MS_MAX = 10_000;
/** What one quicker answer counts for. */
const ANSWER_WEIGHT = 0.3;
/** The first one decides less: it is weighed against what is usual in the pool. */
const FIRST_WEIGHT = 0.5;
/** Answers that differ by more than this factor are of two kinds. */
const KIN_FACTOR = 2;

/**
 * The latency of one instance as a moving average that is sensitive to peaks: it rises at once to a slower answer, and
 * forgets it with quicker ones, and with time while nobody asks. So one that paused for a moment, as garbage collection
 * makes it, is soon as good as before; one that is slow is tried again, ever more rarely when it is found slow each time.
 */
export class PeakEwma {
  #valueMs = 0;
  #atMs = Number.NEGATIVE_INFINITY;
  #roseMs = Number.NEGATIVE_INFINITY;
  #decayMs = DECAY_MS_MIN;

  /** False until the first answer. */
  get known(): boolean {
    return this.#atMs !== Number.NEGATIVE_INFINITY;
  }

  /** @param seedMs where the average begins: what is usual in the pool, so that one first answer does not decide */
  observe(latencyMs: number, nowMs: number, seedMs: number): void {
    const weight = this.known ? ANSWER_WEIGHT : FIRST_WEIGHT;
    const before = this.at(nowMs, seedMs);
    this.#decayMs = this.#decayAfter(latencyMs, nowMs - latencyMs, this.known ? this.#valueMs : seedMs);
    this.#atMs = nowMs;
    this.#valueMs = latencyMs > before ? latencyMs : before + weight * (latencyMs - before);
    if (latencyMs > before) this.#roseMs = nowMs;
  }

  /** Decayed to `nowMs`. @param unknownMs what to give before the first answer */
  at(nowMs: number, unknownMs = 0): number {
    return this.known ? this.#valueMs * kept(nowMs - this.#atMs, this.#decayMs) : unknownMs;
  }

  /** As after the last answer; null before the first. */
  get lastMs(): number | null {
    return this.known ? this.#valueMs : null;
  }

  /** Requests that waited at the same time saw the same pause: only one that was started afterwards confirms it. */
  #decayAfter(latencyMs: number, startedMs: number, levelMs: number): number {
    if (latencyMs > levelMs * KIN_FACTOR || latencyMs < levelMs / KIN_FACTOR) return DECAY_MS_MIN;
    return startedMs < this.#roseMs ? this.#decayMs : Math.min(2 * this.#decayMs, DECAY_MS_MAX);
  }
}

/** e^(−elapsed/decay), to one per cent until a fifth is left: `Math.exp` would be a third of the cost of a choice. */
function kept(elapsedMs: number, decayMs: number): number {
  const eighth = Math.max(elapsedMs, 0) / (8 * decayMs);
  const root = 1 + eighth + (eighth * eighth) / 2;
  const squared = root * root;
  const fourth = squared * squared;
  return 1 / (fourth * fourth);
}
