import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { claimListener } from '../addresses';
import { CancellationSource } from '../cancellation';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { settle } from '../layers';
import type { Acceptor } from './acceptor';
import { BodyBudget } from './body-budget';
import { refuse, refuseMalformed } from './client-error';
import { type Connection, type ConnectionLimits, type ConnectionNumbers, Connections } from './connections';
import { clientsMax } from './descriptors';
import { drain } from './drain';
import { Entrance } from './entrance';
import type { Exchange } from './exchange';
import { HEADERS_MAX, refuseDoubtful, stopParsing } from './framing';
import { requestClass } from './handshake';
import { HandshakeExchange } from './handshake-exchange';
import type { HttpStep } from './http-step';
import { Http1Exchange } from './http1-exchange';
import { Sessions } from './http2/sessions';
import { StreamShare } from './http2/stream-share';
import type { Listener } from './listener';
import { ListeningSockets } from './listening-sockets';
import type { BusyConnection } from './open-connection';
import { operatorFailure } from './operator-failure';
import type { ListenOptions } from './options';
import { Outbox } from './outbox';
import type { Answer } from './route';
import { dismiss } from './streamed-body';
import type { ServerTlsOptions } from './tls/options';

export interface HttpServerOptions {
  readonly name: 'server' | 'admin';
  /** What every request goes through. */
  readonly way: HttpStep;
  /** Answers what fails there, in words that tell nothing of the inside; in the form of the admin listener when absent. */
  readonly failed?: (error: unknown, exchange: Exchange) => Answer;
  /** Tells for which paths handshakes are taken; null or absent: for none. */
  readonly upgrades?: ((path: string) => boolean) | null;
  readonly listen: ListenOptions | readonly ListenOptions[];
  /** What to do when the port is taken: the flag and the key that move it. */
  readonly portRemedy: string;
  /** Brings the connections, in place of a socket of our own. */
  readonly acceptor?: Acceptor;
  /** Addresses and ranges of proxies that begin each connection with a PROXY header; absent: nobody does. */
  readonly proxyProtocol?: readonly string[];
  /** Null or absent: clients connect without TLS. */
  readonly tls?: ServerTlsOptions | null;
  /** Clients may speak HTTP/2: with TLS they choose it in the handshake, without they begin with it. */
  readonly http2?: boolean;
  readonly requestBytesMax: number;
  /** Milliseconds in which a whole request must arrive. */
  readonly requestTimeoutMs: number;
  /** Milliseconds in which the headers must arrive. */
  readonly headersTimeoutMs?: number;
  /** Milliseconds after which a connection with a request in progress is closed when nothing moves on it. */
  readonly silenceTimeoutMs?: number;
  /** Defaults to what the descriptors of the process leave room for. */
  readonly connections?: Partial<ConnectionLimits>;
}

