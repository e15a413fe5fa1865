import type { PoolOptions } from '../options';
import { leastRequests } from './least-requests';
import type { Policy } from './policy';
import { weightedRandom } from './random';
import { responseTime } from './response-time';
import { roundRobin } from './round-robin';

/** Every policy by its name in the configuration. */
export const POLICIES: Readonly<Record<PoolOptions['policy'], Policy>> = {
  adaptive: roundRobin,
  'round-robin': roundRobin,
  random: weightedRandom,
  'least-requests': leastRequests,
  'response-time': responseTime,
  // No request names a key to hash yet.
  hash: roundRobin,
};
