import { z } from 'zod';
import { duration } from '../duration';

export const planning = z
  .strictObject({
    deadline: duration().prefault('2s').describe('Planning of one operation.'),
    queue: z.int().min(1).max(1_000_000).prefault(1000).describe('Operations that may wait for the planner.'),
    cache: z.int().min(1).max(1_000_000).prefault(2000).describe('Plans kept.'),
    max_fetches: z.int().min(1).max(100_000).prefault(500).describe('Fetches in one plan, before they are merged.'),
    override_labels: z
      .record(z.string(), z.boolean())
      .prefault({})
      .describe(
        'Named labels of progressive `@override` that hold. `percent(5)` needs no entry: it is drawn for each request.',
      ),
    override_header: z
      .string()
      .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/, 'expected a header name, e.g. x-override-labels')
      .optional()
      .describe(
        'Header in which clients name labels of progressive `@override` that hold for a request, or with `!` do not, before all else: `beta, !percent(5)`. Without it clients have no say.',
      ),
    workers: z
      .int()
      .min(1)
      .max(64)
      .prefault(1)
      .describe('Planner threads for operations that take long. One more plans the others meanwhile.'),
  })
  .prefault({})
  .describe('The query planner.');
