import { constants, type IncomingHttpHeaders, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2';
import type { Socket } from 'node:net';
import type { BodyBudget } from '../body-budget';
import type { Connections } from '../connections';
import { clientGone } from '../exchange';
import { type BusyConnection, IdlePlace } from '../open-connection';
import type { Waiter } from '../turns';
import { Glitches } from './glitches';
import { Http2Exchange, type StreamOwner } from './http2-exchange';
import { readHead } from './read-head';
import { refuseStream } from './refuse-stream';
import type { StreamShare } from './stream-share';

const { NGHTTP2_ENHANCE_YOUR_CALM, NGHTTP2_REFUSED_STREAM } = constants;

/** In which a client that was told to leave, and has its answers, closes the connection. */
const LINGER_MS = 2_000;

/** What the connections by HTTP/2 of one listener have in common. */
export interface SessionSite {
  readonly connections: Connections;
  readonly share: StreamShare;
  readonly room: BodyBudget;
  /** Milliseconds in which a whole request must arrive. */
  readonly requestMs: number;
  /** Milliseconds in which a client must have said that it speaks HTTP/2. */
  readonly greetingMs: number;
  /** Milliseconds in which a client must read something of an answer. */
  readonly silenceMs: number;
  /** Milliseconds after which a connection without requests is closed. */
  readonly keepAliveMs: number;
  /** Clients are told to leave. */
  leaving: boolean;
  readonly onRequest: (exchange: Http2Exchange, session: Session) => void;
  /** Told why a client was cut off. */
  readonly onRefused: (reason: string) => void;
}

/** One open connection by HTTP/2, and what is in progress on it. */
export class Session implements BusyConnection, Waiter, StreamOwner {
  readonly idlePlace = new IdlePlace(this);
  readonly socket: Socket;
  readonly #http2: ServerHttp2Session;
  readonly #site: SessionSite;
  readonly #exchanges = new Set<Http2Exchange>();
  readonly #waiting: { readonly exchange: Http2Exchange; readonly begin: () => void }[] = [];
  readonly #glitches = new Glitches();
  readonly #openedAt = performance.now();
  #idleSince = this.#openedAt;
  #greeted = false;
  /** When the last request had its answer, on a connection that is to be closed. */
  #doneAt: number | null = null;
  /** Nothing more of it is worked on. */
  #over = false;
  #refused = false;

  constructor(socket: Socket, http2: ServerHttp2Session, site: SessionSite) {
    this.socket = socket;
    this.#http2 = http2;
    this.#site = site;
    http2.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders, _flags: number, raw: string[]) =>
      this.#take(stream, headers, raw),
    );
    http2.on('ping', () => this.#glitch('pings'));
    http2.on('remoteSettings', () => {
      this.#greeted = true;
      this.#glitch('settings');
    });
    http2.on('error', (error: NodeJS.ErrnoException) => this.#fail(error));
    socket.on('error', () => undefined);
    // Nobody reads answers behind it.
    socket.once('end', () => this.destroy());
  }

  /** One that was told to leave ends by itself. */
  get idle(): boolean {
    return this.#exchanges.size === 0 && !this.#http2.closed;
  }

  get idleSince(): number {
    return this.#idleSince;
  }

  get crowded(): boolean {
    return this.#exchanges.size > 1;
  }

  turn(exchange: Http2Exchange): Promise<void> {
    return new Promise((begin) => {
      this.#waiting.push({ exchange, begin });
      this.#site.connections.turns.add(this);
    });
  }

  beginNext(): boolean {
    for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift()) {
      if (next.exchange.gone.reason !== null) continue;
      next.begin();
      break;
    }
    return this.#waiting.length > 0;
  }

  endsWith(): boolean {
    return this.#site.leaving;
  }

  leave(): void {
    // It waits by itself for the streams that are open.
    if (!this.#http2.closed && !this.#http2.destroyed) this.#http2.close();
  }

  /** To be called now and then. */
  look(now: number): void {
    const { requestMs, greetingMs, silenceMs, keepAliveMs } = this.#site;
    for (const exchange of this.#exchanges) exchange.look(now, requestMs, silenceMs);
    if (!this.#greeted && now - this.#openedAt > greetingMs) this.destroy();
    if (this.#exchanges.size > 0) return;
    if (now - this.#idleSince > keepAliveMs) this.leave();
    if (!this.#http2.closed && !this.#http2.destroyed) return;
    this.#doneAt ??= now;
    if (now - this.#doneAt > LINGER_MS) this.socket.destroy();
  }

  destroy(): void {
    this.#end();
    this.socket.destroy();
  }

  closed(): void {
    this.#end();
    for (const exchange of [...this.#exchanges]) this.#finish(exchange);
  }

  #take(stream: ServerHttp2Stream, given: IncomingHttpHeaders, raw: readonly string[]): void {
    const { share, room, onRequest } = this.#site;
    // What became of it, 'close' tells.
    stream.on('error', () => undefined);
    if (this.#over) return;
    if (stream.destroyed || stream.closed) {
      this.#glitch('requests taken back');
      return;
    }
    if (share.isUsedUp(this.#exchanges.size)) {
      stream.close(NGHTTP2_REFUSED_STREAM);
      this.#glitch('more requests than there is room for');
      return;
    }
    const head = readHead(given, raw);
    if ('line' in head) {
      refuseStream(stream, head);
      this.#glitch('malformed requests');
      return;
    }
    const exchange = new Http2Exchange(stream, head, this, room);
    if (this.#exchanges.size === 0) {
      this.idlePlace.leave();
      share.busy += 1;
    }
    this.#exchanges.add(exchange);
    share.streams += 1;
    stream.once('aborted', () => exchange.abort(clientGone()));
    stream.once('close', () => {
      if (exchange.answered) this.#glitches.makeUp();
      else this.#glitch('requests taken back');
      this.#finish(exchange);
    });
    onRequest(exchange, this);
  }

  #finish(exchange: Http2Exchange): void {
    const { share, connections } = this.#site;
    if (!this.#exchanges.delete(exchange)) return;
    share.streams -= 1;
    if (this.#exchanges.size === 0) {
      share.busy -= 1;
      this.#idleSince = performance.now();
      if (!this.#over) connections.enterIdle(this.idlePlace);
    }
    if (!exchange.answered) exchange.abort(clientGone());
    exchange.release();
  }

  #glitch(what: string): void {
    if (!this.#glitches.add() || this.#over) return;
    this.#refuse(`too many ${what}`);
    this.#end();
    if (this.#http2.destroyed) return;
    this.#http2.goaway(NGHTTP2_ENHANCE_YOUR_CALM);
    // Not among the events of what it has sent.
    setImmediate(() => this.#http2.destroy());
  }

  /** Of a client that does not keep to the protocol; the connection ends by itself. */
  #fail({ code, message }: NodeJS.ErrnoException): void {
    if (!LEFT.has(code ?? '')) this.#refuse(message);
  }

  #refuse(reason: string): void {
    if (!this.#refused) this.#site.onRefused(reason);
    this.#refused = true;
  }

  /** What waits for its turn never gets it. */
  #end(): void {
    this.#over = true;
    this.#site.connections.turns.remove(this);
    this.#waiting.length = 0;
  }
}

/** Codes of errors that clients make by leaving. */
const LEFT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE']);
