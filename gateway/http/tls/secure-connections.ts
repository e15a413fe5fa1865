import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import { announce } from '../../events';
import { Refusals } from '../../refusals';
import { passSource } from '../proxies/source-address';
import type { ServerTlsOptions } from './options';
import { tlsContext } from './tls-context';

/** A handshake takes two round trips; a client that takes longer than this does something else. */
const HANDSHAKE_MS = 10_000;
/** Codes of errors that clients make by leaving. */
const LEFT: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_TLS_HANDSHAKE_TIMEOUT']);

/** A member of Node's that it does not document: the connection that TLS is spoken on. */
type OverSocket = TLSSocket & { readonly _parent?: Socket | null };

/**
 * Speaks TLS on connections, and hands them on once they are secure. Another certificate is that of all connections from then on;
 * those that are open keep theirs.
 */
export class SecureConnections {
  readonly #hand: (socket: TLSSocket) => void;
  readonly #http2: boolean;
  /** Connections on which the handshake is under way. */
  readonly #waiting = new Set<Socket>();
  readonly #waitingMax: number;
  readonly #refusals: Refusals;
  #reason = '';
  /** It listens nowhere: connections are put into it. */
  #server: Server;

  /**
   * @param waitingMax handshakes that may be under way
   * @param http2 clients may choose it
   * @param hand told in `alpnProtocol` what a client has chosen
   */
  constructor(
    listener: string,
    options: ServerTlsOptions,
    waitingMax: number,
    http2: boolean,
    hand: (socket: TLSSocket) => void,
  ) {
    this.#hand = hand;
    this.#http2 = http2;
    this.#waitingMax = waitingMax;
    this.#refusals = new Refusals((count) => announce('tls.refused', { listener, count, reason: this.#reason }));
    this.#server = this.#serverOf(options);
  }

  /** @throws {Error} cert and key do not fit */
  update(options: ServerTlsOptions): void {
    this.#server = this.#serverOf(options);
  }

  take(socket: Socket): void {
    if (this.#waiting.size >= this.#waitingMax) {
      this.#refuse('too many handshakes are under way');
      socket.destroy();
      return;
    }
    this.#waiting.add(socket);
    socket.once('close', () => this.#waiting.delete(socket));
    this.#server.emit('connection', socket);
  }

  /** Ends the handshakes that are under way. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #serverOf(options: ServerTlsOptions): Server {
    const server = createServer({ ...tlsContext(options, this.#http2), handshakeTimeout: HANDSHAKE_MS });
    server.on('secureConnection', (secure: OverSocket) => this.#accept(secure, options));
    server.on('tlsClientError', (error: NodeJS.ErrnoException, secure) => {
      if (!LEFT.has(error.code ?? '')) this.#refuse(error.code ?? error.message);
      secure.destroy();
    });
    return server;
  }

  #accept(secure: OverSocket, { clientAuth }: ServerTlsOptions): void {
    const { _parent: socket } = secure;
    if (socket != null) {
      this.#waiting.delete(socket);
      passSource(socket, secure);
    }
    // Node refuses by itself where one is required.
    if (clientAuth === 'request' && !secure.authorized && 'subject' in secure.getPeerCertificate()) {
      this.#refuse(String(secure.authorizationError));
      secure.destroy();
    } else this.#hand(secure);
  }

  #refuse(reason: string): void {
    this.#reason = reason;
    this.#refusals.add();
  }
}
