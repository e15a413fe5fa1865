import type { Member } from '../member';
import type { Turn } from './policy';

/**
 * Estimates how long a request takes at a member: what its answers took, or the age of what it has not answered yet
 * when that is more, for everything that it has and this request too. Milliseconds, for comparisons only.
 * @param meanWeight of those compared: who has more weight bears more at once
 */
export function costOf<M extends Member>(member: M, turn: Turn<M>, meanWeight: number): number {
  const { nowMs } = turn;
  const answeredMs = member.latency.at(nowMs, turn.usualMs);
  const { inFlight } = member;
  if (inFlight === 0) return answeredMs;
  const ageMs = nowMs - member.startedSumMs / inFlight;
  return Math.max(ageMs, answeredMs) * ((inFlight * meanWeight) / member.weight + 1);
}
