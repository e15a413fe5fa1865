import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { refuseMalformed } from './client-error';
import { Connections } from './connections';
import { drain } from './drain';
import { errorAnswer, publicError } from './error-answer';
import { Exchange } from './exchange';
import type { Listener } from './listener';
import type { ListenOptions } from './options';
import type { Answer, Route, RouteRequest } from './route';
import { createRouter, type Router } from './router';

export interface HttpServerOptions {
  readonly name: 'server' | 'admin';
  readonly listen: ListenOptions;
  /** What to do when the port is taken: the flag and the key that move it. */
  readonly portRemedy: string;
  readonly routes: readonly Route[];
  /** Asked before the route; what it throws is the answer. */
  readonly guard?: (request: RouteRequest) => void;
  readonly requestBytesMax: number;
  /** Milliseconds in which a whole request must arrive. */
  readonly requestTimeoutMs: number;
  /** Milliseconds in which the headers must arrive. */
  readonly headersTimeoutMs?: number;
}

/** Longer than the idle timeout of common load balancers, so that they close first and never meet a reset. */
const KEEP_ALIVE_MS = 65_000;
const HEADERS_TIMEOUT_MS = 10_000;
const HEADER_BYTES_MAX = 16_384;
/** How long the rest of a refused body is read and thrown away, so that the client gets to read the refusal. */
const LINGER_MS = 2_000;

/** A node:http server with a table of routes. No handler, client or byte can bring it down. */
export class HttpServer implements Listener {
  readonly #options: HttpServerOptions;
  readonly #server: Server;
  readonly #router: Router;
  readonly #connections = new Connections();
  #draining = false;
  /** Answers wait for this while the server stops listening. */
  #held: Promise<void> | null = null;
  #drained: Promise<void> | undefined;

  constructor(options: HttpServerOptions) {
    this.#options = options;
    this.#router = createRouter(options.routes);
    const headersTimeout = Math.min(options.headersTimeoutMs ?? HEADERS_TIMEOUT_MS, options.requestTimeoutMs);
    this.#server = createServer({
      requestTimeout: options.requestTimeoutMs,
      headersTimeout,
      connectionsCheckingInterval: Math.min(1_000, headersTimeout),
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: HEADER_BYTES_MAX,
      noDelay: true,
    });
    this.#server.on('connection', (socket: Socket) => this.#connections.add(socket));
    this.#server.on('request', (request, response) => this.#accept(request, response, false));
    this.#server.on('checkContinue', (request, response) => this.#accept(request, response, true));
    this.#server.on('clientError', (error, socket) => {
      // The server was created by node:http: its streams are sockets.
      const tcp = socket as Socket;
      refuseMalformed(error, tcp, this.#connections.of(tcp));
    });
  }

  async listen(): Promise<{ readonly url: string; readonly port: number }> {
    const { name, listen } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => reject(this.#listenError(error));
      this.#server.once('error', onError);
      this.#server.listen(listen.port, listen.host, () => {
        this.#server.off('error', onError);
        this.#server.on('error', (error) => announce('internal.error', { where: `${name} listener`, error }));
        resolve();
      });
    });
    // A listening TCP server has an AddressInfo.
    const { port } = this.#server.address() as AddressInfo;
    const url = `http://${urlHost(listen.host)}:${port}`;
    announce('server.listening', { listener: name, url });
    return { url, port };
  }

  drain(drainMs: number): Promise<void> {
    this.#draining = true;
    this.#drained ??= this.#drain(drainMs);
    return this.#drained;
  }

  async close(): Promise<void> {
    this.#draining = true;
    this.#connections.destroyAll();
    if (this.#server.listening) await new Promise<void>((resolve) => this.#server.close(() => resolve()));
    await this.#connections.empty();
  }

  async #drain(drainMs: number): Promise<void> {
    if (!this.#server.listening) return;
    await drain({ server: this.#server, connections: this.#connections, hold: () => this.#hold() }, drainMs);
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

  #listenError(error: NodeJS.ErrnoException): Error {
    const { listen, portRemedy } = this.#options;
    const place = `port ${listen.port} on ${listen.host}`;
    if (error.code === 'EADDRINUSE') {
      const details = { host: listen.host, port: listen.port };
      return new HeadgateError('PORT_IN_USE', `${place} is taken: ${portRemedy}`, { details, cause: error });
    }
    return new HeadgateError('CONFIG_INVALID', `cannot listen on ${place}: ${error.message}`, { cause: error });
  }

  #accept(request: IncomingMessage, response: ServerResponse, awaitsContinue: boolean): void {
    const connection = this.#connections.of(request.socket);
    const exchange = new Exchange(request, response, this.#options.requestBytesMax, awaitsContinue);
    connection?.begin(exchange);
    response.once('close', () => connection?.finish(exchange));
    response.once('finish', () => lingerFor(request));
    void this.#answer(exchange).then(async (answer) => {
      if (this.#held !== null) await this.#held;
      const last = this.#draining || connection?.endsWith(exchange) === true;
      try {
        exchange.send(answer, last);
      } catch (error) {
        announce('internal.error', { where: `answer to ${exchange.method} ${exchange.path}`, error });
        response.destroy();
      }
    });
  }

  /** Never rejects. */
  async #answer(exchange: Exchange): Promise<Answer> {
    try {
      this.#options.guard?.(exchange);
      return await this.#route(exchange);
    } catch (error) {
      return errorAnswer(publicError(error, `${exchange.method} ${exchange.path}`));
    }
  }

  #route(exchange: Exchange): Answer | Promise<Answer> {
    const match = this.#router(exchange);
    if (match.kind === 'found') {
      exchange.params = match.params;
      return match.route.handle(exchange);
    }
    if (match.kind === 'none') throw new HeadgateError('NOT_FOUND', `nothing is served at ${exchange.path}`);
    const allow = match.allow.join(', ');
    if (exchange.method === 'OPTIONS') return { status: 204, headers: { allow } };
    const refusal = new HeadgateError('METHOD_NOT_ALLOWED', `${exchange.path} answers ${allow} only`);
    const answer = errorAnswer(refusal);
    return { ...answer, headers: { ...answer.headers, allow } };
  }
}

/** Ends a connection whose client goes on sending a body that was answered already. */
function lingerFor(request: IncomingMessage): void {
  if (request.complete) return;
  const { socket } = request;
  const timer = setTimeout(() => {
    if (!request.complete) socket.destroy();
  }, LINGER_MS);
  timer.unref();
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}
