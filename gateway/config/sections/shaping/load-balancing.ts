import { z } from 'zod';
import { duration } from '../../duration';
import { percentage } from '../../percentage';
import { complete, near } from './layers';

const keys = {
  policy: z
    .enum(['adaptive', 'round-robin', 'random', 'least-requests', 'response-time', 'hash'])
    .describe('Whose turn it is. Every policy honours weights.'),
  slow_start: duration({ minMs: 0 }).describe('How long a new instance takes to reach its weight.'),
  locality: z
    .enum(['prefer-zone', 'none'])
    .describe('prefer-zone: instances of the zone of this gateway come first, others take what those cannot.'),
  adaptive_weights: z
    .strictObject({ enabled: z.boolean().describe('Off: instances are chosen by the weights given.') })
    .describe('Once a second, moves weights to what instances bear: latency, failures, endpoint-load-metrics.'),
};

const optional = {
  hash: z
    .strictObject({
      header: z
        .string()
        .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'expected a header name')
        .exactOptional(),
      variable: z
        .string()
        .regex(/^[_A-Za-z]\w*$/, 'expected the name of a variable without $, such as userId')
        .exactOptional(),
    })
    .refine(
      ({ header, variable }) => (header === undefined) !== (variable === undefined),
      'expected one of header, variable',
    )
    .describe("What the policy hash looks at: a header of the client, or a variable of the client's operation.")
    .exactOptional(),
  panic_threshold: percentage()
    .describe('Available weight below which every reachable instance is used; 30%, and 50% from ten instances on.')
    .exactOptional(),
  zone: z
    .string()
    .min(1)
    .max(200)
    .exactOptional()
    .describe('Where this gateway runs, named as the instances are: provider/region/zone; HEADGATE_ZONE otherwise.'),
};

const defaults = {
  policy: 'adaptive',
  slow_start: '10s',
  locality: 'prefer-zone',
  adaptive_weights: { enabled: false },
} as const;

export const loadBalancing = {
  near: z.strictObject({ ...near(keys), ...optional }).exactOptional(),
  complete: z.strictObject({ ...complete(keys, defaults), ...optional }).prefault({}),
};
