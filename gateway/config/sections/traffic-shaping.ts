import { z } from 'zod';
import { duration } from '../duration';
import { answerLimits } from './shaping/answer-limits';
import { complete, near } from './shaping/layers';
import { poolComplete, poolNear } from './shaping/pool';
import { subgraphName } from './subgraph-name';

const timeout = { timeout: duration().describe('One call to a subgraph, retries included.') };
const deduplicate = z.boolean().exactOptional();

const subgraphNear = z.strictObject({
  ...near(timeout),
  deduplicate,
  ...poolNear,
  limits: z.strictObject(near(answerLimits)).exactOptional(),
});

const subgraphComplete = z.strictObject({
  ...complete(timeout, { timeout: '10s' }),
  deduplicate,
  ...poolComplete,
  limits: z.strictObject(complete(answerLimits, { response_bytes: '32MB', response_depth: 200 })).prefault({}),
});

const router = z
  .strictObject({
    timeout: duration().prefault('30s').describe('One client request.'),
    deduplicate,
    max_concurrency: z
      .int()
      .min(1)
      .max(1_000_000)
      .prefault(1000)
      .describe('Requests being answered at once, of each worker; others are refused with 503.'),
  })
  .prefault({})
  .describe('The client side.');

export const trafficShaping = z
  .strictObject({
    router,
    all: subgraphComplete.prefault({}).describe('Every subgraph.'),
    subgraphs: z.record(subgraphName, subgraphNear).prefault({}).describe('One subgraph; nearer than all, key by key.'),
  })
  .prefault({})
  .describe('Timeouts, retries, limits. Scopes: router, all, subgraphs.<name>; the nearest wins.');