/** Longer than the idle timeout of common load balancers, so that they close first and never meet a reset. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 10_000;
const HEADER_BYTES_MAX = 16_384;

/** A node:http server with a table of routes. No handler, client or byte can bring it down. */
export class HttpServer implements Listener {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  #way: HttpStep;
  readonly #connections: Connections;
  readonly #bodies: BodyBudget;
  readonly #outbox = new Outbox();
  /** Null when an acceptor brings the connections. */
  readonly #sockets: ListeningSockets | null;
  readonly #entrance: Entrance;
  /** Null where HTTP/1.1 is all that is spoken. */
  readonly #sessions: Sessions | null;
  #open = false;
  readonly #closing = new CancellationSource();
  /** Answers and new requests wait for this while the server stops listening. */
  #held: Promise<void> | null = null;
  #drained: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#way = options.way;
    this.#bodies = new BodyBudget(options.requestBytesMax);
    this.#sockets =
      options.acceptor === undefined ? new ListeningSockets({ ...options, isSecure: options.tls != null }) : null;
    const { name, upgrades = null } = options;
    this.#connections = new Connections({
      max: clientsMax(),
      onRefused: (count) => announce('connections.refused', { listener: name, count, max: this.connections.max }),
      ...options.connections,
    });
    const headersTimeout = Math.min(options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS, options.requestTimeoutMs);
    this.#server = createServer({
      requestTimeout: options.requestTimeoutMs,
      headersTimeout,
      connectionsCheckingInterval: Math.min(1_000, headersTimeout),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      noDelay: true,
      ...(upgrades !== null && { IncomingMessage: requestClass(upgrades) }),
    });
    // Clients that do not read their answers. Longer than a client may have to wait for one.
    this.#server.timeout = options.silenceTimeoutMs ?? options.requestTimeoutMs + KEEP_ALIVE_MS;
    // What is beyond it would be dropped without a word.
    this.#server.maxHeadersCount = HEADERS_MAX + 1;
    this.#sessions = options.http2 === true ? this.#createSessions(headersTimeout) : null;
    this.#entrance = new Entrance({
      ...options,
      connections: this.#connections,
      greetingMs: headersTimeout,
      http1: (socket) => this.#begin(socket),
      http2: this.#sessions?.take ?? null,
    });
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#server.on('request', (request, response) => this.#accept(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#accept(request, response, true));
    if (upgrades !== null)
      this.#server.on('upgrade', (request, socket, head) => this.#takeHandshake(request, socket as Socket, head));
    this.#server.on('clientError', (error, socket) => {
      // The server was created by node:http: its streams are sockets.
      const tcp = socket as Socket;
      refuseMalformed(error, tcp, this.#connections.of(tcp));
    });
  }

  /** Requests from now on go this way; those that are on theirs end on it. */
  lead(way: HttpStep): void {
    this.#way = way;
  }

  /** Connections from now on see another certificate. One that speaks no TLS begins to only when it starts again. */
  certify(tls: ServerTlsOptions): void {
    this.#entrance.certify(tls);
  }

  get connections(): ConnectionNumbers {
    return this.#connections.numbers;
  }

  async listen(): Promise<{ readonly url: string; readonly port: number }> {
    const { acceptor } = this.#options;
    // Somebody else listens: this process must not be sent there as to an instance.
    for (const { host, port } of acceptor?.addresses ?? []) claimListener(host, port);
    const source = acceptor ?? this.#sockets;
    source?.open((socket) => this.#entrance.take(socket));
    await this.#sockets?.listen();
    this.#open = true;
    // What it does when it listens itself: without it, node:http does not watch over the time that requests take.
    this.#server.emit('listening');
    return { url: source?.url ?? '', port: source?.addresses[0]?.port ?? 0 };
  }

  /** HTTP/1.1 on a connection of which nothing was read. */
  #begin(socket: Socket): void {
    const waits = socket.isPaused();
    this.#server.emit('connection', socket);
    if (waits) socket.resume();
  }

  #createSessions(greetingMs: number): Sessions {
    return new Sessions(this.#options.name, {
      connections: this.#connections,
      share: new StreamShare(this.#options.connections?.streamsMax),
      room: this.#bodies,
      requestMs: this.#options.requestTimeoutMs,
      greetingMs,
      silenceMs: this.#server.timeout,
      keepAliveMs: KEEP_ALIVE_MS,
      onRequest: (exchange, session) => this.#answer(exchange, session),
    });
  }

  drain(drainMs: number): Promise<void> {
    this.#beginToClose();
    this.#drained ??= this.#drain(drainMs);
    return this.#drained;
  }

  async close(): Promise<void> {
    this.#beginToClose();
    this.#connections.destroyAll();
    await this.#sockets?.close();
    this.#entrance.close();
    await this.#connections.empty();
    // Ends its watch over connections.
    this.#server.close();
  }

  #beginToClose(): void {
    this.#connections.draining = true;
    this.#closing.cancel(new HeadgateError('GATEWAY_NOT_READY', 'the gateway is stopping'));
  }

  async #drain(drainMs: number): Promise<void> {
    if (!this.#open) return;
    const acceptor = this.#options.acceptor ?? this.#sockets;
    if (acceptor === null) return;
    const [connections, sessions] = [this.#connections, this.#sessions];
    await drain({ acceptor, connections, hold: () => this.#hold(), leave: () => sessions?.leave() }, drainMs);
    this.#entrance.close();
    this.#server.close();
  }

  #hold(): () => void {
    let release = () => {};
    this.#held = new Promise((resolve) => {
      release = resolve;
    });
    return () => {
      this.#held = null;
      release();
    };
  }

  #accept(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const { socket } = request;
    const connection = this.#connections.of(socket);
    if (connection === undefined || !this.#admits(request, connection)) {
      stopParsing(socket);
      return;
    }
    const exchange = new Http1Exchange(request, response, this.#bodies, awaitsContinue);
    connection.begin(exchange);
    response.once('close', () => {
      // A refusal does not wait for the body: what of it comes now is no part of a next request.
      if (!request.complete) request.once('end', () => connection.readToEnd());
      connection.finish(exchange);
      exchange.release();
    });
    this.#answer(exchange, connection);
  }

  #answer(exchange: Exchange, connection: BusyConnection): void {
    const waits = connection.crowded || this.#held !== null;
    const { failed = operatorFailure } = this.#options;
    const send = (answer: Answer) => this.#outbox.add(() => this.#send(exchange, connection, answer));
    // It never rejects.
    void settle(
      () =>
        waits
          ? this.#mayGoOn(exchange, connection).then(() => this.#way(exchange, undefined))
          : this.#way(exchange, undefined),
      send,
      (error) => send(failed(error, exchange)),
    );
  }

  #takeHandshake(request: IncomingMessage, socket: Socket, head: Buffer): void {
    const connection = this.#connections.of(socket);
    // What has ended it is told by 'close'.
    socket.on('error', () => undefined);
    // Behind requests that are not answered, nothing can be said.
    if (connection === undefined || connection.exchanges.size > 0) socket.destroy();
    else if (this.#admits(request, connection)) {
      const exchange = new HandshakeExchange(request, socket, head, this.#bodies, this.#closing);
      connection.begin(exchange);
      this.#answer(exchange, connection);
    }
  }

  #send(exchange: Exchange, connection: BusyConnection, answer: Answer): void {
    if (this.#held !== null) {
      void this.#held.then(() => this.#send(exchange, connection, answer));
      return;
    }
    try {
      exchange.send(answer, connection.endsWith(exchange), this.#server.timeout);
    } catch (error) {
      dismiss(answer.body);
      announce('internal.error', { id: exchange.id, where: `answer to ${exchange.method} ${exchange.path}`, error });
      exchange.destroy();
    }
  }

  /** @returns false when the connection ends: nothing more of it is worked on */
  #admits(request: IncomingMessage, connection: Connection): boolean {
    if (connection.broken) return false;
    if (this.#connections.exceeds(connection)) {
      connection.destroy();
      return false;
    }
    const doubt = refuseDoubtful(request);
    if (doubt !== null) refuse(doubt, request.socket, connection);
    return doubt === null;
  }

  async #mayGoOn(exchange: Exchange, connection: BusyConnection): Promise<void> {
    if (connection.crowded) await connection.turn(exchange);
    if (this.#held !== null) await this.#held;
  }
}
