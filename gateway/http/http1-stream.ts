import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Cancellation } from '../cancellation';
import type { Answer } from './route';
import type { StreamSite } from './streamed-body';

/** After so long without a byte, the kernel asks whether the client is still there. */
const KEEP_ALIVE_MS = 30_000;

/** An answer by HTTP/1.1 whose body is made while it is sent. Its headers are written already. */
export class Http1Stream implements StreamSite {
  readonly out: ServerResponse;
  readonly gone: Cancellation;
  readonly #socket: Socket;
  readonly #silenceMs: number;
  readonly #trailers: Answer['trailers'];

  /** @param trailers left out in HTTP/1.0, which has none */
  constructor(
    out: ServerResponse,
    socket: Socket,
    gone: Cancellation,
    silenceMs: number,
    trailers: Answer['trailers'],
  ) {
    this.out = out;
    // That of the request: an answer behind another one has none yet.
    this.#socket = socket;
    this.gone = gone;
    this.#silenceMs = silenceMs;
    this.#trailers = trailers;
  }

  begin(): void {
    this.watch(false);
    this.#socket.setKeepAlive(true, KEEP_ALIVE_MS);
    this.out.flushHeaders();
  }

  watch(isToRead: boolean): void {
    this.#socket.setTimeout(isToRead ? this.#silenceMs : 0);
  }

  end(): void {
    if (this.#trailers !== undefined) this.out.addTrailers(this.#trailers());
    this.out.end();
  }

  /** In HTTP/1.0 the end of the connection is the end of the answer: only a reset says that it is none. */
  cut(): void {
    if (!this.out.chunkedEncoding) this.#socket.resetAndDestroy();
    this.out.destroy();
  }
}
