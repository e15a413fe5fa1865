import { z } from 'zod';
import { duration } from '../../duration';
import { healthCheck } from './health-check';
import { hedge } from './hedge';
import { complete, near } from './layers';
import { loadBalancing } from './load-balancing';
import { outlierDetection } from './outlier-detection';
import { retry } from './retry';
import { tls } from './tls';

const concurrency = {
  max: z.int().min(1).max(1_000_000).describe('Requests under way at once.'),
  queue: z.int().min(0).max(1_000_000).describe('Requests that may wait.'),
  adaptive: z.boolean().describe('Lets the limit of each instance follow its latency.'),
};

const sockets = {
  connections: z.int().min(1).max(10_000).describe('Sockets to one instance.'),
  idle_timeout: duration(),
};

/** Keys of one pool, as a scope that overrides them may give them. */
export const poolNear = {
  load_balancing: loadBalancing.near,
  health_check: healthCheck.near,
  outlier_detection: outlierDetection.near,
  retry: retry.near,
  hedge,
  concurrency: z.strictObject(near(concurrency)).exactOptional(),
  pool: z.strictObject(near(sockets)).exactOptional(),
  tls,
};

/** Keys of every pool, with defaults. */
export const poolComplete = {
  load_balancing: loadBalancing.complete,
  health_check: healthCheck.complete,
  outlier_detection: outlierDetection.complete,
  retry: retry.complete,
  hedge,
  concurrency: z.strictObject(complete(concurrency, { max: 256, queue: 256, adaptive: false })).prefault({}),
  pool: z.strictObject(complete(sockets, { connections: 16, idle_timeout: '30s' })).prefault({}),
  tls,
};

export type PoolNear = z.output<z.ZodObject<typeof poolNear>>;
export type PoolComplete = z.output<z.ZodObject<typeof poolComplete>>;
