import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { Deadline } from '../deadline';
import { type AttemptOptions, type AttemptResult, failedBy } from './attempt';
import { ByteChannel } from './byte-channel';
import { isIdentity } from './decode-body';
import type { PoolAnswer } from './pool';

export interface StreamAttemptOptions
  extends Pick<AttemptOptions, 'method' | 'path' | 'headers' | 'body' | 'repeatable'> {
  /** Milliseconds until the head of the answer. */
  readonly timeoutMs: number;
  /** Milliseconds without a byte while the reader waits. */
  readonly silenceMs: number;
}

/** Listener to one attempt. */
export interface StreamListener {
  /** The head of the answer has come. */
  headed(status: number, headers: PoolAnswer['headers']): void;
  /** Called once, last. An answer whose body has ended has none in its result; one that nobody reads any more is an answer. */
  ended(result: AttemptResult): void;
}

const NOTHING = Buffer.alloc(0);

/**
 * One request on one instance's connections, whose body is handed on as it comes: while nobody reads, the connection is not
 * read either. A chunk is what one reading of the socket gave.
 */
export class StreamAttempt implements Dispatcher.DispatchHandler {
  sent = false;
  readonly bytes = new ByteChannel(
    () => this.#resume(),
    () => this.discard(),
  );
  readonly #options: StreamAttemptOptions;
  #listener: StreamListener | null;
  #alarm: Deadline;
  #controller: Dispatcher.DispatchController | undefined;
  #status: number | null = null;
  #headers: PoolAnswer['headers'] = {};

  /** The clock runs from here. */
  constructor(options: StreamAttemptOptions, listener: StreamListener) {
    this.#options = options;
    this.#listener = listener;
    this.#alarm = new Deadline(options.timeoutMs, () => this.#stop({ kind: 'timeout', status: this.#status }));
  }

  /** May end before it returns. */
  start(dispatcher: Dispatcher): void {
    const { path, method, headers, body } = this.#options;
    dispatcher.dispatch({ path, method, headers, body }, this);
  }

  /** Ends the attempt now, for reasons of our own: what came so far is what it is judged by. */
  discard(): void {
    if (this.#status === null) this.#stop({ kind: 'cancelled' });
    else this.#stop(this.#answer(this.#status));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // As in Attempt: what may not be sent twice is not.
    if (this.#listener === null || (this.sent && !this.#options.repeatable)) {
      controller.abort(new Error('not to be sent'));
      return;
    }
    this.#controller = controller;
    this.sent = true;
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200 || this.#listener === null) return;
    this.#status = status;
    // undici's type allows for undefined values, its parser makes none.
    this.#headers = headers as PoolAnswer['headers'];
    const encoding = this.#headers['content-encoding'];
    if (!isIdentity(encoding)) {
      const error = new Error(`a stream with content-encoding ${JSON.stringify(encoding)}`);
      this.#stop({ kind: 'protocol', error, status });
      return;
    }
    this.#watch();
    this.#listener.headed(status, this.#headers);
  }

  onResponseData(controller: Dispatcher.DispatchController, chunk: Buffer): void {
    // undici hands on nothing, as a chunk, when it goes on.
    if (this.#listener === null || chunk.length === 0) return;
    this.#alarm.cancel();
    if (this.bytes.push(chunk)) this.#watch();
    else controller.pause();
  }

  onResponseEnd(): void {
    this.#controller = undefined;
    this.#settle(this.#answer(this.#status ?? 0));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: unknown }): void {
    this.#settle(failedBy(error, this.sent, this.#status));
  }

  #answer(status: number): AttemptResult {
    return { kind: 'answer', status, headers: this.#headers, body: NOTHING, held: null, understood: true };
  }

  #resume(): void {
    if (this.#listener === null) return;
    this.#watch();
    this.#controller?.resume();
  }

  #watch(): void {
    this.#alarm.cancel();
    const { silenceMs } = this.#options;
    this.#alarm = new Deadline(silenceMs, () => this.#stop({ kind: 'timeout', status: this.#status }));
  }

  #stop(result: AttemptResult): void {
    if (this.#listener === null) return;
    this.#settle(result);
    this.#controller?.abort(new Error('stopped'));
  }

  #settle(result: AttemptResult): void {
    const listener = this.#listener;
    if (listener === null) return;
    this.#listener = null;
    this.#alarm.cancel();
    listener.ended(result);
  }
}
