import { z } from 'zod';
import { DURATION_SOURCE } from '../../../duration';

export const hedge = z
  .strictObject({
    after: z
      .string()
      .regex(new RegExp(`^(?:p\\d{1,2}|${DURATION_SOURCE})$`), 'expected a percentile such as p95 or a duration')
      .exactOptional()
      .describe('p95 unless given.'),
    max: z.int().min(1).max(5).exactOptional(),
    enabled: z.boolean().exactOptional().describe('Off unless true.'),
  })
  .exactOptional()
  .describe('A second request elsewhere when the first is slow; queries only.');
