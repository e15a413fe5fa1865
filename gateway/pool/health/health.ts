/** End of one attempt, as far as the instance is concerned. */
export type Outcome =
  | 'ok'
  /** 4xx: the caller's fault, never the instance's. */
  | 'app-error'
  /** 429, 503 with Retry-After, or no free connection: asked for less, did not fail. */
  | 'overload'
  | '5xx'
  | 'timeout'
  /** The connection broke after bytes were sent. */
  | 'reset'
  /** No connection, so nothing was sent. */
  | 'connect'
  /** Not HTTP, a content-encoding that cannot be undone, or nothing that could be what was asked for. */
  | 'protocol'
  /** We stopped waiting: no verdict. */
  | 'cancelled'
  /** A failure of this process: no verdict. */
  | 'local';

export interface Ejection {
  readonly sinceMs: number;
  /** From here on the instance is on probation. */
  readonly untilMs: number;
  readonly reason: string;
  /** The reason as one word. */
  readonly cause: 'connect' | 'failures' | 'rate' | 'outlier' | 'probation';
  /** Not for 5xx: a bad server with a green health page would come back every second. */
  readonly liftedByCheck: boolean;
}

/** Belief about one instance, from two witnesses: requests and health checks. Replaced, never changed. */
export interface Health {
  readonly check: 'unknown' | 'pass' | 'fail' | 'drain';
  /** False when the last failed check could not even connect. */
  readonly checkReachable: boolean;
  /** What went wrong with the last check; null when it passed, or nobody knows. */
  readonly checkDetail: string | null;
  /** How its schema differs from the one that was composed; null when it does not, or nobody knows. */
  readonly drift: string | null;
  /** Health checks of one kind in a row: passed when positive, failed when negative. */
  readonly checkStreak: number;
  /** Failed requests in a row. */
  readonly failures: number;
  /** Failed connections in a row. */
  readonly connectFailures: number;
  readonly ejection: Ejection | null;
  /** Ejections that count towards the length of the next one. */
  readonly ejections: number;
  readonly lastEjectionMs: number;
  /** Since when the instance is not ejected. */
  readonly wellSinceMs: number;
}

export function newHealth(check: 'unknown' | 'pass', nowMs: number): Health {
  return {
    check,
    checkReachable: true,
    checkDetail: null,
    drift: null,
    checkStreak: 0,
    failures: 0,
    connectFailures: 0,
    ejection: null,
    ejections: 0,
    lastEjectionMs: 0,
    wellSinceMs: nowMs,
  };
}
