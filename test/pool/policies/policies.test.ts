import { Instance } from '../../../gateway/pool/instance';
import { POLICIES } from '../../../gateway/pool/policies/policies';
import { instance, poolOptions } from '../../fixtures/pool-options';

/** Instances named a, b, c … with these weights; they open no socket until somebody sends. */
function withWeights(...weights: number[]): [Instance, ...Instance[]] {
  const pool = poolOptions([]);
  const made = weights.map(
    (weight, n) => new Instance(instance(`http://${'abcdef'[n]}.test:80/`, { weight }), pool, 0),
  );
  const [first, ...others] = made;
  if (first === undefined) throw new Error('a pool needs an instance');
  return [first, ...others];
}

const letter = (picked: Instance) => picked.id[0];

/** A uniform sequence that repeats in every run. */
function seeded(): () => number {
  let state = 42;
  return () => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return state / 2_147_483_648;
  };
}

function shares(policy: keyof typeof POLICIES, usable: [Instance, ...Instance[]], picks: number): number[] {
  const random = seeded();
  const counts = new Map(usable.map((one) => [one, 0]));
  for (let n = 0; n < picks; n += 1) {
    const picked = POLICIES[policy](usable, random);
    counts.set(picked, (counts.get(picked) ?? 0) + 1);
  }
  return [...counts.values()];
}

describe('round-robin', () => {
  it('spreads the weights 5, 1, 1 smoothly: a a b a c a a', () => {
    const usable = withWeights(5, 1, 1);
    const order = Array.from({ length: 14 }, () => letter(POLICIES['round-robin'](usable, Math.random)));
    expect(order.join(' ')).toBe('a a b a c a a a a b a c a a');
  });

  it('gives 10,000 picks to the weights 5, 3, 2 exactly', () => {
    expect(shares('round-robin', withWeights(5, 3, 2), 10_000)).toEqual([5000, 3000, 2000]);
  });
});

describe('random', () => {
  it('gives each instance its share by weight', () => {
    const counts = shares('random', withWeights(5, 3, 2), 10_000);
    const expected = [5000, 3000, 2000];
    const chiSquare = counts.reduce((sum, count, n) => sum + (count - (expected[n] ?? 0)) ** 2 / (expected[n] ?? 1), 0);
    expect(chiSquare).toBeLessThan(13.8);
  });
});

describe('least-requests', () => {
  it('picks the instance with the fewest requests in flight for its weight', () => {
    const usable = withWeights(2, 1);
    usable[0].inFlight = 1;
    expect(letter(POLICIES['least-requests'](usable, Math.random))).toBe('a');
    usable[0].inFlight = 2;
    expect(letter(POLICIES['least-requests'](usable, Math.random))).toBe('b');
  });

  it('goes round among equals', () => {
    expect(shares('least-requests', withWeights(1, 1, 1), 9)).toEqual([3, 3, 3]);
  });
});

describe('response-time', () => {
  it('prefers the instance that answers faster', () => {
    const usable = withWeights(1, 1);
    usable[0].observeLatency(100);
    usable[1]?.observeLatency(10);
    const [slow = 0, fast = 0] = shares('response-time', usable, 1000);
    expect(fast).toBeGreaterThan(2 * slow);
  });
});
