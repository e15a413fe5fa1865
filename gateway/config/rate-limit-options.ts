import type { RateLimitOptions, RateLimitPolicyOptions } from '../rate-limits/options';
import type { Settings } from './settings';

type PolicySettings = NonNullable<Settings['rate_limit']>['policies'][number];

/** Null when nothing is counted. */
export function rateLimitOptions({ rate_limit: section }: Settings): RateLimitOptions | null {
  if (section === undefined) return null;
  return { policies: section.policies.map(policyOptions), onStoreError: section.on_store_error };
}

/** What an override does not say is as of its policy. */
function policyOptions({
  name,
  when,
  key,
  rate,
  period,
  burst,
  cost,
  overrides,
}: PolicySettings): RateLimitPolicyOptions {
  return {
    name,
    when,
    key,
    cost,
    rate: { tokens: rate, periodMs: period, burst: burst ?? rate },
    overrides: overrides.map((own) => ({
      matching: own.matching,
      rate: { tokens: own.rate, periodMs: own.period ?? period, burst: own.burst ?? burst ?? own.rate },
    })),
  };
}
