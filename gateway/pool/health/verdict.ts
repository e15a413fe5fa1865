import type { HealthCheckOptions, OutlierDetectionOptions } from '../options';
import type { Ejection, Health, Outcome } from './health';

const CONNECT_FAILURES_MAX = 2;
const WINDOW_MS = 10_000;
const WINDOW_REQUESTS_MIN = 20;
const EJECTION_MS_MAX = 300_000;
/** An ejection is shortened by up to this share, so that instances that fell together do not return together. */
const EJECTION_JITTER = 0.1;

const VERDICTS: Readonly<Record<Outcome, 'good' | 'bad' | 'none'>> = {
  ok: 'good',
  'app-error': 'good',
  overload: 'none',
  '5xx': 'bad',
  timeout: 'bad',
  reset: 'bad',
  connect: 'bad',
  protocol: 'bad',
  cancelled: 'none',
};

/** Whether the pool can do without the instance. */
export interface Spare {
  /** When it cannot be connected to. */
  readonly hard: boolean;
  /** For every other reason. */
  readonly soft: boolean;
}

export interface Circumstances {
  readonly nowMs: number;
  /** When the request was started: news older than an ejection does not change it. */
  readonly startedMs: number;
  /** Null detects nothing. */
  readonly options: OutlierDetectionOptions | null;
  readonly spare: Spare;
  /** In [0, 1). */
  readonly chance: number;
}

/** What to believe of an instance after one of its requests ended. Pure. */
export function afterOutcome(health: Health, outcome: Outcome, circumstances: Circumstances): Health {
  const verdict = VERDICTS[outcome];
  if (verdict === 'none') return health;
  if (health.ejection !== null && circumstances.startedMs < health.ejection.sinceMs) return health;
  const counted = countInWindow(health, verdict === 'bad', circumstances.nowMs);
  return verdict === 'good'
    ? afterSuccess(counted, circumstances.nowMs)
    : afterFailure(counted, outcome, circumstances);
}

function countInWindow(health: Health, failed: boolean, nowMs: number): Health {
  const fresh = nowMs - health.windowStartedMs >= WINDOW_MS;
  return {
    ...health,
    windowStartedMs: fresh ? nowMs : health.windowStartedMs,
    windowRequests: (fresh ? 0 : health.windowRequests) + 1,
    windowFailures: (fresh ? 0 : health.windowFailures) + (failed ? 1 : 0),
  };
}

function afterSuccess(health: Health, nowMs: number): Health {
  const { ejection, check, failures } = health;
  if (ejection === null && check !== 'unknown' && failures === 0) return health;
  return {
    ...(health.ejection === null ? health : lifted(health, nowMs)),
    check: health.check === 'unknown' ? 'pass' : health.check,
    failures: 0,
    connectFailures: 0,
  };
}

function afterFailure(health: Health, outcome: Outcome, circumstances: Circumstances): Health {
  const failed: Health = {
    ...health,
    failures: health.failures + 1,
    connectFailures: outcome === 'connect' ? health.connectFailures + 1 : 0,
  };
  const { options, nowMs, spare } = circumstances;
  if (options === null) return failed;
  const onProbation = health.ejection !== null && nowMs >= health.ejection.untilMs;
  if (health.ejection !== null && !onProbation) return failed;
  const reason = onProbation ? `failed on probation (${outcome})` : reasonToEject(failed, options);
  if (reason === null) return failed;
  const hard = outcome === 'connect';
  if (!onProbation && !(hard ? spare.hard : spare.soft)) return failed;
  return eject(failed, outcome, reason, options, circumstances);
}

function reasonToEject(health: Health, options: OutlierDetectionOptions): string | null {
  if (health.connectFailures >= CONNECT_FAILURES_MAX) return `${health.connectFailures} failed connections in a row`;
  if (health.failures >= options.consecutiveErrors) return `${health.failures} failures in a row`;
  const share = health.windowFailures / health.windowRequests;
  if (health.windowRequests >= WINDOW_REQUESTS_MIN && share >= options.errorRate) {
    return `${health.windowFailures} of ${health.windowRequests} requests failed`;
  }
  return null;
}

function eject(
  health: Health,
  outcome: Outcome,
  reason: string,
  options: OutlierDetectionOptions,
  { nowMs, chance }: Circumstances,
): Health {
  const ejections = Math.max(0, health.ejections - forgiven(health, nowMs)) + 1;
  const fullMs = Math.min(options.baseEjectionTimeMs * 2 ** (ejections - 1), EJECTION_MS_MAX);
  const ejectionMs = fullMs * (1 - EJECTION_JITTER * chance);
  const ejection: Ejection = {
    sinceMs: nowMs,
    untilMs: nowMs + ejectionMs,
    reason,
    liftedByCheck: outcome === 'connect' || outcome === 'timeout' || outcome === 'reset',
  };
  return { ...health, ejection, ejections, lastEjectionMs: ejectionMs };
}

/** One earlier ejection is forgotten for every stretch spent well that was as long as the last ejection. */
function forgiven(health: Health, nowMs: number): number {
  if (health.ejection !== null || health.lastEjectionMs === 0) return 0;
  return Math.floor((nowMs - health.wellSinceMs) / health.lastEjectionMs);
}

function lifted(health: Health, nowMs: number): Health {
  return {
    ...health,
    ejection: null,
    failures: 0,
    connectFailures: 0,
    windowStartedMs: nowMs,
    windowRequests: 0,
    windowFailures: 0,
    wellSinceMs: nowMs,
  };
}

/** What to believe of an instance after a health check. Pure. */
export function afterCheck(health: Health, passed: boolean, nowMs: number, options: HealthCheckOptions): Health {
  const streak = passed ? Math.max(1, health.checkStreak + 1) : Math.min(-1, health.checkStreak - 1);
  const checked: Health = { ...health, checkStreak: streak, check: checkAfter(health.check, streak, options) };
  const lifts = passed && checked.check === 'pass' && health.ejection?.liftedByCheck === true;
  return lifts ? lifted(checked, nowMs) : checked;
}

function checkAfter(before: Health['check'], streak: number, options: HealthCheckOptions): Health['check'] {
  if (before === 'unknown' && streak > 0) return 'pass';
  if (before === 'fail' && streak >= options.healthyThreshold) return 'pass';
  if (-streak >= options.unhealthyThreshold) return 'fail';
  return before;
}
