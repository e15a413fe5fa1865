import type { Socket } from 'node:net';
import type { Connections } from './connections';
import { PriorKnowledge } from './http2/prior-knowledge';
import { ProxiedConnections } from './proxies/proxied-connections';
import { TrustedProxies } from './proxies/trusted-proxies';
import type { ServerTlsOptions } from './tls/options';
import { SecureConnections } from './tls/secure-connections';
import { HTTP2 } from './tls/tls-context';

/** Takes a connection of which nothing was read. */
type Take = (socket: Socket) => void;

export interface EntranceOptions {
  /** Of the listener, for the log. */
  readonly name: string;
  /** Addresses and ranges of proxies that begin each connection with a PROXY header; absent: nobody does. */
  readonly proxyProtocol?: readonly string[];
  /** Null or absent: clients connect without TLS. */
  readonly tls?: ServerTlsOptions | null;
  readonly connections: Connections;
  /** Milliseconds in which a client has to say what it speaks. */
  readonly greetingMs: number;
  readonly http1: Take;
  /** Null where HTTP/1.1 is all that is spoken. */
  readonly http2: Take | null;
}

/** What stands in front of HTTP on a connection: a PROXY header, TLS, the question which version is spoken. */
export class Entrance {
  readonly #http1: Take;
  /** Null when no proxy names whose connection it is. */
  readonly #proxied: ProxiedConnections | null;
  readonly #secure: SecureConnections | null;
  /** Null where all connections begin with the same version of HTTP, or say in their handshake which one. */
  readonly #priorKnowledge: PriorKnowledge | null;

  constructor({ name, proxyProtocol, tls = null, connections, greetingMs, http1, http2 }: EntranceOptions) {
    this.#http1 = http1;
    this.#proxied =
      proxyProtocol === undefined
        ? null
        : new ProxiedConnections(name, new TrustedProxies(proxyProtocol).trusts, (socket) => this.#protect(socket));
    this.#secure =
      tls === null
        ? null
        : new SecureConnections(name, tls, connections.numbers.max, http2 !== null, (socket) =>
            http2 !== null && socket.alpnProtocol === HTTP2 ? http2(socket) : http1(socket),
          );
    this.#priorKnowledge =
      http2 === null || tls !== null ? null : new PriorKnowledge(connections, greetingMs, { http1, http2 });
  }

  take(socket: Socket): void {
    if (this.#proxied === null) this.#protect(socket);
    else this.#proxied.take(socket);
  }

  /** Connections from now on see another certificate. One that speaks no TLS begins to only when it starts again. */
  certify(tls: ServerTlsOptions): void {
    this.#secure?.update(tls);
  }

  /** Ends the connections that are not through. */
  close(): void {
    this.#proxied?.close();
    this.#secure?.close();
  }

  #protect(socket: Socket): void {
    if (this.#secure !== null) this.#secure.take(socket);
    else if (this.#priorKnowledge !== null) this.#priorKnowledge.take(socket);
    else this.#http1(socket);
  }
}
