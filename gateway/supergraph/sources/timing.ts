import { setTimeout as wait } from 'node:timers/promises';

/** Times of asking running subgraphs; the clock and chance are here so that tests own them. */
export interface SubgraphsTiming {
  /** Milliseconds between two polls, ±10 %. */
  readonly pollMs: number;
  /** Milliseconds for the answer of one URL. */
  readonly timeoutMs: number;
  /** Bytes of one subgraph's answer. */
  readonly bytesMax: number;
  /** Milliseconds after which a start without every SDL is given up. */
  readonly startMs: number;
  /** Milliseconds before the second attempt of a start; doubles each time. */
  readonly retryMs: number;
  readonly retryMsMax: number;
  /** In [0, 1). */
  readonly random: () => number;
  /** Milliseconds on any clock that only goes forward. */
  readonly now: () => number;
  /** Rejects when the signal aborts. @param ref whether waiting keeps the process alive */
  readonly sleep: (ms: number, signal: AbortSignal, ref: boolean) => Promise<void>;
}

export const DEFAULT_TIMING: SubgraphsTiming = {
  pollMs: 10_000,
  timeoutMs: 5_000,
  bytesMax: 10 * 1024 * 1024,
  startMs: 30_000,
  retryMs: 250,
  retryMsMax: 4_000,
  random: Math.random,
  now: () => performance.now(),
  sleep: (ms, signal, ref) => wait(ms, undefined, { signal, ref }),
};
