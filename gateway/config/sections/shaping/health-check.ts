import { z } from 'zod';
import { duration } from '../../duration';
import { complete, near } from './layers';

const times = {
  interval: duration({ minMs: 50 }),
  timeout: duration(),
  unhealthy_threshold: z.int().min(1).max(100).describe('Failures in a row that take an instance out.'),
  healthy_threshold: z.int().min(1).max(100).describe('Successes in a row that bring it back.'),
};

const probe = {
  graphql: z.literal(true).exactOptional().describe('Post {__typename} to the instance; the default for GraphQL.'),
  path: z
    .string()
    .regex(/^\/[\x21-\x7e]*$/, 'expected a path such as /health')
    .exactOptional()
    .describe('GET this path instead; 2xx is healthy.'),
};

const switchable = { error: 'expected the keys of a health check, or false for none' };
const oneProbe = { path: ['path'], message: 'graphql and path exclude each other; keep one' };
const hasOneProbe = (given: { graphql?: true; path?: string }) =>
  given.graphql === undefined || given.path === undefined;

const nearKeys = z.strictObject({ ...probe, ...near(times) }).refine(hasOneProbe, oneProbe);
const completeKeys = z
  .strictObject({
    ...probe,
    ...complete(times, { interval: '5s', timeout: '1s', unhealthy_threshold: 3, healthy_threshold: 2 }),
  })
  .refine(hasOneProbe, oneProbe);

export const healthCheck = {
  near: z.union([z.literal(false), nearKeys], switchable).exactOptional(),
  complete: z.union([z.literal(false), completeKeys], switchable).prefault({}),
};
