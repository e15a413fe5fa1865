import type { PoolOptions } from '../options';
import { adaptive } from './adaptive';
import { hash } from './hash';
import { leastRequests } from './least-requests';
import type { CreatePolicy } from './policy';
import { random } from './random';
import { responseTime } from './response-time';
import { roundRobin } from './round-robin';

/** Every policy by its name in the configuration. */
export const POLICIES: Readonly<Record<PoolOptions['policy'], CreatePolicy>> = {
  adaptive,
  'round-robin': roundRobin,
  random,
  'least-requests': leastRequests,
  'response-time': responseTime,
  hash,
};
