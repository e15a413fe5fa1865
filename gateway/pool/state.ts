import type { Health } from './health/health';
import type { Overrides } from './overrides';
import type { InstanceView } from './pool';

/** Membership of an instance: named, no longer named but still busy, or gone. */
export type Presence = 'present' | 'terminating' | 'gone';

/** Rank that a state gives an instance in the choice, best first. */
export type Standing =
  | 'well'
  /** Only what the well ones cannot take. */
  | 'degraded'
  /** One query at a time. */
  | 'probation'
  /** When nobody else is there: nothing is known of it. */
  | 'joining'
  /** When too few are well. */
  | 'doubtful'
  /** As doubtful, and it could not even be connected to. */
  | 'unreachable'
  /** Never. */
  | 'out';

export interface InstanceState {
  readonly state: InstanceView['state'];
  readonly standing: Standing;
  readonly reason: string;
  /** The reason as one of few words, for counting. */
  readonly cause: string;
}

export interface Flags {
  readonly presence: Presence;
  readonly overrides: Overrides;
  readonly health: Health;
  /** Since when it has been far slower than its peers; null when it is not. */
  readonly slowSinceMs: number | null;
}

export const NOT_SHOWN: InstanceState = { state: 'removed', standing: 'out', reason: 'added', cause: 'membership' };

/** An instance must be far slower than its peers for this long to be called degraded. */
const SLOW_FOR_MS = 30_000;

const REMOVED: InstanceState = { ...NOT_SHOWN, reason: 'removed' };
const TERMINATING: InstanceState = {
  state: 'draining',
  standing: 'out',
  reason: 'no longer among the instances',
  cause: 'membership',
};
const JOINING: InstanceState = {
  state: 'joining',
  standing: 'joining',
  reason: 'no health check has passed yet',
  cause: 'check',
};
const HEALTHY: InstanceState = { state: 'healthy', standing: 'well', reason: 'answers', cause: 'recovered' };
const SLOW: InstanceState = {
  state: 'degraded',
  standing: 'degraded',
  reason: 'far slower than its peers for half a minute',
  cause: 'latency',
};
const CHECKED_OUT: InstanceState = {
  state: 'draining',
  standing: 'doubtful',
  reason: 'its health check answers 503: it is about to go',
  cause: 'check',
};

/** The state of an instance, derived from its flags, never kept by hand: the first line that fits wins. Pure. */
export function stateOf({ presence, overrides, health, slowSinceMs }: Flags, nowMs: number): InstanceState {
  if (presence === 'gone') return REMOVED;
  if (presence === 'terminating') return TERMINATING;
  if (overrides.state !== null) return wanted(overrides.state);
  if (health.check === 'drain') return CHECKED_OUT;
  if (health.check === 'fail') return checkFailed(health);
  if (health.ejection !== null) return ejected(health.ejection, nowMs);
  if (health.check === 'unknown') return JOINING;
  if (health.drift !== null) return { state: 'degraded', standing: 'degraded', reason: health.drift, cause: 'drift' };
  if (slowSinceMs !== null && nowMs - slowSinceMs >= SLOW_FOR_MS) return SLOW;
  return HEALTHY;
}

function wanted({ action, reason, actor }: NonNullable<Overrides['state']>): InstanceState {
  const cause = 'operator';
  const why = reason === '' ? actor : `${reason} (${actor})`;
  switch (action) {
    case 'drain':
      return { state: 'draining', standing: 'out', reason: `drained: ${why}`, cause };
    case 'maintenance':
      return { state: 'draining', standing: 'out', reason: `maintenance: ${why}`, cause };
    case 'eject':
      return { state: 'ejected', standing: 'doubtful', reason: `ejected: ${why}`, cause };
    case 'force-up':
      return { state: 'healthy', standing: 'well', reason: `forced up: ${why}`, cause };
  }
}

function checkFailed({ checkReachable, checkDetail }: Health): InstanceState {
  const standing = checkReachable ? 'doubtful' : 'unreachable';
  const reason = checkDetail === null ? 'health check failed' : `health check failed: ${checkDetail}`;
  return { state: 'ejected', standing, reason, cause: 'check' };
}

function ejected({ untilMs, reason, cause }: NonNullable<Health['ejection']>, nowMs: number): InstanceState {
  if (nowMs >= untilMs) return { state: 'probation', standing: 'probation', reason, cause: 'probation' };
  return { state: 'ejected', standing: cause === 'connect' ? 'unreachable' : 'doubtful', reason, cause };
}
