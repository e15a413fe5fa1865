import { z } from 'zod';
import { size } from '../size';

export const memory = z
  .strictObject({
    kept_bytes: size()
      .optional()
      .describe(
        'What a process keeps because of clients: plans, prepared operations, last answers. Default: 128MB, a quarter of the heap where that is less.',
      ),
    under_way_bytes: size()
      .optional()
      .describe(
        'What the answers under way of a process may hold: 5 bytes for each byte of a subgraph answer. Default: 40 % of the heap.',
      ),
  })
  .prefault({})
  .describe('Budgets of each process; with workers, of each worker, and of their primary for what they share.');
