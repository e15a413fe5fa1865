import type { Dispatcher } from 'undici';
import { NO_ADDRESSES } from '../addresses';
import { createConnector } from './connector';
import { Member } from './member';
import type { InstanceOptions, PoolOptions } from './options';
import { ConnectionPool } from './undici-internals';

const NO_HEADERS: Readonly<Record<string, string>> = {};

/** Makes what sends requests to an origin. Opens no socket yet; the caller closes what it gets. */
export type Connect = (origin: string, pool: PoolOptions, connections: number, servername?: string) => Dispatcher;

/** A member with its connections. */
export class Instance extends Member {
  connections: Dispatcher;
  /** Sent with every request, over what the request has. */
  ownHeaders: Readonly<Record<string, string>>;
  readonly #connect: Connect;
  /** Each stream takes a connection for itself; null before the first. */
  #streamConnections: Dispatcher | null = null;
  /** Copies wait for each other only; null before the first. */
  #mirrorConnections: Dispatcher | null = null;
  /** Replaced ones on which requests still run. */
  readonly #closing = new Set<Dispatcher>();
  readonly #origin: string;
  readonly #pathname: string;
  readonly #search: string;

  constructor(options: InstanceOptions, pool: PoolOptions, connect: Connect, nowMs: number) {
    super(options, pool.healthCheck === null ? 'pass' : 'unknown', pool.connections, nowMs);
    const url = new URL(options.url);
    this.#origin = url.origin;
    this.#pathname = url.pathname;
    this.#search = url.search;
    this.ownHeaders = headersOf(options);
    this.#connect = connect;
    this.connections = this.connect(pool, pool.connections);
  }

  /** Opens no socket yet. The caller closes what it gets. */
  connect(pool: PoolOptions, connections: number): Dispatcher {
    return this.#connect(this.#origin, pool, connections, this.options.servername);
  }

  /** @returns whether it goes by another name now: its connections were made under the old one */
  takeOver(options: InstanceOptions): boolean {
    const { hostHeader, servername } = this.options;
    this.options = options;
    this.ownHeaders = headersOf(options);
    return options.hostHeader !== hostHeader || options.servername !== servername;
  }

  /** @param connections for streams, where there are none yet */
  connectionsForStreams(pool: PoolOptions, connections: number): Dispatcher {
    this.#streamConnections ??= this.connect(pool, connections);
    return this.#streamConnections;
  }

  /** @param connections for copies of requests, where there are none yet */
  connectionsForMirrors(pool: PoolOptions, connections: number): Dispatcher {
    this.#mirrorConnections ??= this.connect(pool, connections);
    return this.#mirrorConnections;
  }

  /** Swaps the connections for new ones; requests on the old ones finish there. */
  reconnect(pool: PoolOptions): void {
    const replaced = [this.connections, this.#streamConnections, this.#mirrorConnections];
    this.connections = this.connect(pool, pool.connections);
    this.#streamConnections = null;
    this.#mirrorConnections = null;
    for (const old of replaced) if (old !== null) this.#close(old);
  }

  #close(old: Dispatcher): void {
    this.#closing.add(old);
    const closed = () => this.#closing.delete(old);
    // Rejects only when the old ones are destroyed before their requests have finished.
    old.close().then(closed, closed);
  }

  /** Cuts off whatever still runs. */
  async destroy(): Promise<void> {
    const open = [this.connections, ...this.#closing];
    if (this.#streamConnections !== null) open.push(this.#streamConnections);
    if (this.#mirrorConnections !== null) open.push(this.#mirrorConnections);
    await Promise.all(open.map((connections) => connections.destroy()));
  }

  /** Path and query of a request: the instance's own when `path` is empty, otherwise `path` behind the instance's path. */
  pathFor(path: string): string {
    if (path === '') return this.#pathname + this.#search;
    const joined = this.#pathname.replace(/\/+$/, '') + path;
    return joined.startsWith('/') ? joined : `/${joined}`;
  }

  /** Whether any connection is open. */
  get connected(): boolean {
    return !(this.connections instanceof ConnectionPool) || this.connections.stats.connected > 0;
  }
}

function headersOf({ hostHeader }: InstanceOptions): Readonly<Record<string, string>> {
  return hostHeader === undefined ? NO_HEADERS : { host: hostHeader };
}

/** Connects over TCP or TLS. */
export const connectSockets: Connect = (
  origin,
  { addresses = NO_ADDRESSES, idleTimeoutMs, tls },
  connections,
  servername,
) =>
  new ConnectionPool(origin, {
    connections,
    pipelining: 1,
    keepAliveTimeout: idleTimeoutMs,
    keepAliveMaxTimeout: idleTimeoutMs,
    // Attempts have timers of their own: these have half a second's resolution.
    headersTimeout: 0,
    bodyTimeout: 0,
    connect: createConnector({ addresses, servername, tls }),
  });
