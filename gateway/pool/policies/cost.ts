import type { Member } from '../member';
import type { PickContext } from './policy';

/**
 * Estimates how long a request takes at a member: what its answers took, or the age of what it has not answered yet
 * when that is more, for everything that it has and this request too. Milliseconds, for comparisons only.
 * @param meanWeight of those compared: who has more weight bears more at once
 */
export function costOf<M extends Member>(member: M, context: PickContext<M>, meanWeight: number): number {
  const { nowMs } = context;
  const answeredMs = member.latency.at(nowMs, context.usualMs);
  const { inFlight } = member;
  const load = context.forStream ? inFlight + member.streams : inFlight;
  if (load === 0) return answeredMs;
  const ageMs = inFlight === 0 ? 0 : nowMs - member.startedSumMs / inFlight;
  return Math.max(ageMs, answeredMs) * ((load * meanWeight) / member.weight + 1);
}
