import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Deadline } from '../deadline';
import { ANSWER_BYTES_PER_BYTE, FREE_ANSWER_BYTES, HeldBytes } from '../under-way';
import { decodeBody, isIdentity } from './decode-body';
import { ownFault } from './own-fault';
import type { PoolAnswer, PoolRequest } from './pool';

/** Result of one attempt: an answer, or how it failed. */
export type AttemptResult =
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: PoolAnswer['headers'];
      readonly body: Buffer;
      /** Null for a small one. */
      readonly held: HeldBytes | null;
      /** False: it cannot be what was asked for. */
      readonly understood: boolean;
    }
  /** No connection: nothing was sent. */
  | { readonly kind: 'connect'; readonly error: Error }
  /** The connection broke, or what came is not HTTP. */
  | { readonly kind: 'reset' | 'protocol'; readonly error: Error; readonly status: number | null }
  | { readonly kind: 'timeout'; readonly status: number | null }
  | { readonly kind: 'too-large'; readonly status: number }
  /** The answers under way leave no room for this one: nobody's fault but ours. */
  | { readonly kind: 'no-room'; readonly status: number }
  | { readonly kind: 'cancelled' }
  /** Descriptors, ports, memory or settings of this process: says nothing about the instance. */
  | { readonly kind: 'local'; readonly error: Error }
  /** The request itself cannot be written, e.g. a header value with a line break in it. */
  | { readonly kind: 'unsendable'; readonly error: Error };

export type AttemptFailure = Exclude<AttemptResult, { readonly kind: 'answer' }>;

export interface AttemptOptions
  extends Pick<PoolRequest, 'method' | 'headers' | 'body' | 'repeatable' | 'responseBytesMax'> {
  /** Path and query as they go on the wire. */
  readonly path: string;
  readonly timeoutMs: number;
  readonly understands?: PoolRequest['understands'] | undefined;
  /** Asks what to do while there is no answer; absent: only wait. */
  readonly patience?: Patience;
}

/** Moments at which an attempt without an answer is looked at. */
export interface Patience {
  /** Milliseconds from the start of the attempt. */
  readonly firstMs: number;
  /**
   * @param elapsedMs since the start of the attempt, as planned
   * @returns when to look again, from the start of the attempt; null: not any more
   */
  onDue(elapsedMs: number): number | null;
}

/**
 * One request on one instance's connections, collected whole. Knows whether bytes were sent: undici calls
 * `onRequestStart` just before it writes them.
 */
export class Attempt implements Dispatcher.DispatchHandler {
  sent = false;
  readonly #options: AttemptOptions;
  #alarm: Deadline;
  #onSettled: ((result: AttemptResult) => void) | null;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | null = null;
  #headers: PoolAnswer['headers'] = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #held: HeldBytes | null = null;

  /** The clock runs from here; `onSettled` is called exactly once. */
  constructor(options: AttemptOptions, onSettled: (result: AttemptResult) => void) {
    this.#options = options;
    this.#onSettled = onSettled;
    this.#alarm = this.#alarmAt(options.patience?.firstMs ?? null, 0);
  }

  /** May settle before it returns. */
  start(dispatcher: Dispatcher): void {
    const { path, method, headers, body } = this.#options;
    dispatcher.dispatch({ path, method, headers, body }, this);
  }

  /** Ends the attempt now; whatever is still on the wire is cut off, whatever is not sent yet never will be. */
  stop(kind: 'timeout' | 'cancelled'): void {
    this.#settle(kind === 'timeout' ? { kind, status: this.#status } : { kind });
    this.#controller?.abort(new Error(kind));
  }

