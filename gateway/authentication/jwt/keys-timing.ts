import { setTimeout as wait } from 'node:timers/promises';

/** Times of reading keys of others; the clock and chance are here so that tests own them. */
export interface KeysTiming {
  /** Milliseconds on a clock that only goes forward. */
  readonly now: () => number;
  /** Keeps no process alive. Rejects when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** In [0, 1). */
  readonly random: () => number;
}

export const KEYS_TIMING: KeysTiming = {
  now: () => performance.now(),
  sleep: (ms, signal) => wait(ms, undefined, { signal, ref: false }),
  random: Math.random,
};
