import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import type { OperationHead } from '../call';
import { type Cancellation, CancellationSource } from '../cancellation';
import { HeadgateError } from '../errors';
import { Facts } from '../facts';
import type { Flight } from '../flight';
import { answersUnderWay, FREE_ANSWER_BYTES } from '../under-way';
import { decodeText, readJson } from './body';
import { type BodyBudget, BodyShare } from './body-budget';
import { sourceAddress } from './proxies/source-address';
import type { TrustedProxies } from './proxies/trusted-proxies';
import type { Answer, Handshake, RouteRequest } from './route';
import { splitTarget } from './target';

/** The header by which a proxy says what it calls the request, and by which every answer says it. */
export const REQUEST_ID = 'x-request-id';

/** One request and its answer on one connection, whatever version of HTTP that speaks. */
export abstract class Exchange implements RouteRequest {
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
  protected readonly place: BodyShare;
  readonly #gone = new CancellationSource();
  #released = false;
  /** Gives back the room of a large answer. */
  #sent: (() => void) | null = null;
  #client: string | undefined;
  #query: URLSearchParams | undefined;
  #facts: Facts | undefined;

  /** @param target the path, and what is asked of it */
  constructor(method: string, target: string, headers: IncomingHttpHeaders, room: BodyBudget) {
    const { path, search } = splitTarget(target);
    this.method = method;
    this.path = path;
    this.search = search;
    this.headers = headers;
    this.place = new BodyShare(room);
  }

  /** That of the connection, which other exchanges may have in common with it. */
  abstract get socket(): Socket;

  /** True once every byte of the request has arrived. */
  abstract get received(): boolean;

  abstract receive(onBody: (body: Buffer) => void, onError: (error: unknown) => void): void;

  /**
   * Sends the answer; a second one, or one to a client that has gone, is dropped.
   * @param last the connection is closed afterwards, and the client is told so
   * @param silenceMs in which a client has to read something of it
   * @throws {TypeError} a header that HTTP cannot carry
   */
  abstract send(answer: Answer, last: boolean, silenceMs: number): void;

  /** No answer can be sent: the client is to notice. */
  abstract destroy(): void;

  /** Of whoever has sent it to us, which may be a proxy. Asked of the system: it costs more than a request that nobody asks for it. */
  get peerAddress(): string | undefined {
    return sourceAddress(this.socket);
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

  /** Bytes of body as the client has announced them; 0 when it has not. */
  get announcedBytes(): number {
    return Number(this.headers['content-length'] ?? 0);
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
  protected holdUntilSent(body: string | Buffer | undefined): void {
    if (body === undefined || body.length <= FREE_ANSWER_BYTES) return;
    this.#sent = fillFor(body);
  }

  /** Nobody waits for an answer any more. */
  protected get released(): boolean {
    return this.#released;
  }

  /** To be called once it is answered, or the client has gone: neither body is needed any more. */
  release(): void {
    this.#released = true;
    this.place.release();
    this.#sent?.();
    this.#sent = null;
  }

  /** Ends whatever works for this request: the client is gone, or its request turned out malformed. */
  abort(reason: HeadgateError): void {
    this.#gone.cancel(reason);
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
