import { announce } from '../events';
import type { AttemptResult } from './attempt';
import { backoffMs } from './backoff';
import type { Clock } from './clock';
import type { Instance } from './instance';
import type { RetryOptions } from './options';
import type { PoolRequest } from './pool';
import { retryAfterMs } from './retry-after';
import type { RetryBudget } from './retry-budget';
import { isRetryable } from './retryable';

/** With less time left an attempt has no chance; timers also fire up to a millisecond early. */
const ATTEMPT_MS_MIN = 5;

/** View of a pool that decides about further attempts. */
export interface RetrySite {
  readonly name: string;
  readonly retry: RetryOptions;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: () => number;
  /** False once the pool is closing for good: what fails then is not tried again. */
  readonly open: boolean;
  hasAlternative(tried: readonly Instance[], only: PoolRequest['only']): boolean;
}

/** An attempt that ended, and what the call has done so far. */
interface Ended {
  readonly result: AttemptResult;
  readonly sent: boolean;
  readonly repeatable: boolean;
  /** Attempts that count. */
  readonly made: number;
  readonly tried: readonly Instance[];
  readonly only: PoolRequest['only'];
  /** Milliseconds. */
  readonly leftMs: number;
}

/** Milliseconds until the next attempt, null when there must not be one. */
export function waitBeforeRetry(site: RetrySite, ended: Ended): number | null {
  const { retry, random, open } = site;
  const { result, made } = ended;
  if (!open || made >= retry.maxAttempts) return null;
  if (!isRetryable(result, ended.sent, ended.repeatable, retry)) return null;
  const elsewhere = site.hasAlternative(ended.tried, ended.only);
  // Who answers nonsense once does so again.
  if (result.kind === 'answer' && !result.understood && !elsewhere) return null;
  const askedMs = result.kind === 'answer' ? retryAfterMs(result.headers['retry-after'], Date.now()) : null;
  // Whoever asks to be left alone for a while speaks for itself, not for the others.
  // Elsewhere this process lacks the same: the first retry waits as well.
  const tries = result.kind === 'local' ? made + 1 : made;
  const waitMs =
    askedMs !== null && !elsewhere ? askedMs : backoffMs(tries, retry.intervalMs, retry.maxIntervalMs, random());
  return waitMs + ATTEMPT_MS_MIN <= ended.leftMs ? waitMs : null;
}

/** Takes a retry of the plan's allowance and of the pool's budget. @returns false when either has none */
export function takeRetry(
  { name, budget, retry, clock }: RetrySite,
  { id, retries }: Pick<PoolRequest, 'id' | 'retries'>,
): boolean {
  const allowed = retries === undefined || retries.left > 0;
  if (allowed && budget.take(retry, clock())) {
    if (retries !== undefined) retries.left -= 1;
    return true;
  }
  announce('attempt.denied', { id, pool: name, kind: 'retry' });
  return false;
}
