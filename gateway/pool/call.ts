import { HeadgateError } from '../errors';
import { Attempt, type AttemptResult } from './attempt';
import { backoffMs } from './backoff';
import { callError, sentInVain } from './call-error';
import type { Clock } from './clock';
import { Deadline } from './deadline';
import type { Outcome } from './health/health';
import type { Instance } from './instance';
import type { RetryOptions } from './options';
import { outcomeOf } from './outcome';
import type { AttemptSummary, PoolAnswer, PoolRequest } from './pool';
import { retryAfterMs } from './retry-after';
import type { RetryBudget } from './retry-budget';

/** With less time left an attempt has no chance; timers also fire up to a millisecond early. */
const ATTEMPT_MS_MIN = 5;

/** What a call needs of its pool. */
export interface CallSite {
  readonly name: string;
  readonly retry: RetryOptions;
  readonly budget: RetryBudget;
  readonly clock: Clock;
  readonly random: () => number;
  /** False once the pool is closing for good: what fails then is not tried again. */
  readonly open: boolean;
  pick(tried: ReadonlySet<Instance>, repeatable: boolean): Instance | null;
  hasAlternative(tried: ReadonlySet<Instance>, repeatable: boolean): boolean;
  started(instance: Instance): void;
  finished(instance: Instance, outcome: Outcome, attempt: number, startedMs: number): void;
  /** Calls back when the pool stops waiting for its calls, until the returned function is called. */
  onClosed(listener: () => void): () => void;
  /** Nothing of the call runs any more, also not in the background. */
  left(): void;
}

interface Running {
  readonly attempt: Attempt;
  readonly instance: Instance;
  readonly number: number;
  readonly startedMs: number;
  patience: Deadline | undefined;
}

interface Settled {
  readonly instance: Instance;
  readonly result: AttemptResult;
  readonly sent: boolean;
}

/**
 * One call: an attempt, and further ones elsewhere while that is safe and there is time.
 *
 * Each attempt may use all the time that is left: a slow answer is still an answer. But after half of it the call loses
 * its *patience* when another instance could be asked: a query is then sent there as well and whoever answers first
 * wins, so an instance that hangs costs half of the deadline, not all of it. A mutation is moved only when it was not sent.
 */
export class Call {
  readonly #site: CallSite;
  readonly #request: PoolRequest;
  readonly #resolve: (answer: PoolAnswer) => void;
  readonly #reject: (error: HeadgateError) => void;
  readonly #tried = new Set<Instance>();
  readonly #running = new Set<Running>();
  readonly #onAbort: () => void;
  #attempts = 0;
  #last: Settled | null = null;
  /** Ends the wait between two attempts; undefined while there is none. */
  #pause: (() => void) | undefined;
  #done = false;
  #left = false;

  static run(site: CallSite, request: PoolRequest): Promise<PoolAnswer> {
    return new Promise((resolve, reject) => new Call(site, request, resolve, reject).#begin());
  }

  private constructor(
    site: CallSite,
    request: PoolRequest,
    resolve: (answer: PoolAnswer) => void,
    reject: (error: HeadgateError) => void,
  ) {
    this.#site = site;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#onAbort = () => this.#abandon();
  }

  #begin(): void {
    if (this.#leftMs() <= 0) {
      this.#fail(
        new HeadgateError('SUBGRAPH_TIMEOUT', `no time was left to ask ${this.#site.name}`, this.#details(null)),
      );
      return;
    }
    this.#request.signal?.addEventListener('abort', this.#onAbort);
    this.#try();
  }

  #try(): void {
    const instance = this.#site.pick(this.#tried, this.#request.repeatable);
    if (instance === null) {
      const message = `${this.#site.name} has no instances`;
      this.#fail(new HeadgateError('SUBGRAPH_UNREACHABLE', message, this.#details(null)));
      return;
    }
    this.#tried.add(instance);
    this.#attempts += 1;
    const { method, headers, body, repeatable, responseBytesMax, attemptTimeoutMs } = this.#request;
    const path = instance.pathFor(this.#request.path);
    const timeoutMs = Math.min(attemptTimeoutMs, this.#leftMs());
    const options = { method, path, headers, body, repeatable, responseBytesMax, timeoutMs };
    this.#site.started(instance);
    const running: Running = {
      attempt: new Attempt(options, (result) => this.#settled(running, result)),
      instance,
      number: this.#attempts,
      startedMs: this.#site.clock(),
      patience: undefined,
    };
    this.#running.add(running);
    if (this.#couldTryElsewhere()) running.patience = new Deadline(timeoutMs / 2, () => this.#impatient(running));
    running.attempt.start(instance.connections);
  }

  #couldTryElsewhere(): boolean {
    return (
      this.#site.open &&
      this.#pause === undefined &&
      this.#site.retry.onTimeout &&
      this.#attempts < this.#site.retry.maxAttempts &&
      this.#site.hasAlternative(this.#tried, this.#request.repeatable)
    );
  }

  #impatient(running: Running): void {
    if (!this.#request.repeatable) {
      if (!running.attempt.sent) running.attempt.stop('timeout');
    } else if (this.#couldTryElsewhere() && this.#takeRetry()) this.#try();
  }

  #settled(running: Running, result: AttemptResult): void {
    running.patience?.cancel();
    this.#running.delete(running);
    const { instance, attempt } = running;
    this.#site.finished(instance, outcomeOf(result, attempt.sent, instance), running.number, running.startedMs);
    if (this.#done) this.#leaveWhenIdle();
    else {
      this.#last = { instance, result, sent: attempt.sent };
      this.#judge(result, attempt.sent, running);
    }
  }

  #judge(result: AttemptResult, sent: boolean, running: Running): void {
    const waitMs = this.#waitBeforeRetry(result, sent);
    if (waitMs !== null && this.#takeRetry()) {
      if (waitMs === 0) this.#try();
      else this.#pauseFor(waitMs);
    } else if (this.#isFinal(result) || (this.#running.size === 0 && this.#pause === undefined)) {
      this.#finish(running);
    }
  }

  /** Whether the result ends the call although other attempts still run. */
  #isFinal(result: AttemptResult): boolean {
    if (result.kind === 'answer') return !this.#site.retry.onStatus.has(result.status);
    return result.kind === 'unsendable' || result.kind === 'too-large';
  }

