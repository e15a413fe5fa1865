import type { Dispatcher } from 'undici';
import { Deadline } from '../deadline';
import { HeadgateError } from '../errors';
import type { AttemptResult } from './attempt';
import { type AttemptKind, type AttemptSite, type Counted, headersFor, NONE_TRIED, nobodyText } from './call';
import { callError } from './call-error';
import { failureOf, failureText } from './failure';
import type { Instance } from './instance';
import { afterNextPoll } from './next-poll';
import type { Pick } from './pick';
import type { AttemptSummary, PoolAnswer, PoolStream, StreamRequest } from './pool';
import { takeRetry, waitBeforeRetry } from './retries';
import { StreamAttempt } from './stream-attempt';

/** View of a pool that a stream works with. */
export interface StreamSite extends AttemptSite {
  chooseForStream(tried: readonly Instance[], request: StreamRequest, nowMs: number): Pick<Instance> | null;
  streamsOf(instance: Instance): Dispatcher;
  /** The head of its answer has come: from now on it is a stream that is open. */
  headed(running: Counted): void;
  /** Nothing of the stream is left. */
  streamLeft(): void;
}

interface Streaming extends Counted {
  readonly attempt: StreamAttempt;
}

/**
 * One stream: attempts until one has the head of an answer, which is handed to the caller, and its body as the caller reads it.
 * From then on nothing is tried again: status and headers are with the caller. An instance that hangs gets half of the time
 * while there is another.
 */
export class StreamCall {
  readonly #site: StreamSite;
  readonly #request: StreamRequest;
  readonly #resolve: (stream: PoolStream) => void;
  readonly #reject: (error: HeadgateError) => void;
  #stopListening: () => void = () => {};
  #tried: readonly Instance[] = NONE_TRIED;
  #running: Streaming | null = null;
  /** Whether the caller has it. */
  #open = false;
  /** Ends the wait between two attempts. */
  #pause: () => void = () => {};
  #ended = false;

