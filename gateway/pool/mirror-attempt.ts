import type { Dispatcher } from 'undici';
import { Deadline } from '../deadline';
import type { MirrorRequest } from './pool';

/** Bytes of an answer that are received before the rest is not worth a connection. */
const ANSWER_BYTES_MAX = 32_000_000;

/** How a copy ended: `answered` with any status below 500. */
export type MirrorOutcome = 'answered' | 'failed' | 'timeout';

/** A copy of a request on its way: what comes back is counted and thrown away. */
export class MirrorAttempt implements Dispatcher.DispatchHandler {
  readonly #ended: (outcome: MirrorOutcome) => void;
  readonly #alarm: Deadline;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #bytes = 0;
  #done = false;

  /** @param ended called once */
  constructor({ timeoutMs }: Pick<MirrorRequest, 'timeoutMs'>, ended: (outcome: MirrorOutcome) => void) {
    this.#ended = ended;
    this.#alarm = new Deadline(timeoutMs, () => this.stop('timeout'));
  }

  /** May end before it returns. */
  start(dispatcher: Dispatcher, request: Dispatcher.DispatchOptions): void {
    try {
      dispatcher.dispatch(request, this);
    } catch {
      this.#end('failed');
    }
  }

  stop(outcome: MirrorOutcome): void {
    this.#end(outcome);
    this.#controller?.abort(new Error('nobody waits for the copy any more'));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#done) controller.abort(new Error('nobody waits for the copy any more'));
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES_MAX) this.stop(this.#judgement);
  }

  onResponseEnd(): void {
    this.#end(this.#judgement);
  }

  onResponseError(): void {
    this.#end('failed');
  }

  get #judgement(): MirrorOutcome {
    return this.#status < 500 ? 'answered' : 'failed';
  }

  #end(outcome: MirrorOutcome): void {
    if (this.#done) return;
    this.#done = true;
    this.#alarm.cancel();
    this.#ended(outcome);
  }
}
