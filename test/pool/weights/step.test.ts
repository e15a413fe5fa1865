import { stepWeights, type WeightSample } from '../../../gateway/pool/weights/step';

function sample(id: string, changes: Partial<WeightSample> = {}): WeightSample {
  return {
    id,
    weight: 1,
    factor: 1,
    comparable: true,
    group: 'primary',
    requests: 500,
    requestsPerSecond: 50,
    latencyMs: 20,
    errorShare: 0,
    utilization: null,
    ...changes,
  };
}

/** The factors after so many turns, one a second, while `next` says what is measured under them. */
function settle(samples: WeightSample[], turns: number, next: (one: WeightSample) => WeightSample = (one) => one) {
  let now = samples;
  for (let turn = 0; turn < turns; turn += 1) {
    const changes = new Map(stepWeights(now, 1_000, false).map(({ id, to }) => [id, to]));
    now = now.map((one) => next({ ...one, factor: changes.get(one.id) ?? one.factor }));
  }
  return Object.fromEntries(now.map(({ id, factor }) => [id, factor]));
}

describe('one turn of the slow loop', () => {
  it('changes nothing among equals', () => {
    expect(stepWeights([sample('a'), sample('b'), sample('c')], 1_000, false)).toEqual([]);
  });

  it('passes over a difference of a tenth', () => {
    expect(stepWeights([sample('a', { latencyMs: 18 }), sample('b', { latencyMs: 21 })], 1_000, false)).toEqual([]);
  });

  it('moves by a fifth in a second at most, whatever happened', () => {
    const slow = stepWeights([sample('a'), sample('b'), sample('c', { latencyMs: 2_000 })], 1_000, false);
    expect(slow).toEqual([{ id: 'c', from: 1, to: 0.8, reason: 'answers in 2000 ms (median 20 ms)' }]);
    const late = stepWeights([sample('a'), sample('b'), sample('c', { latencyMs: 2_000 })], 30_000, false);
    expect(late[0]?.to).toBe(0.8);
    const early = stepWeights([sample('a'), sample('b'), sample('c', { latencyMs: 2_000 })], 100, false);
    expect(early[0]?.to).toBeCloseTo(0.98);
  });

  it('keeps factors from a tenth to two', () => {
    const factors = settle([sample('a', { latencyMs: 1 }), sample('b'), sample('c', { latencyMs: 60_000 })], 60);
    expect(factors).toEqual({ a: 2, b: 1, c: expect.closeTo(0.1, 1) });
  });

  it('is frozen in panic', () => {
    expect(stepWeights([sample('a'), sample('b', { latencyMs: 900 })], 1_000, true)).toEqual([]);
  });

  it('neither moves nor measures by an instance that is not well', () => {
    const ejected = sample('c', { latencyMs: 9_000, comparable: false, factor: 0.4 });
    expect(stepWeights([sample('a'), sample('b'), ejected], 1_000, false)).toEqual([]);
  });

  it('compares within a group only', () => {
    const changes = stepWeights(
      [sample('a'), sample('b'), sample('far', { group: 'backup', latencyMs: 900 })],
      1_000,
      false,
    );
    expect(changes).toEqual([]);
  });

  it('gives an instance that fails less, by the share that fails', () => {
    const failing = sample('c', { errorShare: 0.3 });
    expect(settle([sample('a'), sample('b'), failing], 60).c).toBeCloseTo(0.512, 2);
    const [change] = stepWeights([sample('a'), sample('b'), failing], 1_000, false);
    expect(change?.reason).toContain('30 % failures');
  });

  it.each([
    ['too few requests', [sample('a'), sample('b', { factor: 0.5, requests: 3, latencyMs: 900 })]],
    ['nobody to compare with', [sample('b', { factor: 0.5 })]],
  ])('goes home to 1 with %s', (_name, samples) => {
    expect(settle(samples, 1).b).toBeCloseTo(0.6);
    expect(settle(samples, 60).b).toBe(1);
  });

  it('gives twice as much to an instance that can bear twice as much, and stays there', () => {
    // What the instances report follows from what they are given: 100 requests a second, capacities 200, 100 and 100.
    const capacity: Record<string, number> = { a: 200, b: 100, c: 100 };
    let total = 3;
    const measured = (one: WeightSample): WeightSample => {
      const requestsPerSecond = (150 * one.factor) / total;
      return { ...one, requestsPerSecond, utilization: requestsPerSecond / (capacity[one.id] ?? 1) };
    };
    let now = [sample('a'), sample('b'), sample('c')].map(measured);
    for (let turn = 0; turn < 60; turn += 1) {
      const changes = new Map(stepWeights(now, 1_000, false).map(({ id, to }) => [id, to]));
      now = now.map((one) => ({ ...one, factor: changes.get(one.id) ?? one.factor }));
      total = now.reduce((sum, { factor }) => sum + factor, 0);
      now = now.map(measured);
    }
    const [a, b, c] = now.map(({ factor }) => factor);
    expect((a ?? 0) / (b ?? 1)).toBeCloseTo(2, 0);
    expect(b).toBeCloseTo(c ?? 0);
    expect(stepWeights(now, 1_000, false)).toEqual([]);
  });

  it('respects the weights: an instance of weight 3 that is as busy as the others is where it should be', () => {
    const samples = [
      sample('a', { weight: 3, requestsPerSecond: 150, utilization: 0.5 }),
      sample('b', { requestsPerSecond: 50, utilization: 0.5 }),
    ];
    expect(stepWeights(samples, 1_000, false)).toEqual([]);
  });

  it.each([
    ['instances that have little to do', 0.15, 0.05],
    ['an instance that reports none', 0.9, null],
    ['an instance that reports zero', 0.9, 0],
  ])('does not compare utilisation with %s', (_name, one, other) => {
    const samples = [sample('a', { utilization: one }), sample('b', { utilization: other })];
    expect(stepWeights(samples, 1_000, false)).toEqual([]);
  });
});