  /** One timer for both: the next look, or the end. */
  #alarmAt(lookMs: number | null, elapsedMs: number): Deadline {
    const { timeoutMs } = this.#options;
    if (lookMs === null || lookMs >= timeoutMs) return new Deadline(timeoutMs - elapsedMs, () => this.stop('timeout'));
    return new Deadline(lookMs - elapsedMs, () => {
      const nextMs = this.#options.patience?.onDue(lookMs) ?? null;
      if (this.#onSettled !== null) this.#alarm = this.#alarmAt(nextMs, lookMs);
    });
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici may write a request again when a connection breaks at an unlucky moment; a mutation must not be.
    if (this.#onSettled === null || (this.sent && !this.#options.repeatable)) {
      controller.abort(new Error('not to be sent'));
      return;
    }
    this.#controller = controller;
    this.sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return;
    this.#status = status;
    // undici's type allows for undefined values, its parser makes none.
    this.#headers = headers as PoolAnswer['headers'];
    if (this.#options.method !== 'HEAD' && Number(headers['content-length']) > this.#options.responseBytesMax) {
      this.#tooLarge(status);
    }
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#onSettled === null) return;
    this.#bytes += chunk.length;
    if (this.#bytes > this.#options.responseBytesMax) this.#tooLarge(this.#status ?? 0);
    else if (this.#hasRoom(chunk.length)) this.#chunks.push(chunk);
    else this.#noRoom(this.#status ?? 0);
  }

  onResponseEnd(): void {
    const status = this.#status ?? 0;
    this.#controller = undefined;
    const body = this.#body();
    if (body === null) return;
    const encoding = this.#headers['content-encoding'];
    if (isIdentity(encoding)) {
      this.#answered(status, body);
      return;
    }
    decodeBody(body, encoding, this.#options.responseBytesMax, (decoded) => {
      if ('body' in decoded) this.#decoded(status, decoded.body);
      else if ('tooLarge' in decoded) this.#settle({ kind: 'too-large', status });
      else if (ownFault(decoded.error) !== null) this.#settle({ kind: 'local', error: decoded.error });
      else this.#settle({ kind: 'protocol', error: decoded.error, status });
    });
  }

  /** All that came, in one piece; null when there is no memory for it, which settles the attempt. */
  #body(): Buffer | null {
    const [first] = this.#chunks;
    if (this.#chunks.length === 1 && first !== undefined) return first;
    try {
      return Buffer.concat(this.#chunks, this.#bytes);
    } catch (error) {
      this.#settle({ kind: 'local', error: error instanceof Error ? error : new Error(String(error)) });
      return null;
    }
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: unknown }): void {
    this.#settle(failedBy(error, this.sent, this.#status));
  }

  #decoded(status: number, body: Buffer): void {
    const more = body.length - this.#bytes;
    this.#bytes += more;
    if (this.#hasRoom(more)) this.#answered(status, body);
    else this.#noRoom(status);
  }

  #answered(status: number, body: Buffer): void {
    const understood = this.#options.understands?.(status, body) ?? true;
    this.#settle({ kind: 'answer', status, headers: this.#headers, body, held: this.#held, understood });
  }

  /** Small answers have room; of a larger one, all of it counts. @param more bytes that came last */
  #hasRoom(more: number): boolean {
    if (this.#bytes <= FREE_ANSWER_BYTES || this.#onSettled === null) return true;
    const bytes = this.#held === null ? this.#bytes : more;
    this.#held ??= new HeldBytes();
    return this.#held.grow(bytes * ANSWER_BYTES_PER_BYTE);
  }

  #noRoom(status: number): void {
    this.#settle({ kind: 'no-room', status });
    this.#controller?.abort(new Error('no room for the answer'));
  }

  #tooLarge(status: number): void {
    this.#settle({ kind: 'too-large', status });
    this.#controller?.abort(new Error('the answer is too large'));
  }

  #settle(result: AttemptResult): void {
    const onSettled = this.#onSettled;
    if (onSettled === null) return;
    this.#onSettled = null;
    this.#alarm.cancel();
    this.#chunks = [];
    if (result.kind !== 'answer') this.#held?.release();
    onSettled(result);
  }
}

/** Result of an attempt that undici ended. @param status null before the head of the answer */
export function failedBy(error: Error & { code?: unknown }, sent: boolean, status: number | null): AttemptFailure {
  if (error.code === 'UND_ERR_INVALID_ARG' || error.code === 'UND_ERR_NOT_SUPPORTED')
    return { kind: 'unsendable', error };
  if (ownFault(error) !== null) return { kind: 'local', error };
  if (!sent) return { kind: 'connect', error };
  return { kind: error.name === 'HTTPParserError' ? 'protocol' : 'reset', error, status };
}
