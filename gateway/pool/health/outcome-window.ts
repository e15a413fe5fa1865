const WINDOW_MS = 10_000;

/** Counts the requests of one instance, and how many failed, within the current ten seconds. */
export class OutcomeWindow {
  requests = 0;
  failures = 0;
  #startedMs = Number.NEGATIVE_INFINITY;

  count(failed: boolean, nowMs: number): void {
    if (nowMs - this.#startedMs >= WINDOW_MS) this.reset(nowMs);
    this.requests += 1;
    if (failed) this.failures += 1;
  }

  reset(nowMs: number): void {
    this.#startedMs = nowMs;
    this.requests = 0;
    this.failures = 0;
  }
}
