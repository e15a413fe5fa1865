import type { Writable } from 'node:stream';
import { inBackground } from '../background';
import type { Cancellation } from '../cancellation';
import { announce } from '../events';

/** A body that is sent as it is made; whoever makes it waits for the client. */
export type StreamedBody = AsyncIterable<Buffer | string>;

export function isStreamed(body: string | Buffer | StreamedBody | undefined): body is StreamedBody {
  return typeof body === 'object' && Symbol.asyncIterator in body;
}

/** Tells whoever makes a body that nobody wants it; it is not begun. */
export function dismiss(body: string | Buffer | StreamedBody | undefined): void {
  if (!isStreamed(body)) return;
  const end = async () => body[Symbol.asyncIterator]().return?.();
  inBackground('body of an answer that nobody wants', end());
}

/** Where a body goes: the answer of a client, by its version of HTTP. */
export interface StreamSite {
  readonly out: Writable;
  /** Happens when the client goes away. */
  readonly gone: Cancellation;
  /** Sends the head. Whoever makes the body may take its time from now on: silence is the client's only while it is to read. */
  begin(): void;
  /** True: the client has to read something in time, or is gone. */
  watch(isToRead: boolean): void;
  /** All of the body was sent. */
  end(): void;
  /** The client is to notice that this is no whole answer. */
  cut(): void;
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
    const site = this.#site;
    const stopListening = site.gone.onCancel(() => this.#abandon());
    site.begin();
    try {
      await this.#sendAll();
    } catch (error) {
      if (site.gone.reason === null) announce('internal.error', { where: 'body of an answer', error });
      this.#cut();
    } finally {
      stopListening();
    }
  }

  async #sendAll(): Promise<void> {
    const site = this.#site;
    const { out } = site;
    for (let next = await this.#chunks.next(); next.done !== true; next = await this.#chunks.next()) {
      if (out.destroyed) return;
      if (next.value.length !== 0 && !out.write(next.value)) await this.#drained();
    }
    if (out.destroyed) return;
    site.watch(true);
    site.end();
  }

  /** Resolves when the client has read, or is gone. */
  #drained(): Promise<void> {
    const { out, gone } = this.#site;
    this.#site.watch(true);
    return new Promise((resolve) => {
      const read = () => {
        out.off('drain', read);
        stopListening();
        this.#site.watch(false);
        resolve();
      };
      out.once('drain', read);
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

  #cut(): void {
    const { out } = this.#site;
    if (!out.writableEnded && !out.destroyed) this.#site.cut();
  }
}
