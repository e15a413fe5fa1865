const TICK_MS = 20;
/** A tick that is late by less is within what timers do. */
const LATE_MS = 20;
/** Watches on for this long after the last one left: starting anew costs more than some ticks. */
const LINGER_TICKS = 50;

/** Time lost in the event loop that makes a measurement worthless, and the share of a timeout that excuses it. */
export const BLOCKED_MS = 20;
const BLOCKED_SHARE = 0.1;

/** Whether waiting in vain for so long says nothing: this process was not listening. */
export function lostTooMuch(lostMs: number, waitedMs: number): boolean {
  return lostMs > BLOCKED_MS && lostMs > BLOCKED_SHARE * waitedMs;
}

/**
 * Sums up how long this process's own event loop was blocked. An answer that waited in the socket meanwhile was not late:
 * a slow gateway must not blame its instances.
 */
export class LoopLag {
  #blockedMs = 0;
  #watchers = 0;
  #idleTicks = 0;
  #timer: NodeJS.Timeout | undefined;
  #tickedMs = 0;

  /**
   * To be called once for each time span that is watched, {@link leave} at its end.
   * @returns a reading for {@link blockedSince}
   */
  enter(): number {
    this.#watchers += 1;
    if (this.#timer === undefined) {
      this.#tickedMs = performance.now();
      this.#timer = setInterval(() => this.#tick(performance.now()), TICK_MS).unref();
    }
    return this.#blockedMs;
  }

  leave(): void {
    this.#watchers -= 1;
  }

  /** Milliseconds lost since a reading; also what is lost right now: answers may be read before the timer has fired. */
  blockedSince(reading: number): number {
    return this.#blockedMs - reading + this.#lateMs(performance.now());
  }

  #lateMs(nowMs: number): number {
    const lateMs = this.#timer === undefined ? 0 : nowMs - this.#tickedMs - TICK_MS;
    return lateMs > LATE_MS ? lateMs : 0;
  }

  #tick(nowMs: number): void {
    this.#blockedMs += this.#lateMs(nowMs);
    this.#tickedMs = nowMs;
    this.#idleTicks = this.#watchers > 0 ? 0 : this.#idleTicks + 1;
    if (this.#idleTicks < LINGER_TICKS) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#idleTicks = 0;
  }
}

/** One loop, one watch. */
export const loopLag = new LoopLag();
