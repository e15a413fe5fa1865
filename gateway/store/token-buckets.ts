import { type ByteBudget, KeptMap, textBytes } from '../kept';
import { isName } from './limits';
import type { Rate, Taken } from './store';

interface Bucket {
  /** Tokens times `periodMs`: whole numbers stay whole, however slowly it fills. */
  level: number;
  at: number;
}

const BUCKETS_MAX = 100_000;
const BUCKET_BYTES = 64;

export interface BucketOptions {
  readonly budget: ByteBudget;
  /** Milliseconds; never goes back. */
  readonly now: () => number;
}

/** Token buckets, those asked last. */
export class TokenBuckets {
  readonly #buckets: KeptMap<string, Bucket>;
  readonly #now: () => number;

  constructor({ budget, now }: BucketOptions) {
    const weigh = (_: Bucket, key: string) => textBytes(key) + BUCKET_BYTES;
    this.#buckets = new KeptMap({ name: 'store buckets', weigh, entriesMax: BUCKETS_MAX, budget });
    this.#now = now;
  }

  /** @returns null for a name that is too long: nothing could be kept of it */
  take(name: string, cost: number, rate: Rate): Taken | null {
    if (!isName(name)) return null;
    const { tokens, periodMs, burst } = rate;
    const bucket = this.#filled(name + suffixOf(rate), rate);
    const wanted = cost * periodMs;
    const taken = bucket.level >= wanted;
    const wait = cost > burst ? Number.POSITIVE_INFINITY : Math.ceil((wanted - bucket.level) / tokens);
    if (taken) bucket.level = Math.min(burst * periodMs, bucket.level - wanted);
    return { taken, remaining: Math.floor(bucket.level / periodMs), retryAfterMs: taken ? 0 : wait };
  }

  clear(): void {
    this.#buckets.clear();
  }

  /** The bucket with all that came into it until now. */
  #filled(key: string, { tokens, periodMs, burst }: Rate): Bucket {
    const at = Math.floor(this.#now());
    const full = burst * periodMs;
    const known = this.#buckets.get(key);
    if (known === undefined) {
      const bucket = { level: full, at };
      this.#buckets.set(key, bucket);
      return bucket;
    }
    known.level = Math.min(full, known.level + (at - known.at) * tokens);
    known.at = at;
    return known;
  }
}

/** Rates are few, and the same objects all the time. */
const suffixes = new WeakMap<Rate, string>();

/** What tells buckets of one name apart: the last line of a key, whatever the name has. */
function suffixOf(rate: Rate): string {
  const known = suffixes.get(rate);
  if (known !== undefined) return known;
  const suffix = `\n${rate.tokens} ${rate.periodMs} ${rate.burst}`;
  suffixes.set(rate, suffix);
  return suffix;
}
