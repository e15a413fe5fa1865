import { z } from 'zod';
import { duration } from '../../duration';
import { percentage } from '../../percentage';
import { complete, near } from './layers';

const keys = {
  policy: z
    .enum(['adaptive', 'round-robin', 'random', 'least-requests', 'response-time', 'hash'])
    .describe('Whose turn it is. Every policy honours weights.'),
  slow_start: duration({ minMs: 0 }).describe('How long a new instance takes to reach its weight.'),
  panic_threshold: percentage().describe('Available weight below which every reachable instance is used.'),
};

const optional = {
  hash: z
    .strictObject({ header: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected a header name') })
    .describe('What the policy hash looks at.')
    .exactOptional(),
  locality: z.enum(['prefer-zone', 'none']).exactOptional(),
};

export const loadBalancing = {
  near: z.strictObject({ ...near(keys), ...optional }).exactOptional(),
  complete: z
    .strictObject({ ...complete(keys, { policy: 'adaptive', slow_start: '10s', panic_threshold: '50%' }), ...optional })
    .prefault({}),
};
