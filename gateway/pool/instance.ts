import { Pool as ConnectionPool } from 'undici';
import { type Health, newHealth } from './health/health';
import type { InstanceOptions, PoolOptions } from './options';
import type { InstanceView } from './pool';
import type { InstanceState, Presence } from './state';

/** Opening a connection takes no longer, whatever the deadline of the call: what waits for it is not kept longer. */
const CONNECT_TIMEOUT_MS = 5000;

/** Share of a faster answer that goes into the average. */
const LATENCY_DECAY = 0.1;

/** One server of a pool: its connections, what is believed of it, and what it is doing. */
export class Instance {
  readonly url: string;
  /** `host:port`, port included when it is the default one. */
  readonly id: string;
  /** Weight, zone and tier as configured now. */
  options: InstanceOptions;
  presence: Presence = 'present';
  health: Health;
  /** As the pool last derived and announced it. */
  shown: InstanceState = { state: 'removed', reason: 'added' };
  inFlight = 0;
  /** Smooth weighted round-robin: what this instance is owed. */
  credit = 0;
  /** Decayed peak of the latency, null before the first answer. */
  latencyMs: number | null = null;
  connections: ConnectionPool;
  /** Replaced ones on which requests still run. */
  readonly #closing = new Set<ConnectionPool>();
  readonly #origin: string;
  readonly #pathname: string;
  readonly #search: string;

  constructor(options: InstanceOptions, pool: PoolOptions, nowMs: number) {
    const url = new URL(options.url);
    this.url = options.url;
    this.options = options;
    this.id = url.port === '' ? `${url.hostname}:${url.protocol === 'https:' ? 443 : 80}` : url.host;
    this.#origin = url.origin;
    this.#pathname = url.pathname;
    this.#search = url.search;
    this.health = newHealth(pool.healthCheck === null ? 'pass' : 'unknown', nowMs);
    this.connections = this.connect(pool, pool.connections);
  }

  /** Opens no socket yet. The caller closes what it gets. */
  connect(pool: PoolOptions, connections: number): ConnectionPool {
    const tls = pool.tls;
    return new ConnectionPool(this.#origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: pool.idleTimeoutMs,
      keepAliveMaxTimeout: pool.idleTimeoutMs,
      // Attempts have timers of their own: these have half a second's resolution.
      headersTimeout: 0,
      bodyTimeout: 0,
      connect: {
        timeout: CONNECT_TIMEOUT_MS,
        ...(tls?.ca != null && { ca: tls.ca }),
        ...(tls?.cert != null && { cert: tls.cert }),
        ...(tls?.key != null && { key: tls.key }),
      },
    });
  }

  /** Swaps the connections for new ones; requests on the old ones finish there. */
  reconnect(pool: PoolOptions): void {
    const old = this.connections;
    this.connections = this.connect(pool, pool.connections);
    this.#closing.add(old);
    void old.close().then(() => this.#closing.delete(old));
  }

  /** Cuts off whatever still runs. */
  async destroy(): Promise<void> {
    await Promise.all([this.connections, ...this.#closing].map((connections) => connections.destroy()));
  }

  /** Path and query of a request: the instance's own when `path` is empty, otherwise `path` behind the instance's path. */
  pathFor(path: string): string {
    if (path === '') return this.#pathname + this.#search;
    const joined = this.#pathname.replace(/\/+$/, '') + path;
    return joined.startsWith('/') ? joined : `/${joined}`;
  }

  /** Peak-sensitive average: rises at once to a slower answer, falls slowly. */
  observeLatency(durationMs: number): void {
    const before = this.latencyMs ?? durationMs;
    this.latencyMs = durationMs > before ? durationMs : before + LATENCY_DECAY * (durationMs - before);
  }

  view(): InstanceView {
    return {
      id: this.id,
      url: this.url,
      state: this.shown.state,
      reason: this.shown.reason,
      weight: this.options.weight,
      tier: this.options.tier,
      zone: this.options.zone,
      inFlight: this.inFlight,
    };
  }
}
