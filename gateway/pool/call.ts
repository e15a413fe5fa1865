import { Deadline } from '../deadline';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { Attempt, type AttemptResult, type Patience } from './attempt';
import { callError, sentInVain } from './call-error';
import { failureOf, failureText } from './failure';
import type { HedgeBudget } from './hedge-budget';
import type { Instance } from './instance';
import { afterNextPoll } from './next-poll';
import type { Pick as Picked } from './pick';
import type { AttemptSummary, PoolAnswer, PoolRequest } from './pool';
import { type RetrySite, takeRetry, waitBeforeRetry } from './retries';

const TIME_LEFT_HEADER = 'x-request-timeout-ms';
export const NONE_TRIED: readonly Instance[] = [];

export type AttemptKind = 'first' | 'retry' | 'hedge';

/** One attempt under way, as the pool counts it. */
export interface Counted {
  readonly id: PoolRequest['id'];
  readonly attempt: { readonly sent: boolean };
  readonly instance: Instance;
  readonly number: number;
  readonly kind: AttemptKind;
  readonly startedMs: number;
  /** What the loop had lost when it was started: a reading of `LoopLag`. */
  readonly blockedMs: number;
  /** Of a stream whose head has come: what that took, and what this process lost meanwhile. Milliseconds. */
  head?: { readonly durationMs: number; readonly lostMs: number };
}

/** One attempt of a call. */
export interface Running extends Counted {
  readonly attempt: Attempt;
  /** It waited in vain for so long that it counts as timed out if another attempt answers first. */
  hopeless: boolean;
}

/** View of a pool that makes attempts. */
export interface AttemptSite extends RetrySite {
  /** @returns what the event loop has lost so far: a reading of `LoopLag` */
  started(instance: Instance, nowMs: number): number;
  finished(running: Counted, result: AttemptResult): void;
  /** Calls back when the pool stops waiting for its calls, until the returned function is called. */
  onClosed(listener: () => void): () => void;
}

/** View of a pool that a call works with. */
export interface CallSite extends AttemptSite {
  readonly hedging: Hedging | null;
  /** An instance that answered nobody for this long while it should have is suspected to hang. Milliseconds. */
  readonly suspectAfterMs: number;
  choose(tried: readonly Instance[], request: PoolRequest, nowMs: number): Picked<Instance> | null;
  /** Whether this process itself lost time since the attempt was started. */
  wasBlocked(running: Counted): boolean;
  /** Nothing of the call runs any more, also not in the background. */
  left(): void;
}

export interface Hedging {
  readonly budget: HedgeBudget;
  /** Further requests for one. */
  readonly max: number;
  /** Null while it is not known what is slow. */
  readonly afterMs: number | null;
}

interface Settled {
  readonly instance: Instance;
  readonly result: AttemptResult;
  readonly sent: boolean;
}

/**
 * One call: an attempt, and further ones elsewhere while that is safe and there is time.
 *
 * Each attempt may use all the time that is left: a slow answer is still an answer. But the call can lose its *patience*
 * with a query: after half of that time, or when the instance seems to hang, it is sent elsewhere as well and whoever
 * answers first wins. So an instance that hangs costs little of the deadline. A mutation is moved only when it was not sent.
 */
export class Call {
  readonly #site: CallSite;
  readonly #request: PoolRequest;
  readonly #resolve: (answer: PoolAnswer) => void;
  readonly #reject: (error: HeadgateError) => void;
  #stopListening: (() => void) | null = null;
  #tried: readonly Instance[] = NONE_TRIED;
  readonly #running: Running[] = [];
  #attempts = 0;
  #hedges = 0;
  #last: Settled | null = null;
  /** Ends the wait between two attempts; undefined while there is none. */
  #pause: (() => void) | undefined;
  #done = false;
  #left = false;

