import { constants, type ServerHttp2Stream } from 'node:http2';
import type { Cancellation } from '../../cancellation';
import { Deadline } from '../../deadline';
import type { Answer } from '../route';
import type { StreamSite } from '../streamed-body';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR } = constants;

/** An answer by HTTP/2 whose body is made while it is sent. Its headers are written already, to be followed by trailers if there are any. */
export class Http2Stream implements StreamSite {
  readonly out: ServerHttp2Stream;
  readonly gone: Cancellation;
  readonly #silenceMs: number;
  readonly #trailers: Answer['trailers'];
  #silence: Deadline | null = null;

  constructor(out: ServerHttp2Stream, gone: Cancellation, silenceMs: number, trailers: Answer['trailers']) {
    this.out = out;
    this.gone = gone;
    this.#silenceMs = silenceMs;
    this.#trailers = trailers;
  }

  begin(): void {
    this.out.once('close', () => this.watch(false));
    if (this.#trailers !== undefined) this.out.once('wantTrailers', () => this.#trail());
  }

  watch(isToRead: boolean): void {
    this.#silence?.cancel();
    this.#silence = isToRead ? new Deadline(this.#silenceMs, () => giveUp(this.out)) : null;
  }

  end(): void {
    this.out.end();
  }

  cut(): void {
    this.out.close(NGHTTP2_INTERNAL_ERROR);
  }

  #trail(): void {
    try {
      this.out.sendTrailers({ ...this.#trailers?.() });
    } catch {
      this.cut();
    }
  }
}

/** Ends a stream whose client does not read. It is over at once: of a connection that is stuck, no end would be heard. */
export function giveUp(stream: ServerHttp2Stream): void {
  stream.close(NGHTTP2_CANCEL);
  stream.destroy();
}
