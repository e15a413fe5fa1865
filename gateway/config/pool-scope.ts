import { z } from 'zod';
import { type PoolComplete, type PoolNear, poolComplete } from './sections/shaping/pool';

type HealthCheck = Exclude<PoolComplete['health_check'], false>;
type OutlierDetection = Exclude<PoolComplete['outlier_detection'], false>;

/** A pool of which nothing is said. */
export const DEFAULTS = z.strictObject(poolComplete).parse({});

/** Lays a nearer scope over a complete one, key by key. */
export function layPool(far: PoolComplete, near: PoolNear): PoolComplete {
  const hedge = near.hedge ?? far.hedge;
  return {
    load_balancing: { ...far.load_balancing, ...near.load_balancing },
    health_check: layHealthCheck(far.health_check, near.health_check),
    outlier_detection: layOutlierDetection(far.outlier_detection, near.outlier_detection),
    retry: { ...far.retry, ...near.retry, budget: { ...far.retry.budget, ...near.retry?.budget } },
    concurrency: { ...far.concurrency, ...near.concurrency },
    pool: { ...far.pool, ...near.pool },
    ...(far.tls === undefined && near.tls === undefined ? {} : { tls: { ...far.tls, ...near.tls } }),
    ...(hedge === undefined ? {} : { hedge }),
  };
}

/** The two probes exclude each other: the nearer one takes the other's place. */
function layHealthCheck(far: HealthCheck | false, near: PoolNear['health_check']): HealthCheck | false {
  if (near === undefined) return far;
  if (near === false) return false;
  const { graphql, path, ...times } = far === false ? defaultOf(DEFAULTS.health_check) : far;
  if (near.graphql !== undefined || near.path !== undefined) return { ...times, ...near };
  return { ...times, ...(graphql === undefined ? {} : { graphql }), ...(path === undefined ? {} : { path }), ...near };
}

function layOutlierDetection(
  far: OutlierDetection | false,
  near: PoolNear['outlier_detection'],
): OutlierDetection | false {
  if (near === undefined) return far;
  if (near === false) return false;
  return { ...(far === false ? defaultOf(DEFAULTS.outlier_detection) : far), ...near };
}

function defaultOf<T>(value: T | false): T {
  if (value === false) throw new Error('the defaults switch this on');
  return value;
}
