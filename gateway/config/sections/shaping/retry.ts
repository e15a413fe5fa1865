import { z } from 'zod';
import { duration } from '../../duration';
import { percentage } from '../../percentage';
import { complete, near } from './layers';
import { retryOn } from './retry-on';

const keys = {
  max_attempts: z.int().min(1).max(10).describe('1 for no retry.'),
  on: retryOn().describe('connect, timeout, a status ("503") or a range ("502-504").'),
  interval: duration({ minMs: 0 }).describe('Wait between retries; doubles, with jitter.'),
  max_interval: duration({ minMs: 0 }),
};

const budgetKeys = {
  ratio: percentage().describe('Retries allowed for each success.'),
  min_per_second: z.number().min(0).max(10_000),
};

const mutations = z
  .boolean()
  .refine(
    (again) => !again,
    'only false is possible: a mutation that may have been executed is never sent again, and one that was not sent goes to another instance anyway; remove this key',
  )
  .exactOptional()
  .describe('Mutations are sent again only when it is certain that they were not sent before.');

const defaults = {
  max_attempts: 3,
  on: ['connect', 'timeout', '500', '502-504'],
  interval: '25ms',
  max_interval: '250ms',
};

export const retry = {
  near: z
    .strictObject({ ...near(keys), budget: z.strictObject(near(budgetKeys)).exactOptional(), mutations })
    .exactOptional(),
  complete: z
    .strictObject({
      ...complete(keys, defaults),
      budget: z.strictObject(complete(budgetKeys, { ratio: '20%', min_per_second: 3 })).prefault({}),
      mutations,
    })
    .prefault({}),
};
