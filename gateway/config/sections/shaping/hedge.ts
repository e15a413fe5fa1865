import { z } from 'zod';

export const hedge = z
  .strictObject({
    after: z
      .string()
      .regex(/^(?:p\d{1,2}|\d+(?:ms|s))$/, 'expected a percentile such as p95 or a duration')
      .exactOptional(),
    max: z.int().min(1).max(5).exactOptional(),
    enabled: z.boolean().exactOptional(),
  })
  .exactOptional()
  .describe('A second request when the first is slow.');
