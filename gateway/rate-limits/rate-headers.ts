import type { Rate, Taken } from '../store/store';
import type { RateAsk } from './policy';

/** What a policy said of a call. */
export interface Judged {
  readonly ask: RateAsk;
  readonly taken: Taken;
}

/** What is left of it: `"per-client";r=50;t=30`. */
function limitField({ ask: { policy, quota }, taken }: Judged): string {
  return `"${policy.name}";r=${taken.remaining};t=${secondsUntilFull(quota.rate, taken)}`;
}

function secondsUntilFull({ tokens, periodMs, burst }: Rate, { remaining }: Taken): number {
  return Math.ceil(((burst - remaining) * periodMs) / tokens / 1_000);
}

const POLICY_HEADER = 'ratelimit-policy';
const LIMIT_HEADER = 'ratelimit';

/** The headers for what was judged, in the order of the policies. */
export function rateHeaders(judged: readonly Judged[]): readonly (readonly [name: string, value: string])[] {
  if (judged.length === 0) return [];
  return [
    [POLICY_HEADER, judged.map(({ ask }) => ask.quota.field).join(', ')],
    [LIMIT_HEADER, judged.map(limitField).join(', ')],
  ];
}

/** Seconds after which all of them would let the same pass, at least one; null: never. */
export function retryAfterSeconds(refusals: readonly Judged[]): number | null {
  const waitMs = Math.max(...refusals.map(({ taken }) => taken.retryAfterMs));
  return Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1_000)) : null;
}