  /** @param waited whether the request stood in the queue: the time left that its header tells is no longer right */
  static run(site: CallSite, request: PoolRequest, nowMs: number, waited: boolean): Promise<PoolAnswer> {
    return new Promise((resolve, reject) => new Call(site, request, resolve, reject).#begin(waited, nowMs));
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
  }

  #begin(waited: boolean, nowMs: number): void {
    if (this.#failsOverdue(nowMs)) return;
    this.#stopListening = this.#request.cancellation?.onCancel(() => this.#abandon()) ?? null;
    // The client may have gone while the call waited for its place.
    if (this.#done) return;
    if (this.#request.repeatable) this.#try('first', waited, nowMs);
    else this.#tryAfterPoll('first');
  }

  #again(kind: AttemptKind): void {
    if (this.#request.repeatable) this.#try(kind, true, this.#site.clock());
    else this.#tryAfterPoll(kind);
  }

  /** A mutation must not be written to a connection whose end has arrived and is only not read yet: nobody could tell its fate. */
  #tryAfterPoll(kind: AttemptKind): void {
    this.#pause = afterNextPoll(() => {
      this.#endPause();
      const nowMs = this.#site.clock();
      if (!this.#failsOverdue(nowMs)) this.#try(kind, true, nowMs);
    });
  }

  /** Fails the call when there is no time left. @returns whether it did */
  #failsOverdue(nowMs: number): boolean {
    if (this.#request.deadlineAt > nowMs) return false;
    const message = `no time was left to ask ${this.#site.name}`;
    this.#fail(new HeadgateError('SUBGRAPH_TIMEOUT', message, this.#details(null)));
    return true;
  }

  #try(kind: AttemptKind, late: boolean, nowMs: number): void {
    const request = this.#request;
    const picked = this.#site.choose(this.#tried, request, nowMs);
    if (picked === null) {
      const message = nobodyText(this.#site.name, request);
      this.#fail(new HeadgateError('SUBGRAPH_UNREACHABLE', message, this.#details(null)));
      return;
    }
    const instance = picked.member;
    this.#tried = this.#tried.length === 0 ? [instance] : [...this.#tried, instance];
    this.#attempts += 1;
    const leftMs = request.deadlineAt - nowMs;
    const timeoutMs = Math.min(request.attemptTimeoutMs, leftMs);
    const running: Running = {
      id: request.id,
      attempt: new Attempt(
        {
          method: request.method,
          path: instance.pathFor(request.path),
          headers: headersFor(request.headers, instance, late ? leftMs : null),
          body: request.body,
          repeatable: request.repeatable,
          responseBytesMax: request.responseBytesMax,
          understands: request.understands,
          timeoutMs,
          patience: this.#patience(timeoutMs, picked.group === null, () => running),
        },
        (result) => this.#settled(running, result),
      ),
      instance,
      number: this.#attempts,
      kind,
      startedMs: nowMs,
      blockedMs: this.#site.started(instance, nowMs),
      hopeless: false,
    };
    this.#running.push(running);
    running.attempt.start(instance.connections);
  }

  /** @param trial the instance is on probation: less is expected of it */
  #patience(timeoutMs: number, trial: boolean, running: () => Running): Patience {
    const halfMs = timeoutMs / 2;
    const { hedging, suspectAfterMs } = this.#site;
    const hedgeMs = this.#request.repeatable ? (hedging?.afterMs ?? null) : null;
    const suspectMs = trial ? suspectAfterMs / 4 : suspectAfterMs;
    const looks = (elapsedMs: number): number | null => {
      if (elapsedMs >= halfMs) return null;
      if (hedgeMs !== null && elapsedMs < hedgeMs && hedgeMs < suspectMs) return Math.min(hedgeMs, halfMs);
      return Math.min(elapsedMs < suspectMs ? suspectMs : 2 * elapsedMs, halfMs);
    };
    return {
      firstMs: looks(0) ?? halfMs,
      onDue: (elapsedMs) => {
        const silent = this.#isSilent(running(), trial);
        const hedges = elapsedMs === hedgeMs;
        if (elapsedMs >= halfMs || (!hedges && silent)) this.#impatient(running());
        else if (hedges) this.#hedge();
        return looks(elapsedMs);
      },
    };
  }

