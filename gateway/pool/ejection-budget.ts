import type { EjectionBudget } from './health/verdict';
import type { Member } from './member';

export const NO_EJECTION_BUDGET: EjectionBudget = { hard: false, soft: false };

/**
 * Decides whether a pool can do without one more instance. One always stays, so a pool of one ejects nobody. Ejections that
 * rest on judgement (5xx, timeouts) are capped at a share of the tier, but one is always allowed; an instance that
 * cannot be connected to is no loss.
 */
export function ejectionBudgetFor(
  members: Iterable<Member>,
  candidate: Member,
  maxEjectionShare: number,
): EjectionBudget {
  let staying = 0;
  let inTier = 0;
  let outOfTier = 0;
  for (const member of members) {
    if (member.presence !== 'present') continue;
    const { health, options } = member;
    const out = health.ejection !== null || health.check === 'fail' || health.check === 'drain' || isDrained(member);
    if (!out || member === candidate) staying += 1;
    if (options.tier !== candidate.options.tier) continue;
    inTier += 1;
    if (out && member !== candidate) outOfTier += 1;
  }
  const oneStays = staying > 1;
  return { hard: oneStays, soft: oneStays && outOfTier + 1 <= Math.max(1, Math.floor(maxEjectionShare * inTier)) };
}

function isDrained({ overrides }: Member): boolean {
  return overrides.state !== null && overrides.state.action !== 'force-up';
}
