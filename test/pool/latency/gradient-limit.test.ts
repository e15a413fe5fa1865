import {
  afterAnswer,
  afterOverload,
  type GradientLimit,
  newGradientLimit,
} from '../../../gateway/pool/latency/gradient-limit';

/** An instance that serves `capacity` at once in 10 ms each, and queues what is more. */
function settle(start: GradientLimit, capacity: number, max: number, answers = 5_000): GradientLimit {
  let limit = start;
  for (let n = 0; n < answers; n += 1) {
    const inFlight = Math.floor(limit.limit);
    limit = afterAnswer(limit, 10 * Math.max(1, inFlight / capacity), inFlight, max);
  }
  return limit;
}

describe('the gradient limit', () => {
  it('shrinks to about what the instance bears', () => {
    const learned = settle(newGradientLimit(2), 1_000, 1_000, 20);
    const { limit } = settle({ ...learned, limit: 100 }, 20, 100, 1_000);
    expect(limit).toBeLessThan(60);
    expect(limit).toBeGreaterThan(10);
  });

  it('grows while the latency stays, up to the maximum', () => {
    expect(settle(newGradientLimit(4), 1_000, 64).limit).toBeCloseTo(64);
  });

  it('stays while it is not made use of', () => {
    const known = afterAnswer(newGradientLimit(10), 10, 1, 100);
    expect(afterAnswer(known, 10, 1, 100).limit).toBe(10);
  });

  it('gives way to refusals, and never below one', () => {
    let limit = newGradientLimit(10);
    for (let n = 0; n < 100; n += 1) limit = afterOverload(limit);
    expect(limit.limit).toBe(1);
  });
});
