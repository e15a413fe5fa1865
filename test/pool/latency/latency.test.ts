import { LatencyHistogram, Quantiles } from '../../../gateway/pool/latency/histogram';
import { PeakEwma } from '../../../gateway/pool/latency/peak-ewma';

describe('PeakEwma', () => {
  /** Known to take `latencyMs`, from a hundred answers up to `nowMs`. */
  const settled = (latencyMs: number, nowMs: number) => {
    const ewma = new PeakEwma();
    for (let n = 100; n > 0; n -= 1) ewma.observe(latencyMs, nowMs - n * latencyMs, latencyMs);
    return ewma;
  };

  it('rises at once to a slower answer', () => {
    const ewma = settled(5, 0);
    ewma.observe(100, 10, 5);
    expect(ewma.lastMs).toBe(100);
  });

  it('forgets a pause, which all under way saw at once, with the next ten answers', () => {
    const ewma = settled(10, 0);
    for (const waitedMs of [80, 75, 70, 60]) ewma.observe(waitedMs, 100, 10);
    expect(ewma.at(100)).toBeGreaterThan(60);
    for (let n = 1; n <= 10; n += 1) ewma.observe(10, 100 + n * 10, 10);
    expect(ewma.at(200)).toBeLessThan(13);
  });

  it('forgets a pause to a third in one second without an answer', () => {
    const ewma = settled(10, 0);
    ewma.observe(100, 0, 10);
    expect(ewma.at(1_000)).toBeCloseTo(100 / Math.E, 0);
  });

  it('forgets ever more slowly what is found slow each time, at last to a third in ten seconds', () => {
    const ewma = settled(10, 0);
    const kept: number[] = [];
    for (let time = 0; time < 5; time += 1) {
      const nowMs = time * 60_000;
      ewma.observe(100, nowMs, 10);
      kept.push(10 * Math.round(-100 / Math.log(ewma.at(nowMs + 1_000) / 100)));
    }
    expect(kept).toEqual([1_000, 2_000, 4_000, 8_000, 10_000]);
  });

  it('takes requests that waited at the same time for one witness', () => {
    const ewma = settled(10, 0);
    for (let n = 0; n < 20; n += 1) ewma.observe(100 + n, 100 + n, 10);
    expect(ewma.at(1_119)).toBeCloseTo(119 / Math.E, 0);
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
