import type { HealthCheckOptions, OutlierDetectionOptions } from '../options';
import type { Ejection, Health, Outcome } from './health';

/** Result of a health check. */
export interface CheckResult {
  /** `drain`: the instance says itself that it is about to go. */
  readonly verdict: 'pass' | 'fail' | 'drain';
  /** False when no connection could be opened. */
  readonly reachable: boolean;
  /** What went wrong, in words; absent when nothing did. */
  readonly detail?: string;
  /** How the schema differs; null when it does not; absent when it was not asked for. */
  readonly drift?: string | null;
}

const CONNECT_FAILURES_MAX = 2;
const WINDOW_REQUESTS_MIN = 20;
const EJECTION_MS_MAX = 300_000;
/** An ejection is shortened by up to this share, so that instances that fell together do not return together. */
const EJECTION_JITTER = 0.1;

/** Verdict of each outcome on the instance: for it, against it, or none. */
export const VERDICTS: Readonly<Record<Outcome, 'good' | 'bad' | 'none'>> = {
  ok: 'good',
  'app-error': 'good',
  overload: 'none',
  '5xx': 'bad',
  timeout: 'bad',
  reset: 'bad',
  connect: 'bad',
  protocol: 'bad',
  cancelled: 'none',
  local: 'none',
};

/** A check may end the first ejection at once; each further one must have lasted twice as long before. */
const LIFT_AFTER_MS = 500;

export interface Tally {
  readonly requests: number;
  readonly failures: number;
}

/** Permission to eject an instance: whether the pool can do without it. */
export interface EjectionBudget {
  /** When it cannot be connected to. */
  readonly hard: boolean;
  /** For every other reason. */
  readonly soft: boolean;
}

export interface Circumstances {
  readonly nowMs: number;
  /** When the request was started: news older than an ejection does not change it. */
  readonly startedMs: number;
  /** Requests of the last seconds, this one included. */
  readonly window: Tally;
  /** Null detects nothing. */
  readonly options: OutlierDetectionOptions | null;
  readonly spare: EjectionBudget;
  /** In [0, 1). */
  readonly chance: number;
  /** What went wrong with this request, in few words; null or absent when nothing did, or nobody knows. */
  readonly why?: string | null;
}

/** Updates the belief about an instance after one of its requests. Pure. */
export function afterOutcome(health: Health, outcome: Outcome, circumstances: Circumstances): Health {
  const verdict = VERDICTS[outcome];
  if (verdict === 'none') return health;
  if (health.ejection !== null && circumstances.startedMs < health.ejection.sinceMs) return health;
  return verdict === 'good' ? afterSuccess(health, circumstances.nowMs) : afterFailure(health, outcome, circumstances);
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
  const last = circumstances.why ?? outcome;
  if (health.ejection !== null && !onProbation) return failed;
  const ground = onProbation
    ? { reason: `failed on probation: ${last}`, cause: 'probation' as const }
    : groundOf(failed, last, circumstances.window, options);
  if (ground === null) return failed;
  const hard = outcome === 'connect';
  if (!onProbation && !(hard ? spare.hard : spare.soft)) return failed;
  return eject(failed, ground, outcome === 'connect' || outcome === 'timeout', options, circumstances);
}

/** Reason for which an instance is taken out. */
export interface Ground {
  readonly reason: string;
  readonly cause: Ejection['cause'];
}

function groundOf(health: Health, last: string, window: Tally, options: OutlierDetectionOptions): Ground | null {
  if (health.connectFailures >= CONNECT_FAILURES_MAX) {
    return { reason: `${health.connectFailures} failed connections in a row, the last: ${last}`, cause: 'connect' };
  }
  if (health.failures >= options.consecutiveErrors) {
    return { reason: `${health.failures} failures in a row, the last: ${last}`, cause: 'failures' };
  }
  const { requests, failures } = window;
  if (requests < WINDOW_REQUESTS_MIN || failures / requests < options.errorRate) return null;
  return { reason: `${failures} of ${requests} requests failed, the last: ${last}`, cause: 'rate' };
}

/** Takes an instance out that its peers outdo. Pure. @returns the same object when that cannot be */
export function afterComparison(
  health: Health,
  ground: Ground,
  circumstances: Omit<Circumstances, 'startedMs' | 'window'>,
): Health {
  const { options, spare } = circumstances;
  if (options === null || health.ejection !== null || !spare.soft) return health;
  return eject(health, ground, false, options, circumstances);
}

function eject(
  health: Health,
  { reason, cause }: Ground,
  liftedByCheck: boolean,
  options: OutlierDetectionOptions,
  { nowMs, chance }: Pick<Circumstances, 'nowMs' | 'chance'>,
): Health {
  const ejections = Math.max(0, health.ejections - forgiven(health, nowMs)) + 1;
  const fullMs = Math.min(options.baseEjectionTimeMs * 2 ** (ejections - 1), EJECTION_MS_MAX);
  const ejectionMs = fullMs * (1 - EJECTION_JITTER * chance);
  const ejection: Ejection = { sinceMs: nowMs, untilMs: nowMs + ejectionMs, reason, cause, liftedByCheck };
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
    wellSinceMs: nowMs,
  };
}

/** Updates the belief about an instance after a health check. Pure. */
export function afterCheck(health: Health, result: CheckResult, nowMs: number, options: HealthCheckOptions): Health {
  const passed = result.verdict === 'pass';
  const checkStreak = passed ? Math.max(1, health.checkStreak + 1) : Math.min(-1, health.checkStreak - 1);
  const checked: Health = {
    ...health,
    checkStreak,
    checkReachable: result.reachable,
    checkDetail: passed ? null : (result.detail ?? null),
    // Before an instance was ever well, a 503 says that it is not ready yet.
    check:
      result.verdict === 'drain' && health.check !== 'unknown'
        ? 'drain'
        : checkAfter(health.check, checkStreak, options),
    drift: result.drift === undefined ? health.drift : result.drift,
  };
  return passed && checked.check === 'pass' && mayLift(health, nowMs) ? lifted(checked, nowMs) : checked;
}

/** An instance that comes and goes is let in ever later. */
function mayLift({ ejection, ejections }: Health, nowMs: number): boolean {
  if (ejection === null || !ejection.liftedByCheck) return false;
  return nowMs - ejection.sinceMs >= LIFT_AFTER_MS * (2 ** (ejections - 1) - 1);
}

function checkAfter(before: Health['check'], streak: number, options: HealthCheckOptions): Health['check'] {
  if (before === 'unknown' && streak > 0) return 'pass';
  if ((before === 'fail' || before === 'drain') && streak >= options.healthyThreshold) return 'pass';
  if (-streak >= options.unhealthyThreshold) return 'fail';
  return before;
}
