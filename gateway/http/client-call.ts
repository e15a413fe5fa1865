import { CancellationSource } from '../cancellation';
import { HeadgateError } from '../errors';
import type { Soon } from '../layers';
import { type ClientCall, PLAN_RETRIES_MAX } from '../pipeline';
import { releaseFor } from '../under-way';
import type { RouteRequest } from './route';

/**
 * Calls for a client end a little after the client's own deadline: it is the client that is told, once, and not each fetch
 * that happens to notice first.
 */
const CANCELLED_FIRST_MS = 100;

/** A ClientCall and the end of it. */
export interface OpenCall {
  readonly call: ClientCall;
  /**
   * Waits for `work`, at most until the call is cancelled.
   * @throws {HeadgateError} GATEWAY_TIMEOUT, REQUEST_CANCELLED
   */
  finish<T>(work: Promise<T>): Promise<T>;
  finish<T>(work: Soon<T>): Soon<T>;
  cancel(reason: HeadgateError): void;
  /** Releases the timer. To be called when the request is answered. */
  close(): void;
}

/** Opens a call whose deadline counts from now. */
export function openCall(
  { headers, startedAt }: Pick<RouteRequest, 'headers' | 'startedAt'>,
  timeoutMs: number,
  cancellation = new CancellationSource(),
): OpenCall {
  const timer = setTimeout(() => {
    cancellation.cancel(new HeadgateError('GATEWAY_TIMEOUT', `the request took longer than ${timeoutMs} ms`));
  }, timeoutMs);
  const call: ClientCall = {
    headers,
    startedAt,
    deadlineAt: performance.now() + timeoutMs + CANCELLED_FIRST_MS,
    cancellation,
    calls: [],
    responseHeaders: new Map(),
    retries: { left: PLAN_RETRIES_MAX },
  };
  function finish<T>(work: Promise<T>): Promise<T>;
  function finish<T>(work: Soon<T>): Soon<T>;
  function finish<T>(work: Soon<T>): Soon<T> {
    if (!(work instanceof Promise)) return work;
    return new Promise((resolve, reject) => {
      cancellation.onCancel(() => reject(cancellation.reason));
      work.then(resolve, reject);
    });
  }
  return {
    call,
    finish,
    cancel: (reason) => cancellation.cancel(reason),
    close() {
      clearTimeout(timer);
      releaseFor(call);
    },
  };
}

/** The call that accompanies one client request through the house; it ends when the client goes away. */
export function openClientCall(request: RouteRequest, timeoutMs: number): OpenCall {
  const open = openCall(request, timeoutMs);
  const { gone } = request;
  const stopListening = gone.onCancel(() => {
    if (gone.reason !== null) open.cancel(gone.reason);
  });
  return {
    ...open,
    close() {
      open.close();
      stopListening();
    },
  };
}
