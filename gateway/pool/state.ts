import type { Health } from './health/health';
import type { InstanceView } from './pool';

/** Whether the instance is among those that the pool was given. */
export type Presence = 'present' | 'terminating' | 'gone';

export interface InstanceState {
  readonly state: InstanceView['state'];
  readonly reason: string;
}

/** The state of an instance, derived from its flags, never kept by hand: the first line that fits wins. */
export function stateOf(presence: Presence, health: Health, nowMs: number): InstanceState {
  if (presence === 'gone') return { state: 'removed', reason: 'removed' };
  if (presence === 'terminating') return { state: 'draining', reason: 'no longer among the instances' };
  if (health.check === 'fail') return { state: 'ejected', reason: 'health check failed' };
  if (health.ejection !== null) {
    const state = nowMs < health.ejection.untilMs ? 'ejected' : 'probation';
    return { state, reason: health.ejection.reason };
  }
  if (health.check === 'unknown') return { state: 'joining', reason: 'no health check has passed yet' };
  return { state: 'healthy', reason: 'answers' };
}
