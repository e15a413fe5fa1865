import type { Spare } from './health/verdict';
import type { Instance } from './instance';

export const NOT_SPARED: Spare = { hard: false, soft: false };

/**
 * Whether a pool can do without one more instance. One always stays, so a pool of one ejects nobody. Ejections that
 * rest on judgement (5xx, timeouts) are capped at a share of the pool, but one is always allowed; an instance that
 * cannot be connected to is no loss.
 */
export function spareable(instances: Iterable<Instance>, candidate: Instance, maxEjectionShare: number): Spare {
  let present = 0;
  let out = 0;
  for (const instance of instances) {
    if (instance.presence !== 'present') continue;
    present += 1;
    if (instance !== candidate && (instance.health.ejection !== null || instance.health.check === 'fail')) out += 1;
  }
  const oneStays = present - out > 1;
  return { hard: oneStays, soft: oneStays && out + 1 <= Math.max(1, Math.floor(maxEjectionShare * present)) };
}
