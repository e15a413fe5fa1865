import fc from 'fast-check';
import { ReceivedCall } from '../../gateway/call';
import { subscribe } from '../../gateway/events';
import { ByteBudget } from '../../gateway/kept';
import type { RateLimitPolicyOptions } from '../../gateway/rate-limits/options';
import { Policy } from '../../gateway/rate-limits/policy';
import { RateLimiter, type RateLimiterOptions, type RateVerdict } from '../../gateway/rate-limits/rate-limiter';
import { MemoryStore } from '../../gateway/store/memory-store';
import type { Store } from '../../gateway/store/store';

const RATE = { tokens: 2, periodMs: 1_000, burst: 2 };

function policy(given: Partial<RateLimitPolicyOptions> = {}): Policy {
  const plain = {
    name: 'p',
    when: 'true',
    key: 'request.client.id',
    rate: RATE,
    cost: 'requests' as const,
    overrides: [],
  };
  return new Policy({ ...plain, ...given }, 'rate_limit.policies[0]');
}

const call = (headers: ReceivedCall['headers'] = {}, address = '203.0.113.9') => new ReceivedCall(headers, address);

/** A store whose answers are a turn late; null: it has none. */
function lateStore(store: MemoryStore, answers: () => boolean): Store {
  const late: Pick<Store, 'take'> = {
    take: async (bucket, cost, rate) => (answers() ? store.take(bucket, cost, rate) : null),
  };
  return Object.assign(Object.create(store), late);
}

describe('a policy', () => {
  const bucketOf = (one: Policy, from: ReceivedCall) => one.ask(from)?.bucket;

  it('counts whoever asks, and else the network that a request comes from', () => {
    const plain = policy();
    expect(bucketOf(plain, call())).toBe(bucketOf(plain, call({ 'x-any': '1' })));
    expect(bucketOf(plain, call())).not.toBe(bucketOf(plain, call({}, '203.0.113.10')));
    expect(bucketOf(plain, call({}, '2001:db8::1'))).toBe(bucketOf(plain, call({}, '2001:db8::ffff')));
  });

  it('has buckets of a length that no client chooses, and of no secret', () => {
    const byKey = policy({ key: 'request.headers["x-api-key"]' });
    const bucket = bucketOf(byKey, call({ 'x-api-key': 'secret'.repeat(2_000) })) ?? '';
    expect(bucket.length).toBeLessThan(100);
    expect(bucket).not.toContain('secret');
  });

  it('falls back to the client where the key has no value, in buckets that no key can name', () => {
    const byTenant = policy({ key: 'request.headers["x-tenant"]' });
    expect(bucketOf(byTenant, call())).toBe(bucketOf(byTenant, call()));
    expect(bucketOf(byTenant, call())).not.toBe(bucketOf(byTenant, call({ 'x-tenant': '203.0.113.9' })));
  });

  it('is for the calls that its condition says, and for those of which it says nothing', () => {
    const some = policy({ when: 'request.headers["x-plan"] == "free"' });
    expect(some.ask(call({ 'x-plan': 'paid' }))).toBeNull();
    expect(some.ask(call({ 'x-plan': 'free' }))).not.toBeNull();
    expect(some.ask(call())).not.toBeNull();
  });

  it('has other rates for keys that a pattern fits, the first of them', () => {
    const rate = (tokens: number) => ({ ...RATE, tokens });
    const overrides = [
      { matching: '^gold-', rate: rate(10) },
      { matching: '-eu$', rate: rate(20) },
    ];
    const byTier = policy({ key: 'request.headers["x-tier"]', overrides });
    const tokens = (tier: string) => byTier.ask(call({ 'x-tier': tier }))?.quota.rate.tokens;
    expect(['gold-eu', 'silver-eu', 'silver', 'not gold-'].map(tokens)).toEqual([10, 20, 2, 2]);
  });

  it('takes keys that are no text', () => {
    const byLength = policy({ key: 'size(request.path)' });
    expect(bucketOf(byLength, call())).toBe(bucketOf(byLength, call({ 'x-any': '1' })));
    expect(bucketOf(byLength, call())).not.toBe(bucketOf(policy(), call()));
  });

  it.each([
    ['request.client.id', false],
    ['operation.name', true],
  ])('with the key %s reads the operation: %s', (key, reads) => {
    expect(policy({ key }).readsOperation).toBe(reads);
  });
});

