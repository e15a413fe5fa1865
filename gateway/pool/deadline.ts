/** Longest delay that `setTimeout` takes. */
const DELAY_MS_MAX = 2 ** 31 - 1;

/**
 * Calls back once `ms` have passed, unless cancelled.
 *
 * When this process's own event loop was blocked, timers fire before the answers that arrived meanwhile are read. So the
 * callback waits for one more turn of the loop (`setImmediate` runs after the poll phase): a slow gateway must not
 * blame its subgraphs.
 */
export class Deadline {
  readonly #timeout: NodeJS.Timeout;
  #immediate: NodeJS.Immediate | undefined;

  constructor(ms: number, onDue: () => void) {
    const rearm = () => {
      this.#immediate = setImmediate(onDue);
    };
    this.#timeout = setTimeout(rearm, Math.min(Math.max(ms, 0), DELAY_MS_MAX));
  }

  cancel(): void {
    clearTimeout(this.#timeout);
    if (this.#immediate !== undefined) clearImmediate(this.#immediate);
  }
}
