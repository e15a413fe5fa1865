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
import { Exchange } from './exchange';
import { HEADERS_MAX, refuseDoubtful, stopParsing } from './framing';
import { requestClass } from './handshake';
import { HandshakeExchange } from './handshake-exchange';
import type { HttpStep } from './http-step';
import type { Listener } from './listener';
import { ListeningSockets } from './listening-sockets';
import { operatorFailure } from './operator-failure';
import type { ListenOptions } from './options';
import { Outbox } from './outbox';
import { ProxiedConnections } from './proxies/proxied-connections';
import { TrustedProxies } from './proxies/trusted-proxies';
import type { Answer } from './route';
import { dismiss } from './streamed-body';
import type { ServerTlsOptions } from './tls/options';
import { SecureConnections } from './tls/secure-connections';

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
  /** Null when no proxy names whose connection it is. */
  readonly #proxied: ProxiedConnections | null;
  readonly #secure: SecureConnections | null;
  #open = false;
  #draining = false;
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
    const { proxyProtocol, tls = null } = options;
    this.#secure =
      tls === null
        ? null
        : new SecureConnections(name, tls, this.#connections.numbers.max, (socket) =>
            this.#server.emit('connection', socket),
          );
    this.#proxied =
      proxyProtocol === undefined
        ? null
        : new ProxiedConnections(name, new TrustedProxies(proxyProtocol).trusts, (socket) => this.#protect(socket));
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
    this.#secure?.update(tls);
  }

  get connections(): ConnectionNumbers {
    return this.#connections.numbers;
  }

  async listen(): Promise<{ readonly url: string; readonly port: number }> {
    const { acceptor } = this.#options;
    // Somebody else listens: this process must not be sent there as to an instance.
    for (const { host, port } of acceptor?.addresses ?? []) claimListener(host, port);
    const source = acceptor ?? this.#sockets;
    source?.open((socket) => this.#take(socket));
    await this.#sockets?.listen();
    this.#open = true;
    // What it does when it listens itself: without it, node:http does not watch over the time that requests take.
    this.#server.emit('listening');
    return { url: source?.url ?? '', port: source?.addresses[0]?.port ?? 0 };
  }

  #take(socket: Socket): void {
    if (this.#proxied === null) this.#protect(socket);
    else this.#proxied.take(socket);
  }

  #protect(socket: Socket): void {
    if (this.#secure !== null) {
      this.#secure.take(socket);
      return;
    }
    const waits = socket.isPaused();
    this.#server.emit('connection', socket);
    if (waits) socket.resume();
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
    this.#proxied?.close();
    this.#secure?.close();
    await this.#connections.empty();
    // Ends its watch over connections.
    this.#server.close();
  }

  #beginToClose(): void {
    this.#draining = true;
    this.#closing.cancel(new HeadgateError('GATEWAY_NOT_READY', 'the gateway is stopping'));
  }

  async #drain(drainMs: number): Promise<void> {
    if (!this.#open) return;
    const acceptor = this.#options.acceptor ?? this.#sockets;
    if (acceptor === null) return;
    await drain({ acceptor, connections: this.#connections, hold: () => this.#hold() }, drainMs);
    this.#proxied?.close();
    this.#secure?.close();
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
    const exchange = new Exchange(request, response, this.#bodies, awaitsContinue);
    connection.begin(exchange);
    response.once('close', () => {
      // A refusal does not wait for the body: what of it comes now is no part of a next request.
      if (!request.complete) request.once('end', () => connection.readToEnd());
      connection.finish(exchange);
      exchange.release();
    });
    this.#answer(exchange, connection);
  }

  #answer(exchange: Exchange, connection: Connection): void {
    const waits = connection.crowded || this.#held !== null;
    const { failed = operatorFailure } = this.#options;
    const send = (answer: Answer) => this.#outbox.add(() => this.#send(exchange, connection, answer));
    // It never rejects.
    void settle(
      () =>
        waits ? this.#mayGoOn(connection).then(() => this.#way(exchange, undefined)) : this.#way(exchange, undefined),
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

  #send(exchange: Exchange, connection: Connection, answer: Answer): void {
    if (this.#held !== null) {
      void this.#held.then(() => this.#send(exchange, connection, answer));
      return;
    }
    try {
      exchange.send(answer, this.#draining || connection.endsWith(exchange), this.#server.timeout);
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

  async #mayGoOn(connection: Connection): Promise<void> {
    if (connection.crowded) await connection.turn();
    if (this.#held !== null) await this.#held;
  }
}
