import type { Call } from '../call';
import { type Soon, then } from '../layers';
import type { AskedLayer, Outcome } from '../operations/asked';
import { putCallHeaders } from '../operations/call-headers';
import type { ReadyLayer } from '../operations/flights';
import type { Store } from '../store/store';
import type { RateLimitOptions } from './options';
import { Policy } from './policy';
import { type Judged, rateHeaders } from './rate-headers';
import { RateLimiter } from './rate-limiter';
import { refusedOutcome } from './refusal';

interface Compiled {
  readonly limiter: RateLimiter;
  /** Those that need nothing of the operation: they refuse before it is even parsed. */
  readonly asked: readonly Policy[];
  readonly ready: readonly Policy[];
  readonly readsCost: boolean;
}

export interface RateLimitParts {
  /** Null: there is no other process to share with. */
  readonly store: Store | null;
  /** Milliseconds; never goes back. */
  readonly now?: () => number;
}

/**
 * The rate limits in service, which a new configuration replaces. Each operation that is asked for is judged for itself, over
 * whatever protocol it comes.
 */
export class RateLimits {
  readonly #parts: RateLimitParts;
  #options: RateLimitOptions;
  #current: Compiled;

  /** @throws {HeadgateError} EXPRESSION_INVALID */
  constructor(options: RateLimitOptions, parts: RateLimitParts) {
    this.#parts = parts;
    this.#options = options;
    this.#current = compile(options, new RateLimiter({ ...parts, onStoreError: options.onStoreError }));
  }

  /** Policies that are about who asks. */
  readonly asked: AskedLayer = {
    name: 'rate limits',
    wrap: (next) => (asked, call) => this.#judge(this.#current.asked, call, () => next(asked, call)),
  };

  /** Policies that read something of the operation. */
  readonly ready: ReadyLayer = {
    name: 'rate limits of operations',
    wrap: (next) => (ready, call) => this.#judge(this.#current.ready, call, () => next(ready, call)),
  };

  /** Whether any policy needs to know what operations cost. */
  get readsCost(): boolean {
    return this.#current.readsCost;
  }

  /**
   * Quotas go on as they are where a policy keeps its name and its rate.
   * @returns puts the new ones into service, which cannot fail
   * @throws {HeadgateError} EXPRESSION_INVALID
   */
  prepare(options: RateLimitOptions): () => void {
    const { onStoreError } = options;
    // Its own buckets are those of policies by name: they stay.
    const keeps = onStoreError === this.#options.onStoreError;
    const limiter = keeps ? this.#current.limiter : new RateLimiter({ ...this.#parts, onStoreError });
    const next = compile(options, limiter);
    return () => {
      this.#current = next;
      this.#options = options;
    };
  }

  #judge(policies: readonly Policy[], call: Call, next: () => Soon<Outcome>): Soon<Outcome> {
    if (policies.length === 0) return next();
    return then(this.#current.limiter.judge(policies, call), (verdict) => {
      tell(call, verdict.judged);
      return verdict.refusals.length > 0 || verdict.isUnknown ? refusedOutcome(verdict) : next();
    });
  }
}

function compile({ policies }: RateLimitOptions, limiter: RateLimiter): Compiled {
  const all = policies.map((policy, at) => new Policy(policy, `rate_limit.policies[${at}]`));
  return {
    limiter,
    asked: all.filter(({ readsOperation }) => !readsOperation),
    ready: all.filter(({ readsOperation }) => readsOperation),
    readsCost: all.some(({ readsCost }) => readsCost),
  };
}

function tell(call: Call, judged: readonly Judged[]): void {
  if (judged.length > 0) putCallHeaders(call, rateHeaders(judged));
}
