import { z } from 'zod';
import { BOOL } from '../../expressions/types';
import { DEFAULT_KEY, POLICY_VOCABULARY } from '../../rate-limits/policy';
import { duration } from '../duration';
import { expression, linearPattern } from '../expression';

const tokens = () => z.int().min(1).max(10_000_000);

const override = z.strictObject({
  matching: linearPattern().describe('Regular expression (RE2) on the key; the first that fits decides.'),
  rate: tokens().describe('As of the policy.'),
  period: duration().exactOptional().describe('That of the policy when absent.'),
  burst: tokens().exactOptional().describe('That of the policy when absent, or else the rate.'),
});

const policy = z.strictObject({
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'expected letters, digits and ._-')
    .describe('In headers, metrics and errors.'),
  when: expression(POLICY_VOCABULARY, BOOL)
    .prefault('true')
    .describe('Expression (CEL): the requests that it is for. One without a value is for all.'),
  key: expression(POLICY_VOCABULARY)
    .prefault(DEFAULT_KEY)
    .describe('Expression (CEL): what has a quota of its own; by default who asks, or else the address.'),
  rate: tokens().describe('Requests in a period.'),
  period: duration().prefault('1m').describe('The time that the rate is for.'),
  burst: tokens().exactOptional().describe('Requests that may come at once; the rate when absent.'),
  cost: z
    .enum(['requests', 'estimated'])
    .prefault('requests')
    .describe('What is counted: requests, or what they are estimated to cost.'),
  overrides: z.array(override).max(100).prefault([]).describe('Other rates for some keys.'),
});

const policies = z
  .array(policy)
  .min(1)
  .max(50)
  .superRefine((all, context) => {
    const names = new Set<string>();
    for (const [at, { name }] of all.entries()) {
      if (names.has(name))
        context.addIssue({ code: 'custom', path: [at, 'name'], message: `another policy is called ${name}` });
      names.add(name);
    }
  });

export const rateLimit = z
  .strictObject({
    policies: policies.describe('A request has to be allowed by all of them that are for it.'),
    on_store_error: z
      .enum(['local', 'allow', 'deny'])
      .prefault('local')
      .describe('When the store does not answer: count in this process, let pass, or refuse with 503.'),
  })
  .exactOptional()
  .describe('How many operations of whom in which time. Absent: nothing is counted.');
