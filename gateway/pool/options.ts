/** One pool: the instances of one subgraph, or of one source of a REST subgraph. All times in milliseconds. */
export interface PoolOptions {
  /** `products`, or `inventory/api` for source api of the REST subgraph inventory. */
  readonly name: string;
  readonly instances: readonly InstanceOptions[];
  readonly policy: 'adaptive' | 'round-robin' | 'random' | 'least-requests' | 'response-time' | 'hash';
  readonly slowStartMs: number;
  /** Share in [0, 1] of the weight that must be available; below it every reachable instance is used. */
  readonly panicThreshold: number;
  readonly healthCheck: HealthCheckOptions | null;
  readonly outlierDetection: OutlierDetectionOptions | null;
  readonly retry: RetryOptions;
  readonly concurrency: { readonly max: number; readonly queue: number };
  readonly connections: number;
  readonly idleTimeoutMs: number;
  readonly tls: TlsOptions | null;
}

export interface InstanceOptions {
  /** `http:` or `https:`; the path is where GraphQL is served, or the prefix of a REST service. */
  readonly url: string;
  /** Positive, relative to the other instances. */
  readonly weight: number;
  readonly zone: string | null;
  readonly tier: 'primary' | 'backup';
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

/** PEM texts or file contents already read. */
export interface TlsOptions {
  readonly ca: string | null;
  readonly cert: string | null;
  readonly key: string | null;
}