  /** Whether the instance has answered nobody since, although it was asked more than this, or has failed or its check has. */
  #isSilent(running: Running, trial: boolean): boolean {
    const { instance, startedMs } = running;
    const { failures, checkStreak } = instance.health;
    const doubtful = trial || instance.inFlight > 1 || failures > 0 || checkStreak < 0;
    return doubtful && instance.answeredMs < startedMs && !this.#site.wasBlocked(running);
  }

  #couldTryElsewhere(): boolean {
    return this.#site.open && this.#pause === undefined && this.#site.hasAlternative(this.#tried, this.#request.only);
  }

  #impatient(running: Running): void {
    const { retry } = this.#site;
    if (running.hopeless || !retry.onTimeout || this.#attempts >= retry.maxAttempts || !this.#couldTryElsewhere())
      return;
    if (!this.#request.repeatable) {
      if (!running.attempt.sent) running.attempt.stop('timeout');
    } else if (this.#takeRetry()) {
      running.hopeless = true;
      this.#again('retry');
    }
  }

  #hedge(): void {
    const { hedging, budget, retry, clock, name } = this.#site;
    if (hedging === null || this.#hedges >= hedging.max || !this.#couldTryElsewhere()) return;
    if (!hedging.budget.spare || !budget.take(retry, clock())) {
      announce('attempt.denied', { id: this.#request.id, pool: name, kind: 'hedge' });
      return;
    }
    hedging.budget.take();
    this.#hedges += 1;
    this.#again('hedge');
  }

  #settled(running: Running, result: AttemptResult): void {
    if (this.#running.length === 1) this.#running.pop();
    else this.#running.splice(this.#running.indexOf(running), 1);
    this.#site.finished(running, result);
    if (this.#done) {
      letGo(result);
      this.#leaveWhenIdle();
    } else {
      if (this.#last !== null) letGo(this.#last.result);
      // Of several attempts, one that nobody answered may have been carried out.
      const wasLost = this.#last?.sent === true && this.#last.result.kind !== 'answer';
      const sent = running.attempt.sent || (wasLost && !this.#request.repeatable);
      this.#last = { instance: running.instance, result, sent };
      this.#judge(result, running.attempt.sent);
    }
  }

  #judge(result: AttemptResult, sent: boolean): void {
    const waitMs = this.#waitBeforeRetry(result, sent);
    // What this process lacked says nothing about the pool: its budget and the plan's are for what others fail.
    if (waitMs !== null && (result.kind === 'local' || this.#takeRetry())) {
      if (waitMs === 0) this.#again('retry');
      else this.#pauseFor(waitMs);
    } else if (this.#isFinal(result) || (this.#running.length === 0 && this.#pause === undefined)) this.#finish();
  }

  /** Whether the result ends the call although other attempts still run. */
  #isFinal(result: AttemptResult): boolean {
    if (result.kind === 'answer') return result.understood && !this.#site.retry.onStatus.has(result.status);
    return result.kind === 'unsendable' || result.kind === 'too-large' || result.kind === 'no-room';
  }

  #takeRetry(): boolean {
    return takeRetry(this.#site, this.#request);
  }

  #pauseFor(waitMs: number): void {
    const proceed = () => {
      this.#endPause();
      this.#again('retry');
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
    if (this.#pause !== undefined) return null;
    const { only, repeatableAfter = false } = this.#request;
    const repeatable = this.#request.repeatable || repeatableAfter;
    const made = this.#attempts - this.#hedges;
    const leftMs = this.#leftMs();
    return waitBeforeRetry(this.#site, { result, sent, repeatable, made, tried: this.#tried, only, leftMs });
  }

  #finish(): void {
    const last = this.#last;
    if (last === null) return;
    const { instance, result, sent } = last;
    if (result.kind === 'answer') {
      this.#end();
      const { status, headers, body, held } = result;
      this.#resolve({ instance: instance.id, attempts: this.#attempts, status, headers, body, held });
      return;
    }
    const { name } = this.#site;
    this.#fail(callError(name, this.#request.repeatable, sent, result, instance.url, this.#details(last)));
  }

  #fail(error: HeadgateError): void {
    if (this.#last !== null) letGo(this.#last.result);
    this.#end();
    this.#reject(error);
  }

  /** The client went away: queries stop, a mutation that was sent runs on unseen. */
  #abandon(): void {
    const message = `the client went away while ${this.#site.name} was asked`;
    for (const running of this.#running) running.hopeless = false;
    this.#fail(new HeadgateError('REQUEST_CANCELLED', message, this.#details(this.#last)));
  }

  #end(): void {
    this.#done = true;
    this.#stopListening?.();
    this.#endPause();
    if (this.#running.length > 0) this.#stopOthers();
    this.#leaveWhenIdle();
  }

  #stopOthers(): void {
    for (const { attempt, hopeless } of [...this.#running]) {
      if (!sentInVain(this.#request.repeatable, attempt.sent)) attempt.stop(hopeless ? 'timeout' : 'cancelled');
    }
  }

  #leaveWhenIdle(): void {
    if (this.#left || this.#running.length > 0) return;
    this.#left = true;
    this.#site.left();
  }

  #leftMs(): number {
    return this.#request.deadlineAt - this.#site.clock();
  }

  #details(last: Settled | null): { details: AttemptSummary & Record<string, unknown> } {
    const status = last !== null && 'status' in last.result ? last.result.status : null;
    const failure = last === null ? null : failureOf(last.result);
    const error = failure === null ? null : failureText(failure);
    return { details: { instance: last?.instance.id ?? null, attempts: this.#attempts, status, error } };
  }
}

/** An answer that nobody gets holds no bytes. */
function letGo(result: AttemptResult): void {
  if (result.kind === 'answer') result.held?.release();
}

/** Why nobody can be asked. */
export function nobodyText(pool: string, { only }: Pick<PoolRequest, 'only'>): string {
  return `${pool} has no instance ${only ? `with ${only.text} ` : ''}that may be asked`;
}

/** @param leftMs corrects what the headers say about the time left; null: they are right */
export function headersFor(
  headers: PoolRequest['headers'],
  { ownHeaders }: Instance,
  leftMs: number | null,
): PoolRequest['headers'] {
  const corrects = leftMs !== null && headers[TIME_LEFT_HEADER] !== undefined;
  if (!corrects && ownHeaders.host === undefined) return headers;
  return { ...headers, ...ownHeaders, ...(corrects && { [TIME_LEFT_HEADER]: String(Math.round(leftMs)) }) };
}
