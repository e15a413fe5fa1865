import { GraphQLError } from 'graphql';
import { type Outcome, refused } from '../operations/asked';
import { retryAfterSeconds } from './rate-headers';
import type { RateVerdict } from './rate-limiter';

const UNKNOWN_RETRY_SECONDS = 1;

/** The answer to a call that policies refuse. */
export function refusedOutcome({ refusals, isUnknown }: RateVerdict): Outcome {
  // What could be counted has more to say.
  if (refusals.length === 0 && isUnknown) return refused([unknown()]);
  const violatedPolicies = refusals.map(({ ask }) => ask.policy.name);
  const retryAfter = retryAfterSeconds(refusals);
  const message =
    retryAfter === null
      ? 'this operation takes more than the rate limit ever allows at once'
      : `too many requests; try again after ${retryAfter} s`;
  return refused([errorOf('REQUEST_RATE_LIMITED', message, 429, retryAfter, { violatedPolicies })]);
}

function unknown(): GraphQLError {
  const message = 'rate limits cannot be looked at now; try again shortly';
  return errorOf('RATE_LIMIT_UNAVAILABLE', message, 503, UNKNOWN_RETRY_SECONDS, {});
}

function errorOf(
  code: 'REQUEST_RATE_LIMITED' | 'RATE_LIMIT_UNAVAILABLE',
  message: string,
  status: number,
  retryAfter: number | null,
  more: Readonly<Record<string, unknown>>,
): GraphQLError {
  const headers = new Map(retryAfter === null ? [] : [['retry-after', String(retryAfter)]]);
  const extensions = { code, ...more, ...(retryAfter !== null && { retryAfter }), http: { status, headers } };
  return new GraphQLError(message, { extensions });
}