describe('the rate limiter', () => {
  let now = 0;
  const memory = () => new MemoryStore({ now: () => now, budget: new ByteBudget(10_000_000) });
  const limiter = (given: Partial<RateLimiterOptions> = {}) =>
    new RateLimiter({ store: null, onStoreError: 'local', now: () => now, ...given });
  const passes = ({ refusals, isUnknown }: RateVerdict) => refusals.length === 0 && !isUnknown;

  beforeEach(() => {
    now = 0;
  });

  it('takes from no policy when one of them refuses', async () => {
    const [narrow, wide] = [
      policy({ name: 'narrow' }),
      policy({ name: 'wide', rate: { ...RATE, burst: 5, tokens: 5 } }),
    ];
    for (const store of [null, memory(), lateStore(memory(), () => true)]) {
      const limits = limiter({ store });
      const left = async () => (await limits.judge([wide], call())).judged[0]?.taken.remaining;
      for (let times = 0; times < 4; times++) await limits.judge([narrow, wide], call());
      expect(await left()).toBe(2);
    }
  });

  it.each([
    ['local', [true, true, false]],
    ['allow', [true, true, true]],
    ['deny', [false, false, false]],
  ] as const)('does as %s says while the store does not answer', async (onStoreError, passed) => {
    let answers = false;
    const limits = limiter({ store: lateStore(memory(), () => answers), onStoreError });
    const told: string[] = [];
    const stop = subscribe('rate_limit.judged', ({ countedBy }) => told.push(countedBy));
    const verdicts = [];
    for (let times = 0; times < 3; times++) verdicts.push(await limits.judge([policy()], call()));
    answers = true;
    expect(passes(await limits.judge([policy()], call()))).toBe(true);
    stop();
    expect(verdicts.map(passes)).toEqual(passed);
    expect(told).toEqual([...Array(3).fill(onStoreError === 'local' ? 'local' : 'none'), 'store']);
  });

  it('says what the generic cell rate algorithm says, whatever is asked when', () => {
    const rates = fc.record({
      tokens: fc.integer({ min: 1, max: 9 }),
      periodMs: fc.integer({ min: 1, max: 50 }),
      burst: fc.integer({ min: 1, max: 6 }),
    });
    const asks = fc.array(fc.record({ pauseMs: fc.integer({ min: 0, max: 25 }), client: fc.constantFrom('a', 'b') }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(fc.array(rates, { minLength: 1, maxLength: 3 }), asks, (given, turns) => {
        now = 0;
        const limits = limiter({ store: memory() });
        const policies = given.map((rate, at) => policy({ name: `p${at}`, key: 'request.headers["x-client"]', rate }));
        const model = new ReferenceGcra();
        for (const { pauseMs, client } of turns) {
          now += pauseMs;
          const verdict = limits.judge(policies, call({ 'x-client': client })) as RateVerdict; // as: the store is in memory
          const names = given.map((_, at) => `p${at} ${client}`);
          const refusing = names.filter((name, at) => !model.wouldPass(name, given[at] ?? RATE, now));
          if (refusing.length === 0) for (const [at, name] of names.entries()) model.pass(name, given[at] ?? RATE, now);
          const refused = verdict.refusals.map(({ ask }) => `${ask.policy.name} ${client}`);
          expect(refused).toEqual(refusing);
          // Whoever waits as long as he is told finds that policy open, and not a millisecond before.
          for (const { ask, taken } of verdict.refusals) {
            const name = `${ask.policy.name} ${client}`;
            expect(model.wouldPass(name, ask.quota.rate, now + taken.retryAfterMs)).toBe(true);
            expect(model.wouldPass(name, ask.quota.rate, now + taken.retryAfterMs - 1)).toBe(false);
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});

/**
 * The algorithm as ATM Forum TM 4.0 writes it, with the theoretical arrival time: an increment T for each request and a tolerance of
 * (burst - 1) T. Times are in parts of a millisecond that make all of them whole.
 */
class ReferenceGcra {
  readonly #arrival = new Map<string, bigint>();

  wouldPass(name: string, { tokens, periodMs, burst }: typeof RATE, nowMs: number): boolean {
    const increment = BigInt(periodMs);
    const tolerance = increment * BigInt(burst - 1);
    return BigInt(nowMs * tokens) >= (this.#arrival.get(name) ?? 0n) - tolerance;
  }

  pass(name: string, { tokens, periodMs }: typeof RATE, nowMs: number): void {
    const [now, expected] = [BigInt(nowMs * tokens), this.#arrival.get(name) ?? 0n];
    this.#arrival.set(name, (now > expected ? now : expected) + BigInt(periodMs));
  }
}
