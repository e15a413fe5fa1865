import type { AddressOptions } from '../addresses';
import type {
  HealthCheckOptions,
  HedgeOptions,
  InstanceOptions,
  OutlierDetectionOptions,
  PoolOptions,
  RetryOptions,
  TlsOptions,
} from '../pool/options';
import type { Tags } from '../tags';
import type { PoolComplete } from './sections/shaping/pool';

/** One pool of the shape that its scope gives it. */
export function poolOptions(
  name: string,
  kind: 'graphql' | 'rest',
  instances: readonly InstanceOptions[],
  scope: PoolComplete,
  addresses: AddressOptions,
): PoolOptions {
  return {
    name,
    instances,
    addresses,
    policy: scope.load_balancing.policy,
    slowStartMs: scope.load_balancing.slow_start,
    panicThreshold: scope.load_balancing.panic_threshold ?? null,
    locality: scope.load_balancing.locality,
    zone: scope.load_balancing.zone ?? (process.env.HEADGATE_ZONE || null),
    ...hashed(scope.load_balancing.hash),
    adaptiveWeights: scope.load_balancing.adaptive_weights.enabled,
    healthCheck: healthCheck(kind, scope.health_check),
    outlierDetection: outlierDetection(scope.outlier_detection),
    retry: retry(scope.retry),
    hedge: hedge(scope.hedge),
    concurrency: scope.concurrency,
    connections: scope.pool.connections,
    idleTimeoutMs: scope.pool.idle_timeout,
    tls: tls(scope.tls),
  };
}

function hashed(given: PoolComplete['load_balancing']['hash']): Pick<PoolOptions, 'hashHeader' | 'hashVariable'> {
  const header = given?.header?.toLowerCase() ?? null;
  return given?.variable === undefined ? { hashHeader: header } : { hashHeader: header, hashVariable: given.variable };
}

interface GivenInstance {
  readonly url: string;
  readonly weight?: number;
  readonly zone?: string;
  readonly tier?: 'primary' | 'backup';
  readonly tags?: Tags;
}

/** Instances as the file gives them: `url` for one, `instances` for several; null when it gives none. */
export function instanceOptions(given: {
  readonly url?: string;
  readonly instances?: readonly GivenInstance[];
}): readonly InstanceOptions[] | null {
  const instances = given.instances ?? (given.url === undefined ? null : [{ url: given.url }]);
  return instances?.map(instance) ?? null;
}

function instance({ url, weight = 1, zone, tier = 'primary', tags }: GivenInstance): InstanceOptions {
  return { url, weight, zone: zone ?? null, tier, ...(tags !== undefined && { tags }) };
}

/** A REST service answers no GraphQL: it is probed only when a path is given. */
function healthCheck(kind: 'graphql' | 'rest', given: PoolComplete['health_check']): HealthCheckOptions | null {
  if (given === false || (kind === 'rest' && given.path === undefined)) return null;
  return {
    probe: given.path === undefined ? 'graphql' : { path: given.path },
    intervalMs: given.interval,
    timeoutMs: given.timeout,
    unhealthyThreshold: given.unhealthy_threshold,
    healthyThreshold: given.healthy_threshold,
  };
}

function outlierDetection(given: PoolComplete['outlier_detection']): OutlierDetectionOptions | null {
  if (given === false) return null;
  return {
    consecutiveErrors: given.consecutive_errors,
    errorRate: given.error_rate,
    baseEjectionTimeMs: given.base_ejection_time,
    maxEjectionShare: given.max_ejection_percent,
  };
}

function retry(given: PoolComplete['retry']): RetryOptions {
  return {
    maxAttempts: given.max_attempts,
    onConnect: given.on.connect,
    onTimeout: given.on.timeout,
    onStatus: new Set(given.on.statuses),
    intervalMs: given.interval,
    maxIntervalMs: given.max_interval,
    budgetRatio: given.budget.ratio,
    budgetMinPerSecond: given.budget.min_per_second,
  };
}

function hedge(given: PoolComplete['hedge']): HedgeOptions | null {
  if (given?.enabled !== true) return null;
  return { after: hedgeAfter(given.after ?? 'p95'), max: given.max ?? 1 };
}

/** `p95`, `250ms` or `1s`: the schema lets nothing else through. */
function hedgeAfter(text: string): HedgeOptions['after'] {
  if (text.startsWith('p')) return { quantile: Number(text.slice(1)) / 100 };
  return { ms: Number.parseInt(text, 10) * (text.endsWith('ms') ? 1 : 1000) };
}

function tls(given: PoolComplete['tls']): TlsOptions | null {
  return given === undefined ? null : { ca: given.ca ?? null, cert: given.cert ?? null, key: given.key ?? null };
}
