import type { Time } from './timing-wheel/time';
import { TimingWheel } from './timing-wheel/timing-wheel';
import { WheelEntry } from './timing-wheel/wheel-entry';

/** Long delays are cut to multiples of this: whoever is given what is left of a time mostly ends before that time does. */
const GRAIN_MS = 16;
const FINE_BELOW_MS = 500;

const REAL: Time = { now: performance.now.bind(performance), setTimeout, clearTimeout, setImmediate };

/** All deadlines of this thread. */
let wheel = new TimingWheel(REAL);

/**
 * Calls back once `ms` have passed, unless cancelled; a long delay up to 16 ms earlier. An entry of one timing wheel: no
 * timer and no allocation of its own. The process lives on while there is one.
 *
 * When this process's own event loop was blocked, timers fire before the answers that arrived meanwhile are read. So the
 * callback waits for one more turn of the loop (`setImmediate` runs after the poll phase): a slow gateway must not
 * blame its subgraphs. All that are due then are called back in a row, the earliest first; promises go on afterwards.
 */
export class Deadline extends WheelEntry {
  readonly #wheel = wheel;

  constructor(ms: number, onDue: () => void) {
    super(onDue);
    this.#wheel.add(this, ms < FINE_BELOW_MS ? ms : Math.floor(ms / GRAIN_MS) * GRAIN_MS);
  }

  cancel(): void {
    this.#wheel.cancel(this);
  }
}

/** Lets deadlines that are made from now on go by this time, and not by that of the process; those made before keep theirs. */
export function keepTimeBy(time: Time = REAL): void {
  wheel = new TimingWheel(time);
}
