import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { inBackground } from '../background';
import type { OperationHead } from '../call';
import { type Cancellation, CancellationSource } from '../cancellation';
import { HeadgateError } from '../errors';
import { Facts } from '../facts';
import type { Flight } from '../flight';
import { answersUnderWay, FREE_ANSWER_BYTES } from '../under-way';
import { decodeText, readJson, receiveBody } from './body';
import { type BodyBudget, BodyShare } from './body-budget';
import { endWith } from './large-body';
import { lingerFor } from './linger';
import { sourceAddress } from './proxies/source-address';
import type { TrustedProxies } from './proxies/trusted-proxies';
import type { Answer, Handshake, RouteRequest } from './route';
import { dismiss, isStreamed, StreamedAnswer, type StreamedBody } from './streamed-body';
import { splitTarget } from './target';

/** The header by which a proxy says what it calls the request, and by which every answer says it. */
export const REQUEST_ID = 'x-request-id';

/** One request and its answer on one connection. */
export class Exchange implements RouteRequest {
  /** As it is routed. */
  method: string;
  readonly path: string;
  readonly search: string;
  readonly headers: IncomingHttpHeaders;
  readonly startedAt = performance.now();
  /** Empty on a listener that names no requests. */
  id = '';
  params: Readonly<Record<string, string>> = {};
  operation: OperationHead | null = null;
  flight: Flight | null = null;
  /** Set where a proxy has sent it whose word about its client counts. */
  via: TrustedProxies | null = null;
  /** Null for a request that is one. */
  handshake: Handshake | null = null;
  readonly #request: IncomingMessage;
  readonly #response: ServerResponse;
  readonly #place: BodyShare;
  readonly #gone = new CancellationSource();
  #released = false;
  /** Gives back the room of a large answer. */
  #sent: (() => void) | null = null;
  #client: string | undefined;
  #query: URLSearchParams | undefined;
  #facts: Facts | undefined;
  #awaitsContinue: boolean;

  /** @param awaitsContinue the client sends the body after a 100 (Continue) only */
  constructor(request: IncomingMessage, response: ServerResponse, room: BodyBudget, awaitsContinue: boolean) {
    const { path, search } = splitTarget(request.url ?? '/');
    this.method = request.method ?? 'GET';
    this.path = path;
    this.search = search;
    this.headers = request.headers;
    this.#request = request;
    this.#response = response;
    this.#place = new BodyShare(room);
    this.#awaitsContinue = awaitsContinue;
  }

  get socket(): Socket {
    return this.#request.socket;
  }

