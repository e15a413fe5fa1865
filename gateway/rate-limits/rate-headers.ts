import type { Rate, Taken } from '../store/store';
import type { RateAsk } from './policy';

/** What a policy said of a call. */
export interface Judged {
  readonly ask: RateAsk;
  readonly taken: Taken;
}

/** The rate of a policy as a structured field: `"per-client";q=100;w=60`; draft-ietf-httpapi-ratelimit-headers. */
function policyField({ ask: { policy, rate } }: Judged): string {
  const seconds = rate.periodMs / 1_000;
  // The window is in whole seconds; without one, the quota has no unit of time.
  const window = Number.isInteger(seconds) ? `;w=${seconds}` : '';
  const unit = policy.isOfCost ? ';headgate-unit=cost' : '';
  return `"${policy.name}";q=${rate.tokens}${window}${unit}`;
}

/** What is left of it: `"per-client";r=50;t=30`. */
function limitField({ ask: { policy, rate }, taken }: Judged): string {
  return `"${policy.name}";r=${taken.remaining};t=${secondsUntilFull(rate, taken)}`;
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
    [POLICY_HEADER, judged.map(policyField).join(', ')],
    [LIMIT_HEADER, judged.map(limitField).join(', ')],
  ];
}

/** Seconds after which all of them would let the same pass, at least one; null: never. */
export function retryAfterSeconds(refusals: readonly Judged[]): number | null {
  const waitMs = Math.max(...refusals.map(({ taken }) => taken.retryAfterMs));
  return Number.isFinite(waitMs) ? Math.max(1, Math.ceil(waitMs / 1_000)) : null;
}
