/** Timers take no longer delays. */
const TIMER_MS_MAX = 2 ** 31 - 1;

/** Ends ejections and an operator's override on time when nobody asks. Keeps no process alive. */
export class TurnTimer {
  readonly #onTurn: () => void;
  #timer: NodeJS.Timeout | undefined;
  #atMs = Number.POSITIVE_INFINITY;
  #closed = false;

  constructor(onTurn: () => void) {
    this.#onTurn = onTurn;
  }

  /** Takes the place of the turn before. @param atMs infinite: there is none */
  set(atMs: number, nowMs: number): void {
    if (atMs === this.#atMs) return;
    clearTimeout(this.#timer);
    this.#atMs = atMs;
    if (atMs === Number.POSITIVE_INFINITY || this.#closed) return;
    const delayMs = Math.min(Math.ceil(atMs - nowMs), TIMER_MS_MAX);
    this.#timer = setTimeout(() => {
      this.#atMs = Number.POSITIVE_INFINITY;
      this.#onTurn();
    }, delayMs).unref();
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }
}
