import { z } from 'zod';
import { duration } from '../duration';

export const store = z
  .strictObject({
    kind: z
      .literal('memory')
      .prefault('memory')
      .describe('Where it is: in the memory of the process, with workers of the primary.'),
    timeout: duration()
      .prefault('20ms')
      .describe('Longest wait for the store; then a request goes on without its answer.'),
  })
  .prefault({})
  .describe('What workers share: the queries that clients persist.');
