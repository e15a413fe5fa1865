import type { AddressOptions } from '../addresses';
import type { Tags } from '../tags';
import type { DiscoveryOptions } from './discovery/options';

/** One pool: the instances of one subgraph, or of one source of a REST subgraph. All times in milliseconds. */
export interface PoolOptions {
  /** `products`, or `inventory/api` for source api of the REST subgraph inventory. */
  readonly name: string;
  readonly instances: readonly InstanceOptions[];
  /** How further instances are found. The pool itself knows only `instances`: whoever owns the pool follows. */
  readonly discovery?: DiscoveryOptions | null;
  readonly policy: 'adaptive' | 'round-robin' | 'random' | 'least-requests' | 'response-time' | 'hash';
  readonly slowStartMs: number;
  /**
   * Share in [0, 1] of the weight that must be available; below it every reachable instance is used. Null: 0.3, and
   * 0.5 from ten instances on.
   */
  readonly panicThreshold: number | null;
  /** Whether instances of the gateway's own zone come first. */
  readonly locality: 'prefer-zone' | 'none';
  /** Where this gateway runs, `provider/region/zone` or any part of it; null when it does not know. */
  readonly zone: string | null;
  /** Lower-case name of the client's header that the policy `hash` looks at. */
  readonly hashHeader: string | null;
  /** Name of the variable of the client's operation that it looks at in its place. */
  readonly hashVariable?: string | null;
  /** Whether weights follow what the instances turn out to bear. */
  readonly adaptiveWeights: boolean;
  readonly healthCheck: HealthCheckOptions | null;
  readonly outlierDetection: OutlierDetectionOptions | null;
  readonly retry: RetryOptions;
  /** Null: no second request while the first is only slow. */
  readonly hedge: HedgeOptions | null;
  readonly concurrency: ConcurrencyOptions;
  readonly connections: number;
  readonly idleTimeoutMs: number;
  readonly tls: TlsOptions | null;
  /** Which addresses instances may have; absent: all but those that are denied by themselves. */
  readonly addresses?: AddressOptions;
  /** `sdlHash` of the SDL that the supergraph was composed from; absent: instances are not compared with it. */
  readonly sdlHash?: string;
}

export interface InstanceOptions {
  /** `http:` or `https:`; the path is where GraphQL is served, or the prefix of a REST service. */
  readonly url: string;
  /** Positive, relative to the other instances. */
  readonly weight: number;
  readonly zone: string | null;
  readonly tier: 'primary' | 'backup';
  /** By which rules choose it; absent: it has none. */
  readonly tags?: Tags;
  /** Sent as Host when it is not the one in the URL. */
  readonly hostHeader?: string;
  /** Asked for in TLS when it is not the host in the URL. */
  readonly servername?: string;
  /** True when it is about to go: what it has may finish, nothing new is sent. */
  readonly terminating?: boolean;
}

export interface HealthCheckOptions {
  /** `graphql` posts `{__typename}` to the instance's URL; otherwise a GET of this path must answer 2xx. */
  readonly probe: 'graphql' | { readonly path: string };
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyThreshold: number;
  readonly healthyThreshold: number;
}

export interface OutlierDetectionOptions {
  readonly consecutiveErrors: number;
  /** Share in [0, 1]. */
  readonly errorRate: number;
  readonly baseEjectionTimeMs: number;
  /** Share in [0, 1] of a pool that may be ejected at once. */
  readonly maxEjectionShare: number;
}

export interface RetryOptions {
  /** 1 means no retry. */
  readonly maxAttempts: number;
  readonly onConnect: boolean;
  readonly onTimeout: boolean;
  /** HTTP statuses that are tried again elsewhere. */
  readonly onStatus: ReadonlySet<number>;
  readonly intervalMs: number;
  readonly maxIntervalMs: number;
  /** Tokens added for each success; share in [0, 1]. */
  readonly budgetRatio: number;
  readonly budgetMinPerSecond: number;
}

export interface HedgeOptions {
  /** A quantile of the pool's latency in [0, 1), or milliseconds. */
  readonly after: { readonly quantile: number } | { readonly ms: number };
  /** Further requests for one. */
  readonly max: number;
}

interface ConcurrencyOptions {
  /** Requests under way at once in the pool. */
  readonly max: number;
  /** Requests that may wait. */
  readonly queue: number;
  /** Whether each instance's limit follows its latency; otherwise it is its number of connections. */
  readonly adaptive?: boolean;
}

/** PEM texts or file contents already read. */
export interface TlsOptions {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}