  static run(site: StreamSite, request: StreamRequest): Promise<PoolStream> {
    return new Promise((resolve, reject) => new StreamCall(site, request, resolve, reject).#begin());
  }

  private constructor(
    site: StreamSite,
    request: StreamRequest,
    resolve: (stream: PoolStream) => void,
    reject: (error: HeadgateError) => void,
  ) {
    this.#site = site;
    this.#request = request;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  #begin(): void {
    const { name, onClosed } = this.#site;
    const gone = () =>
      this.#end(new HeadgateError('REQUEST_CANCELLED', `the client went away while ${name} was asked`));
    const closed = () => this.#end(new HeadgateError('SUBGRAPH_UNREACHABLE', `${name} is closed`));
    const unlisten = [onClosed.call(this.#site, closed), this.#request.cancellation?.onCancel(gone)];
    this.#stopListening = () => {
      for (const stop of unlisten) stop?.();
    };
    if (!this.#ended) this.#next('first');
    else this.#stopListening();
  }

  /** What must not be sent twice must not be written to a connection whose end has arrived and is not read yet. */
  #next(kind: AttemptKind): void {
    if (this.#request.repeatable) this.#try(kind);
    else this.#pause = afterNextPoll(() => this.#try(kind));
  }

  #try(kind: AttemptKind): void {
    const { name, clock } = this.#site;
    const { deadlineAt } = this.#request;
    const nowMs = clock();
    const picked = nowMs < deadlineAt ? this.#site.chooseForStream(this.#tried, this.#request, nowMs) : null;
    if (picked === null) {
      const [code, message] =
        nowMs < deadlineAt
          ? (['SUBGRAPH_UNREACHABLE', nobodyText(name, this.#request)] as const)
          : (['SUBGRAPH_TIMEOUT', `no time was left to ask ${name}`] as const);
      this.#end(new HeadgateError(code, message, this.#details(null, null)));
      return;
    }
    this.#start(picked.member, kind, nowMs);
  }

  #start(instance: Instance, kind: AttemptKind, nowMs: number): void {
    this.#tried = [...this.#tried, instance];
    const { method, path, body, repeatable, silenceMs } = this.#request;
    const leftMs = this.#request.deadlineAt - nowMs;
    const headers = headersFor({ ...this.#request.headers, 'accept-encoding': 'identity' }, instance, leftMs);
    const attempt = new StreamAttempt(
      {
        method,
        path: instance.pathFor(path),
        headers,
        body,
        repeatable,
        timeoutMs: this.#timeoutMs(leftMs),
        silenceMs,
      },
      {
        headed: (status, answered) => this.#headed(running, status, answered),
        ended: (result) => this.#endedOne(running, result),
      },
    );
    const running: Streaming = {
      id: this.#request.id,
      attempt,
      instance,
      number: this.#tried.length,
      kind,
      startedMs: nowMs,
      blockedMs: this.#site.started(instance, nowMs),
    };
    this.#running = running;
    attempt.start(this.#site.streamsOf(instance));
  }

  #timeoutMs(leftMs: number): number {
    const { retry } = this.#site;
    const more =
      retry.onTimeout &&
      this.#tried.length < retry.maxAttempts &&
      this.#site.hasAlternative(this.#tried, this.#request.only);
    return Math.min(this.#request.attemptTimeoutMs, more ? leftMs / 2 : leftMs);
  }

  #headed(running: Streaming, status: number, headers: PoolAnswer['headers']): void {
    this.#site.headed(running);
    const { attempt, instance } = running;
    if (this.#site.retry.onStatus.has(status) && this.#site.open) {
      // It is judged by its status when it has ended, and perhaps tried again.
      const ending = { kind: 'answer', status, headers, body: Buffer.alloc(0), held: null, understood: true } as const;
      const waitMs = this.#waitBeforeRetry(ending, true);
      if (waitMs !== null && takeRetry(this.#site, this.#request)) {
        this.#retryIn(waitMs);
        this.#running = null;
        attempt.discard();
        return;
      }
    }
    this.#open = true;
    this.#resolve({
      instance: instance.id,
      attempts: this.#tried.length,
      status,
      headers,
      body: attempt.bytes,
      cancel: () => this.#end(new HeadgateError('REQUEST_CANCELLED', `the stream of ${this.#site.name} was cancelled`)),
    });
  }

  #endedOne(running: Streaming, result: AttemptResult): void {
    this.#site.finished(running, result);
    // One that was discarded: another one follows, or the stream has ended.
    if (this.#running !== running) return;
    this.#running = null;
    if (result.kind === 'answer') this.#conclude(running, null);
    else if (this.#open) this.#conclude(running, this.#error(running, result));
    else this.#failed(running, result);
  }

  #failed(running: Streaming, result: Exclude<AttemptResult, { kind: 'answer' }>): void {
    const waitMs = this.#waitBeforeRetry(result, running.attempt.sent);
    if (waitMs !== null && (result.kind === 'local' || takeRetry(this.#site, this.#request))) this.#retryIn(waitMs);
    else this.#conclude(running, this.#error(running, result));
  }

  #waitBeforeRetry(result: AttemptResult, sent: boolean): number | null {
    const { repeatable, deadlineAt, only } = this.#request;
    const tried = this.#tried;
    const leftMs = deadlineAt - this.#site.clock();
    return waitBeforeRetry(this.#site, { result, sent, repeatable, made: tried.length, tried, only, leftMs });
  }

  #retryIn(waitMs: number): void {
    if (waitMs === 0) {
      // Not before the attempt that failed has been counted out.
      this.#pause = afterNextPoll(() => this.#try('retry'));
      return;
    }
    const deadline = new Deadline(waitMs, () => this.#next('retry'));
    this.#pause = () => deadline.cancel();
  }

  #error({ instance, attempt }: Streaming, result: Exclude<AttemptResult, { kind: 'answer' }>): HeadgateError {
    const { name } = this.#site;
    const details = this.#details(instance, result);
    return callError(name, this.#request.repeatable, attempt.sent, result, instance.url, details);
  }

  /** Ends the stream for a reason of our own, wherever it is. */
  #end(error: HeadgateError): void {
    if (this.#ended) return;
    const running = this.#running;
    this.#running = null;
    this.#conclude(running, error);
    running?.attempt.discard();
  }

  #conclude(running: Streaming | null, error: HeadgateError | null): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#pause();
    this.#stopListening();
    this.#site.streamLeft();
    if (this.#open) running?.attempt.bytes.end(error);
    else if (error !== null) this.#reject(error);
  }

  #details(
    instance: Instance | null,
    result: AttemptResult | null,
  ): { details: AttemptSummary & Record<string, unknown> } {
    const failure = result === null ? null : failureOf(result);
    const status = result !== null && 'status' in result ? result.status : null;
    const error = failure === null ? null : failureText(failure);
    return { details: { instance: instance?.id ?? null, attempts: this.#tried.length, status, error } };
  }
}