  #takeRetry(): boolean {
    return this.#site.budget.take(this.#site.retry, this.#site.clock());
  }

  #pauseFor(waitMs: number): void {
    const proceed = () => {
      this.#endPause();
      this.#try();
    };
    const deadline = new Deadline(waitMs, proceed);
    const unlisten = this.#site.onClosed(proceed);
    this.#pause = () => {
      deadline.cancel();
      unlisten();
    };
  }

  #endPause(): void {
    this.#pause?.();
    this.#pause = undefined;
  }

  /** Milliseconds until the next attempt, null when there must not be one. */
  #waitBeforeRetry(result: AttemptResult, sent: boolean): number | null {
    const { retry, random, open } = this.#site;
    if (!open || this.#pause !== undefined || this.#attempts >= retry.maxAttempts) return null;
    if (!isRetryable(result, sent, this.#request.repeatable, retry)) return null;
    const elsewhere = this.#site.hasAlternative(this.#tried, this.#request.repeatable);
    const askedMs = result.kind === 'answer' ? retryAfterMs(result.headers['retry-after'], Date.now()) : null;
    // Whoever asks to be left alone for a while speaks for itself, not for the others.
    const waitMs =
      askedMs !== null && !elsewhere
        ? askedMs
        : backoffMs(this.#attempts, retry.intervalMs, retry.maxIntervalMs, random());
    return waitMs + ATTEMPT_MS_MIN <= this.#leftMs() ? waitMs : null;
  }

  #finish(winner: Running): void {
    const last = this.#last;
    if (last === null) return;
    const { instance, result, sent } = last;
    const details = this.#details(last);
    if (result.kind === 'answer') {
      this.#end(winner.startedMs);
      const { status, headers, body } = result;
      this.#resolve({ instance: instance.id, attempts: this.#attempts, status, headers, body });
    } else this.#fail(callError(this.#site.name, this.#request.repeatable, sent, result, instance.url, details));
  }

  #fail(error: HeadgateError): void {
    this.#end(Number.NEGATIVE_INFINITY);
    this.#reject(error);
  }

  /** The client went away: queries stop, a mutation that was sent runs on unseen. */
  #abandon(): void {
    const details = this.#details(this.#last);
    const error = new HeadgateError(
      'REQUEST_CANCELLED',
      `the client went away while ${this.#site.name} was asked`,
      details,
    );
    this.#end(Number.NEGATIVE_INFINITY);
    this.#reject(error);
  }

  /** @param winnerStartedMs attempts that began before the winner and still have no answer count as timed out */
  #end(winnerStartedMs: number): void {
    this.#done = true;
    this.#request.signal?.removeEventListener('abort', this.#onAbort);
    this.#endPause();
    for (const { attempt, startedMs, patience } of [...this.#running]) {
      patience?.cancel();
      if (sentInVain(this.#request.repeatable, attempt.sent)) continue;
      attempt.stop(startedMs < winnerStartedMs ? 'timeout' : 'cancelled');
    }
    this.#leaveWhenIdle();
  }

  #leaveWhenIdle(): void {
    if (this.#left || this.#running.size > 0) return;
    this.#left = true;
    this.#site.left();
  }

  #leftMs(): number {
    return this.#request.deadlineAt - this.#site.clock();
  }

  #details(last: Settled | null): { details: AttemptSummary & Record<string, unknown> } {
    const status = last !== null && 'status' in last.result ? last.result.status : null;
    return { details: { instance: last?.instance.id ?? null, attempts: this.#attempts, status } };
  }
}

/** The table of attempts: what may be sent again. */
function isRetryable(result: AttemptResult, sent: boolean, repeatable: boolean, retry: RetryOptions): boolean {
  if (!repeatable && sent) return false;
  switch (result.kind) {
    case 'connect':
      return retry.onConnect;
    // Also when the answer had begun: it is collected whole, nothing of it has reached anybody.
    case 'reset':
    case 'protocol':
      return retry.onConnect;
    case 'timeout':
      return retry.onTimeout;
    case 'answer':
      return retry.onStatus.has(result.status);
    default:
      return false;
  }
}
