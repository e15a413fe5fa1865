import { HeadgateError } from '../errors';
import { type ClientCall, PLAN_RETRIES_MAX } from '../pipeline';
import type { RouteRequest } from './route';

/** A ClientCall and the end of it. */
export interface OpenCall {
  readonly call: ClientCall;
  /**
   * Waits for `work`, at most until the deadline or until the client goes away.
   * @throws {HeadgateError} GATEWAY_TIMEOUT, REQUEST_CANCELLED
   */
  finish<T>(work: Promise<T>): Promise<T>;
  /** Releases the timer. To be called when the request is answered. */
  close(): void;
}

/** Opens the call that accompanies one client request through the house; the deadline counts from now. */
export function openCall(request: RouteRequest, timeoutMs: number): OpenCall {
  const abort = new AbortController();
  const onGone = () => abort.abort(request.signal.reason);
  const onDeadline = () => {
    abort.abort(new HeadgateError('GATEWAY_TIMEOUT', `the request took longer than ${timeoutMs} ms`));
  };
  if (request.signal.aborted) onGone();
  else request.signal.addEventListener('abort', onGone, { once: true });
  const timer = setTimeout(onDeadline, timeoutMs);
  const call: ClientCall = {
    headers: request.headers,
    startedAt: request.startedAt,
    deadlineAt: performance.now() + timeoutMs,
    signal: abort.signal,
    calls: [],
    responseHeaders: new Map(),
    retries: { left: PLAN_RETRIES_MAX },
  };
  return {
    call,
    finish: (work) =>
      new Promise((resolve, reject) => {
        const onAbort = () => reject(abort.signal.reason);
        work.then(resolve, reject);
        if (abort.signal.aborted) onAbort();
        else abort.signal.addEventListener('abort', onAbort, { once: true });
      }),
    close: () => {
      clearTimeout(timer);
      request.signal.removeEventListener('abort', onGone);
    },
  };
}
