import { validateHeaderValue } from 'node:http';
import { constants, type OutgoingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import { inBackground } from '../../background';
import { HeadgateError } from '../../errors';
import { receiveBody } from '../body';
import type { BodyBudget } from '../body-budget';
import { Exchange, REQUEST_ID } from '../exchange';
import type { Answer } from '../route';
import { dismiss, isStreamed, StreamedAnswer, type StreamedBody } from '../streamed-body';
import { giveUp, Http2Stream } from './http2-stream';
import type { RequestHead } from './read-head';

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE } = constants;

/** What is handed on at once; whether a client reads shows when it is through. */
const SLICE_BYTES = 65_536;
/** Headers of a connection, which HTTP/2 has none of. */
const OF_CONNECTIONS: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

/** What an exchange needs to know of its connection. */
export interface StreamOwner {
  readonly socket: Socket;
  /** Nothing follows on the connection but answers. */
  leave(): void;
}

/** One request and its answer on a stream of HTTP/2. */
export class Http2Exchange extends Exchange {
  readonly #stream: ServerHttp2Stream;
  readonly #owner: StreamOwner;
  readonly #isHead: boolean;
  #awaitsContinue: boolean;
  /** When a part of the answer was last through; null before there is one, or while whoever makes it watches over that. */
  #movedAt: number | null = null;

  constructor(
    stream: ServerHttp2Stream,
    { method, target, headers }: RequestHead,
    owner: StreamOwner,
    room: BodyBudget,
  ) {
    super(method, target, headers, room);
    this.#stream = stream;
    this.#owner = owner;
    this.#isHead = method === 'HEAD';
    // Other expectations are refused before.
    this.#awaitsContinue = headers.expect !== undefined;
  }

  get socket(): Socket {
    return this.#owner.socket;
  }

  get received(): boolean {
    const stream = this.#stream;
    if (stream.endAfterHeaders || stream.readableEnded || stream.destroyed) return true;
    // It may be there, and nobody has read it.
    return stream.state.state === NGHTTP2_STREAM_STATE_HALF_CLOSED_REMOTE;
  }

  /** Of a stream that is closed: the client has waited for its answer. */
  get answered(): boolean {
    const { headersSent, rstCode, aborted } = this.#stream;
    return headersSent && rstCode === NGHTTP2_NO_ERROR && !aborted;
  }

  receive(onBody: (body: Buffer) => void, onError: (error: unknown) => void): void {
    const isOpen = !this.#stream.destroyed && !this.#stream.closed;
    if (this.#awaitsContinue && isOpen && this.announcedBytes <= this.place.bytesMax) {
      this.#awaitsContinue = false;
      this.#stream.additionalHeaders({ ':status': 100 });
    }
    receiveBody(this.#stream, this.headers, this.place, this.gone, onBody, onError);
  }

  send(answer: Answer, last: boolean, silenceMs: number): void {
    const stream = this.#stream;
    const { body, status, trailers } = answer;
    if (stream.headersSent || stream.destroyed || stream.closed || this.released) {
      dismiss(body);
      return;
    }
    const bodiless = status === 204 || status === 304;
    const endStream = bodiless || this.#isHead;
    const waitForTrailers = isStreamed(body) && trailers !== undefined && !endStream;
    stream.respond(this.#headers(answer, bodiless), { endStream, waitForTrailers });
    if (!isStreamed(body) || endStream) this.#movedAt = performance.now();
    if (isStreamed(body)) this.#make(body, trailers, endStream, silenceMs);
    else if (!endStream) this.#sendBody(body ?? '');
    stream.once('finish', () => {
      // The rest of what the client sends is not wanted.
      if (!this.received) stream.close(NGHTTP2_NO_ERROR);
    });
    if (last) this.#owner.leave();
  }

  destroy(): void {
    this.#stream.close(NGHTTP2_INTERNAL_ERROR);
    this.#stream.destroy();
  }

  /**
   * To be called now and then.
   * @param requestMs in which all of the request has to arrive
   * @param silenceMs in which the client has to read something of the answer
   */
  look(now: number, requestMs: number, silenceMs: number): void {
    if (this.#movedAt !== null && now - this.#movedAt > silenceMs) giveUp(this.#stream);
    else if (now - this.startedAt > requestMs && !this.#stream.headersSent && !this.received)
      this.abort(new HeadgateError('REQUEST_TIMEOUT', 'the request did not arrive in time'));
  }

  #headers({ status, headers, own = [], body }: Answer, bodiless: boolean): OutgoingHttpHeaders {
    const all: OutgoingHttpHeaders = { ':status': status, 'x-content-type-options': 'nosniff' };
    // A plugin or a header rule may say another one.
    if (this.id !== '') all[REQUEST_ID] = this.id;
    for (const name in headers) {
      const value = headers[name] ?? '';
      if (OF_CONNECTIONS.has(name)) continue;
      // What node:http does by itself: behind a proxy that speaks HTTP/1.1, a line break would be another header.
      for (const one of typeof value === 'string' ? [value] : value) validateHeaderValue(name, one);
      all[name] = typeof value === 'string' ? value : [...value];
    }
    for (const [name, value] of own) {
      validateHeaderValue(name, value);
      all[name] = value;
    }
    if (!bodiless && !isStreamed(body)) all['content-length'] = String(Buffer.byteLength(body ?? ''));
    return all;
  }

  #sendBody(body: string | Buffer): void {
    if (body.length <= SLICE_BYTES) this.#stream.end(body);
    else this.#sendFrom(Buffer.from(body), 0);
    this.holdUntilSent(body);
  }

  #sendFrom(body: Buffer, at: number): void {
    this.#movedAt = performance.now();
    const next = at + SLICE_BYTES;
    const slice = body.subarray(at, next);
    if (next >= body.length) this.#stream.end(slice);
    else
      this.#stream.write(slice, (error) => {
        if (error == null && !this.#stream.destroyed) this.#sendFrom(body, next);
      });
  }

  #make(body: StreamedBody, trailers: Answer['trailers'], endStream: boolean, silenceMs: number): void {
    if (endStream) {
      dismiss(body);
      return;
    }
    const site = new Http2Stream(this.#stream, this.gone, silenceMs, trailers);
    inBackground('body of an answer', new StreamedAnswer(body, site).send());
  }
}
