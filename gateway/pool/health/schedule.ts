import type { HealthCheckOptions } from '../options';
import type { Health } from './health';

/** Delay between checks while it is not clear whether the instance is well. */
const UNDECIDED_MS = 500;
const DOWN_MS = 2000;
const DOWN_MS_MAX = 30_000;
/** Delay between checks of an instance that is well in a pool that nobody asks. */
const IDLE_MS = 60_000;
/** Share of the delay that chance may add or take, so that checks do not march in step. */
const JITTER = 0.1;

/**
 * Decides when to check an instance again: soon while undecided, ever more rarely while it is down or nobody asks. Pure.
 * @param idle nobody has asked the pool for a while
 * @param chance in [0, 1)
 * @returns milliseconds
 */
export function nextCheckMs(health: Health, options: HealthCheckOptions, idle: boolean, chance: number): number {
  return plainDelayMs(health, options, idle) * (1 - JITTER + 2 * JITTER * chance);
}

function plainDelayMs(health: Health, options: HealthCheckOptions, idle: boolean): number {
  const { intervalMs, unhealthyThreshold } = options;
  const soonMs = Math.min(UNDECIDED_MS, intervalMs);
  if (health.check === 'drain') return health.checkStreak > 0 ? soonMs : Math.min(DOWN_MS, intervalMs);
  if (health.check === 'fail') {
    const failedSinceDown = -health.checkStreak - unhealthyThreshold;
    if (failedSinceDown < 0) return soonMs;
    return Math.min(Math.min(DOWN_MS, intervalMs) * 2 ** failedSinceDown, DOWN_MS_MAX);
  }
  const undecided = health.check === 'unknown' || health.checkStreak < 0 || health.ejection !== null;
  if (undecided) return soonMs;
  return idle ? Math.max(IDLE_MS, intervalMs) : intervalMs;
}
