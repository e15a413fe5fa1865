import { z } from 'zod';

export const hedge = z
  .strictObject({
    after: z
      .string()
      .regex(/^(?:p\d{1,2}|\d+(?:ms|s))$/, 'expected a percentile such as p95 or a duration')
      .exactOptional()
      .describe('p95 unless given.'),
    max: z.int().min(1).max(5).exactOptional(),
    enabled: z.boolean().exactOptional().describe('Off unless true.'),
  })
  .exactOptional()
  .describe('A second request elsewhere when the first is slow; queries only.');