  /** Of whoever has sent it to us, which may be a proxy. Asked of the system: it costs more than a request that nobody asks for it. */
  get peerAddress(): string | undefined {
    return sourceAddress(this.#request.socket);
  }

  get remoteAddress(): string | undefined {
    if (this.via === null) return this.peerAddress;
    this.#client ??= this.via.clientOf(this.peerAddress ?? '', this.headers);
    return this.#client;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.search);
    return this.#query;
  }

  get facts(): Facts {
    this.#facts ??= new Facts(this);
    return this.#facts;
  }

  get gone(): Cancellation {
    return this.#gone;
  }

  /** True once every byte of the request has arrived. */
  get received(): boolean {
    return this.#request.complete;
  }

  /** Bytes of body as the client has announced them; 0 when it has not. */
  get announcedBytes(): number {
    return Number(this.headers['content-length'] ?? 0);
  }

  receive(onBody: (body: Buffer) => void, onError: (error: unknown) => void): void {
    if (this.#awaitsContinue && this.announcedBytes <= this.#place.bytesMax) {
      this.#awaitsContinue = false;
      this.#response.writeContinue();
    }
    receiveBody(this.#request, this.#place, this.#gone, onBody, onError);
  }

  bytes(): Promise<Buffer> {
    return new Promise((resolve, reject) => this.receive(resolve, reject));
  }

  text(): Promise<string> {
    return this.bytes().then((body) => decodeText(body, this.headers['content-type']));
  }

  json(): Promise<unknown> {
    return this.text().then((text) => readJson(text, 'the request body'));
  }

  /** A large answer takes room until its client has read it, or is gone. */
  #holdUntilSent(body: string | Buffer | undefined): void {
    if (body === undefined || body.length <= FREE_ANSWER_BYTES || this.#response.writableFinished) return;
    this.#sent = fillFor(body);
  }

  /** To be called once it is answered, or the client has gone: neither body is needed any more. */
  release(): void {
    this.#released = true;
    this.#place.release();
    this.#sent?.();
    this.#sent = null;
  }

  /** Ends whatever works for this request: the client is gone, or its request turned out malformed. */
  abort(reason: HeadgateError): void {
    this.#gone.cancel(reason);
  }

  /**
   * Sends the answer; a second one, or one to a client that has gone, is dropped.
   * @param last the connection is closed afterwards, and the client is told so
   * @param silenceMs in which a client has to read something of a body that is made while it is sent
   * @throws {TypeError} a header that HTTP cannot carry
   */
  send(answer: Answer, last: boolean, silenceMs: number): void {
    const response = this.#response;
    const { body } = answer;
    // Of an answer that was to follow another one, the response does not tell that its client has gone.
    if (response.headersSent || response.destroyed || this.#released) {
      dismiss(body);
      return;
    }
    const bodiless = answer.status === 204 || answer.status === 304;
    // As a list, which node:http writes as it is.
    const headers: (string | string[])[] = ['x-content-type-options', 'nosniff'];
    // A plugin or a header rule may say another one.
    if (this.id !== '' && answer.headers?.[REQUEST_ID] === undefined) headers.push(REQUEST_ID, this.id);
    const { own } = answer;
    for (const name in answer.headers) {
      if (own?.some(([other]) => other === name)) continue;
      const value = answer.headers[name] ?? '';
      headers.push(name, typeof value === 'string' ? value : [...value]);
    }
    if (own !== undefined) for (const [name, value] of own) headers.push(name, value);
    if (!bodiless && !isStreamed(body)) headers.push('content-length', String(Buffer.byteLength(body ?? '')));
    // A client that still waits for "100 Continue" may or may not send its body now: the connection cannot be reused.
    if (last || this.#awaitsContinue) headers.push('connection', 'close');
    // Node would close the connection with the answer where the client asks for that: one that is still sending would lose it.
    const closesLater = !this.#request.complete && !response.shouldKeepAlive;
    if (closesLater) response.shouldKeepAlive = true;
    response.writeHead(answer.status, headers);
    if (isStreamed(body)) this.#stream(body, answer, bodiless, silenceMs);
    else {
      endWith(response, bodiless ? undefined : body);
      this.#holdUntilSent(body);
    }
    if (!this.#request.complete) response.once('finish', () => lingerFor(this.#request, closesLater));
  }

  #stream(body: StreamedBody, { trailers }: Answer, bodiless: boolean, silenceMs: number): void {
    const response = this.#response;
    if (bodiless || this.#request.method === 'HEAD') {
      dismiss(body);
      response.end();
      return;
    }
    const { socket } = this.#request;
    const streamed = new StreamedAnswer(body, { response, socket, gone: this.#gone, silenceMs, trailers });
    inBackground('body of an answer', streamed.send());
  }

  /** Ends the connection: no answer can be sent on it. */
  destroy(): void {
    this.#response.destroy();
  }
}

/** Clients that asked the same at the same time are sent the same bytes: these count once. */
const beingSent = new WeakMap<Buffer, { clients: number }>();

/** @returns what gives the room back */
function fillFor(body: string | Buffer): () => void {
  const { length } = body;
  const sending = typeof body === 'string' ? { clients: 0 } : (beingSent.get(body) ?? { clients: 0 });
  if (typeof body !== 'string') beingSent.set(body, sending);
  sending.clients += 1;
  if (sending.clients === 1) answersUnderWay.fill(length);
  return () => {
    sending.clients -= 1;
    if (sending.clients === 0) answersUnderWay.leave(length);
  };
}

export function clientGone(): HeadgateError {
  return new HeadgateError('REQUEST_CANCELLED', 'the client closed the connection');
}
