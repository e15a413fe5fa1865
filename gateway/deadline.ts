/** Longest delay that `setTimeout` takes. */
const DELAY_MS_MAX = 2 ** 31 - 1;
/** Node keeps a list for each length of delay: few lengths are cheap. Long delays are cut to multiples of this. */
const GRAIN_MS = 16;
const FINE_BELOW_MS = 500;

/**
 * Calls back once `ms` have passed, unless cancelled; a long delay up to 16 ms earlier.
 *
 * When this process's own event loop was blocked, timers fire before the answers that arrived meanwhile are read. So the
 * callback waits for one more turn of the loop (`setImmediate` runs after the poll phase): a slow gateway must not
 * blame its subgraphs.
 */
export class Deadline {
  readonly #timeout: NodeJS.Timeout;
  readonly #onDue: () => void;
  #immediate: NodeJS.Immediate | undefined;

  constructor(ms: number, onDue: () => void) {
    this.#onDue = onDue;
    const wholeMs = ms < FINE_BELOW_MS ? Math.max(ms, 0) : ms - (ms % GRAIN_MS);
    this.#timeout = setTimeout(rearm, Math.min(wholeMs, DELAY_MS_MAX), this);
  }

  cancel(): void {
    clearTimeout(this.#timeout);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
  }

  /** To be called by the timer only. */
  rearm(): void {
    this.#immediate = setImmediate(this.#onDue);
  }
}

function rearm(deadline: Deadline): void {
  deadline.rearm();
}
