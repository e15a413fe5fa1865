import { LatencyHistogram, median } from './statistics';

describe('median', () => {
  it('is the middle value, in numeric order', () => expect(median([10, 9, 1])).toBe(9));
  it('is the mean of the two in the middle when there is no middle', () => expect(median([4, 1, 3, 2])).toBe(2.5));
  it('of nothing is not a number', () => expect(median([])).toBeNaN());
});

describe('latency histogram', () => {
  const filled = (values: readonly number[]) => {
    const histogram = new LatencyHistogram();
    for (const value of values) histogram.record(value);
    return histogram;
  };

  it('gives quantiles within one percent', () => {
    const histogram = filled(Array.from({ length: 1_000 }, (_, index) => index + 1));
    for (const [share, expected] of [
      [0.5, 500],
      [0.99, 990],
      [1, 1_000],
    ] as const) {
      expect(Math.abs(histogram.quantileMs(share) / expected - 1)).toBeLessThan(0.011);
    }
  });

  it('keeps the shortest and the longest latencies in its first and last bucket', () => {
    const histogram = filled([0, 1e12]);
    expect(histogram.quantileMs(0.5)).toBeLessThan(0.0011);
    expect(histogram.quantileMs(1)).toBeGreaterThan(100_000);
  });

  it('has no quantile when it is empty, or has been cleared', () => {
    const histogram = filled([1]);
    histogram.clear();
    expect(histogram.quantileMs(0.5)).toBeNaN();
  });
});
