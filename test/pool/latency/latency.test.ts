import { LatencyHistogram, Quantiles } from '../../../gateway/pool/latency/histogram';
import { PeakEwma } from '../../../gateway/pool/latency/peak-ewma';

describe('PeakEwma', () => {
  it('rises at once and falls slowly', () => {
    const ewma = new PeakEwma();
    ewma.observe(5, 0, 5);
    ewma.observe(100, 10, 5);
    expect(ewma.lastMs).toBe(100);
    ewma.observe(5, 20, 5);
    expect(ewma.lastMs).toBeGreaterThan(99);
  });

  it('forgets to a third in ten seconds without an answer', () => {
    const ewma = new PeakEwma();
    ewma.observe(100, 0, 100);
    expect(ewma.at(10_000)).toBeCloseTo(100 / Math.E);
  });

  it('begins at what is usual: one quick first answer does not make a favourite', () => {
    const ewma = new PeakEwma();
    ewma.observe(0.1, 0, 10);
    expect(ewma.lastMs).toBeCloseTo(5.05);
  });
});

describe('Quantiles', () => {
  const filled = (values: readonly number[], nowMs = 0) => {
    const histogram = new LatencyHistogram(5_000, 0);
    for (const value of values) histogram.record(value, nowMs);
    return histogram;
  };
  const oneToHundred = Array.from({ length: 100 }, (_, n) => n + 1);

  it('are at most a seventh too long, and never too short', () => {
    const quantiles = new Quantiles().read([filled(oneToHundred)], 0);
    for (const share of [0.5, 0.95, 0.99]) {
      const found = quantiles.at(share, 1) ?? 0;
      expect(found).toBeGreaterThanOrEqual(share * 100);
      expect(found).toBeLessThanOrEqual(share * 100 * 1.16);
    }
  });

  it('are taken over several histograms', () => {
    const quantiles = new Quantiles().read([filled([1, 1, 1]), filled([9])], 0);
    expect(quantiles.at(0.75, 1)).toBeLessThan(2);
    expect(quantiles.at(0.9, 1)).toBeGreaterThan(8);
  });

  it('are not known from too few answers', () => {
    expect(new Quantiles().read([filled([1, 2])], 0).at(0.5, 3)).toBeNull();
  });

  it('forget what is two windows old', () => {
    const histogram = filled([100]);
    histogram.record(1, 6_000);
    expect(new Quantiles().read([histogram], 6_000).at(1, 1)).toBeGreaterThan(99);
    histogram.record(1, 11_500);
    expect(new Quantiles().read([histogram], 11_500).at(1, 1)).toBeLessThan(2);
  });
});
