/**
 * Chooses how long to wait before a retry: exponential, with full jitter so that callers do not march in step.
 * The first retry goes at once: it goes elsewhere, or to a server that just closed an idle connection.
 * @param retry 1 for the first retry
 * @param chance in [0, 1)
 * @returns milliseconds, uniform in [0, min(maxIntervalMs, intervalMs · 2^(retry − 2)))
 */
export function backoffMs(retry: number, intervalMs: number, maxIntervalMs: number, chance: number): number {
  if (retry <= 1) return 0;
  return chance * Math.min(maxIntervalMs, intervalMs * 2 ** (retry - 2));
}
