import { inBackground } from '../background';
import type { Call } from '../call';
import { announce } from '../events';
import { keptBytes } from '../kept';
import { type Soon, then } from '../layers';
import type { Store, Taken } from '../store/store';
import { TokenBuckets } from '../store/token-buckets';
import type { RateLimitOptions } from './options';
import type { Policy, RateAsk } from './policy';
import type { Judged } from './rate-headers';

/** Where tokens were counted: in what processes share, in this process alone, or nowhere. */
type CountedBy = 'store' | 'local' | 'none';

interface Counted extends Judged {
  readonly by: CountedBy;
}

export interface RateVerdict {
  /** All policies that are for the call, in their order, as far as they were counted. */
  readonly judged: readonly Judged[];
  /** Empty: it may pass. */
  readonly refusals: readonly Judged[];
  /** The store did not answer, and the rule for that is to refuse. */
  readonly isUnknown: boolean;
}

const PASSED: RateVerdict = { judged: [], refusals: [], isUnknown: false };

export interface RateLimiterOptions {
  /** Null: there is no other process to share with. */
  readonly store: Store | null;
  readonly onStoreError: RateLimitOptions['onStoreError'];
  /** Milliseconds; never goes back. */
  readonly now?: () => number;
}

/** Takes the tokens of a call out of the buckets of all policies that are for it. */
export class RateLimiter {
  readonly #store: Store | null;
  readonly #onStoreError: RateLimitOptions['onStoreError'];
  readonly #local: TokenBuckets;

  constructor({ store, onStoreError, now = () => performance.now() }: RateLimiterOptions) {
    this.#store = store;
    this.#onStoreError = onStoreError;
    this.#local = new TokenBuckets({ budget: keptBytes, now });
  }

  /**
   * Asks all policies at once. When one of them refuses, what was taken for the others is given back: until then it is missing
   * to whoever asks at the same time, never the other way round.
   */
  judge(policies: readonly Policy[], call: Call): Soon<RateVerdict> {
    const counting: Soon<Counted>[] = [];
    let waits = false;
    for (const policy of policies) {
      const ask = policy.ask(call);
      if (ask === null) continue;
      const one = this.#take(ask);
      waits ||= one instanceof Promise;
      counting.push(one);
    }
    if (counting.length === 0) return PASSED;
    if (waits) return Promise.all(counting).then((all) => this.#conclude(all, call));
    return this.#conclude(counting as Counted[], call); // as: none is a promise
  }

  #conclude(all: readonly Counted[], call: Call): RateVerdict {
    const refusals = all.filter(({ taken }) => !taken.taken);
    const judged = all.filter(({ by }) => by !== 'none');
    for (const { ask, taken, by } of all) {
      if (taken.taken && refusals.length > 0) this.#giveBack(ask, by);
      announce('rate_limit.judged', {
        id: call.id,
        policy: ask.policy.name,
        result: taken.taken ? 'allowed' : 'refused',
        countedBy: by,
      });
    }
    return {
      judged,
      refusals: refusals.filter(({ by }) => by !== 'none'),
      isUnknown: refusals.some(({ by }) => by === 'none'),
    };
  }

  #take(ask: RateAsk): Soon<Counted> {
    if (this.#store === null) return this.#takeLocally(ask);
    return then(this.#store.take(ask.bucket, ask.tokens, ask.quota.rate), (taken) =>
      taken === null ? this.#withoutAnswer(ask) : { ask, taken, by: 'store' },
    );
  }

  #withoutAnswer(ask: RateAsk): Counted {
    if (this.#onStoreError === 'local') return this.#takeLocally(ask);
    const taken: Taken = { taken: this.#onStoreError === 'allow', remaining: 0, retryAfterMs: 0 };
    return { ask, taken, by: 'none' };
  }

  #takeLocally(ask: RateAsk): Counted {
    const taken = this.#local.take(ask.bucket, ask.tokens, ask.quota.rate);
    if (taken === null) throw new Error('the name of a bucket is too long');
    return { ask, taken, by: 'local' };
  }

  #giveBack({ bucket, tokens, quota: { rate } }: RateAsk, by: CountedBy): void {
    if (by === 'local') this.#local.take(bucket, -tokens, rate);
    const given = by === 'store' ? this.#store?.take(bucket, -tokens, rate) : undefined;
    if (given instanceof Promise) inBackground('rate limits', given);
  }
}
