import type { Tally } from './verdict';

/** With fewer members a mean and a deviation say nothing. */
const MEMBERS_MIN = 5;
const REQUESTS_MIN = 20;
/** How many standard deviations below the mean, and how many points, a success rate must lie. */
const DEVIATIONS = 1.9;
const POINTS = 0.05;
/** How much slower than its peers an instance must be, and how much to stay so called. */
const SLOW_FACTOR = 5;
const STILL_SLOW_FACTOR = 3;

/**
 * Finds who succeeds far less often than the others, over the current window. Pure.
 * @returns for each the success rate that is too low, null where it is not
 */
export function lowSuccessRates(members: readonly Tally[]): readonly (number | null)[] {
  const rates = members.map(({ requests, failures }) => (requests < REQUESTS_MIN ? null : 1 - failures / requests));
  const known = rates.filter((rate) => rate !== null);
  if (known.length < MEMBERS_MIN) return rates.map(() => null);
  const mean = known.reduce((sum, rate) => sum + rate, 0) / known.length;
  const deviation = Math.sqrt(known.reduce((sum, rate) => sum + (rate - mean) ** 2, 0) / known.length);
  const least = Math.min(mean - DEVIATIONS * deviation, mean - POINTS);
  return rates.map((rate) => (rate !== null && rate < least ? rate : null));
}

/**
 * Finds who answers far more slowly than the others. Pure.
 * @param medianMs median latency of each, null where there are too few answers
 * @param wasSlow who was slow before: it must come closer to the others to be called well again
 */
export function slowMembers(medianMs: readonly (number | null)[], wasSlow: readonly boolean[]): readonly boolean[] {
  const sorted = sortedOf(medianMs);
  return medianMs.map((own, at) => {
    if (own === null) return wasSlow[at] ?? false;
    const peers = medianWithout(own, sorted);
    return peers !== null && own > peers * (wasSlow[at] ? STILL_SLOW_FACTOR : SLOW_FACTOR);
  });
}

export function medianOf(values: readonly (number | null)[]): number | null {
  const sorted = sortedOf(values);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

function sortedOf(values: readonly (number | null)[]): readonly number[] {
  return values.filter((value) => value !== null).sort((a, b) => a - b);
}

/** Median of the others. @param own one of the sorted values */
function medianWithout(own: number, sorted: readonly number[]): number | null {
  const middle = Math.floor((sorted.length - 2) / 2);
  // Where the own value stands at the middle or before it, the others have moved down by one.
  const moved = middle >= 0 && own <= (sorted[middle] ?? 0) ? middle + 1 : middle;
  return sorted[moved] ?? null;
}
