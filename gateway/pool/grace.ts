/** Longest delay that timers take. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** The time that something may still take: it can be shortened, never extended. */
export class Grace {
  readonly over: Promise<void>;
  #end: () => void = () => undefined;
  #timer: NodeJS.Timeout | undefined;
  #endsAtMs = Number.POSITIVE_INFINITY;

  constructor() {
    this.over = new Promise((resolve) => {
      this.#end = resolve;
    });
  }

  /** Lets it end in `ms` at the latest. */
  endIn(ms: number): void {
    const endsAtMs = performance.now() + ms;
    if (endsAtMs >= this.#endsAtMs) return;
    this.#endsAtMs = endsAtMs;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#end, Math.min(ms, TIMER_MS_MAX));
  }

  /** To be called when nobody waits for it any more. */
  cancel(): void {
    this.#endsAtMs = Number.NEGATIVE_INFINITY;
    clearTimeout(this.#timer);
  }
}
