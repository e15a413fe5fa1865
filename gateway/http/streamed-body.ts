import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inBackground } from '../background';
import type { Cancellation } from '../cancellation';
import { announce } from '../events';

/** A body that is sent as it is made; whoever makes it waits for the client. */
export type StreamedBody = AsyncIterable<Buffer | string>;

/** After so long without a byte, the kernel asks whether the client is still there. */
const KEEP_ALIVE_MS = 30_000;

export function isStreamed(body: string | Buffer | StreamedBody | undefined): body is StreamedBody {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

/** Tells whoever makes a body that nobody wants it; it is not begun. */
export function dismiss(body: string | Buffer | StreamedBody | undefined): void {
  if (!isStreamed(body)) return;
  const end = async () => body[Symbol.asyncIterator]().return?.();
  inBackground('body of an answer that nobody wants', end());
}

export interface StreamSite {
  readonly response: ServerResponse;
  readonly socket: Socket;
  /** Happens when the client goes away. */
  readonly gone: Cancellation;
  /** Milliseconds in which a client has to read something. */
  readonly silenceMs: number;
  /** Called when all of the body was sent. Left out where HTTP has no trailers. */
  readonly trailers: (() => Readonly<Record<string, string>>) | undefined;
}

/**
 * Sends a body, one chunk after another, as fast as the client reads. The headers are written already. What fails ends the
 * connection: a client does not take for an answer what is only the beginning of one.
 */
export class StreamedAnswer {
  readonly #site: StreamSite;
  readonly #chunks: AsyncIterator<Buffer | string>;

  constructor(body: StreamedBody, site: StreamSite) {
    this.#site = site;
    this.#chunks = body[Symbol.asyncIterator]();
  }

  /** Never rejects. */
  async send(): Promise<void> {
    const { response, socket, gone } = this.#site;
    const stopListening = gone.onCancel(() => this.#abandon());
    // Whoever makes the body may take its time: silence is the client's only while it is to read.
    socket.setTimeout(0);
    socket.setKeepAlive(true, KEEP_ALIVE_MS);
    response.flushHeaders();
    try {
      await this.#sendAll();
    } catch (error) {
      if (gone.reason === null) announce('internal.error', { where: 'body of an answer', error });
      this.#cut();
    } finally {
      stopListening();
    }
  }

  async #sendAll(): Promise<void> {
    const { response, socket, silenceMs, trailers } = this.#site;
    for (let next = await this.#chunks.next(); next.done !== true; next = await this.#chunks.next()) {
      if (response.destroyed) return;
      if (next.value.length !== 0 && !response.write(next.value)) await this.#drained();
    }
    if (response.destroyed) return;
    if (trailers !== undefined) response.addTrailers(trailers());
    socket.setTimeout(silenceMs);
    response.end();
  }

  /** Resolves when the client has read, or is gone. */
  #drained(): Promise<void> {
    const { response, socket, gone, silenceMs } = this.#site;
    socket.setTimeout(silenceMs);
    return new Promise((resolve) => {
      const read = () => {
        response.off('drain', read);
        stopListening();
        socket.setTimeout(0);
        resolve();
      };
      response.once('drain', read);
      let stopListening = () => {};
      stopListening = gone.onCancel(read);
    });
  }

  #abandon(): void {
    // One that waits for its next chunk ends when that has come: what it waits for has to look at `gone` itself.
    const ended = this.#chunks.return?.();
    // What goes wrong for a client that has gone is nobody's concern.
    if (ended !== undefined) Promise.resolve(ended).catch(() => undefined);
    this.#cut();
  }

  /** In HTTP/1.0 the end of the connection is the end of the answer: only a reset says that it is none. */
  #cut(): void {
    const { response, socket } = this.#site;
    if (response.writableEnded || response.destroyed) return;
    if (!response.chunkedEncoding) socket.resetAndDestroy();
    response.destroy();
  }
}
