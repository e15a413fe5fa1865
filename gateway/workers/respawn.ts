/** Whoever lived so long did not die of its start. */
const STABLE_MS = 10_000;
const DELAY_MS = 100;
const DELAY_MS_MAX = 10_000;

/** Counts the processes of one place that died young, one after another. */
export function earlyDeaths(before: number, livedMs: number): number {
  return livedMs >= STABLE_MS ? 0 : before + 1;
}

/**
 * Chooses how long to wait before a process takes the place of a dead one.
 * @param deaths of processes that died young, one after another
 * @returns milliseconds: 0 after a long life and after the first death, then 100, 200, 400 … at most 10,000
 */
export function respawnDelayMs(deaths: number): number {
  return deaths <= 1 ? 0 : Math.min(DELAY_MS_MAX, DELAY_MS * 2 ** (deaths - 2));
}
