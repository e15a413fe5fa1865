import { LoadRecord } from '../../../gateway/pool/weights/load-record';

/** `perSecond` requests of `latencyMs` in each of the seconds, figures taken at the end of each. */
function run(record: LoadRecord, seconds: number, perSecond: number, latencyMs: number, fromMs = 0) {
  let figures = record.figures(fromMs);
  for (let second = 1; second <= seconds; second += 1) {
    for (let request = 0; request < perSecond; request += 1) record.count('ok', latencyMs);
    figures = record.figures(fromMs + second * 1_000);
  }
  return figures;
}

describe('what is remembered of an instance', () => {
  it('gives rate and latency of a steady stream, also while the record is young', () => {
    const record = new LoadRecord(0);
    const young = run(record, 3, 50, 20);
    expect(young.requestsPerSecond).toBeGreaterThan(40);
    expect(young.requestsPerSecond).toBeLessThan(55);
    expect(young.latencyMs).toBeCloseTo(20);
    expect(run(record, 60, 50, 20, 3_000).requestsPerSecond).toBeCloseTo(47.5, 0);
  });

  it('counts failures and being asked for less, and leaves out what we gave up', () => {
    const record = new LoadRecord(0);
    for (const outcome of ['ok', '5xx', 'overload', 'app-error', 'cancelled'] as const) record.count(outcome, 10);
    expect(record.figures(0)).toMatchObject({ requests: 4, errorShare: 0.5, latencyMs: 10 });
  });

  it('forgets', () => {
    const record = new LoadRecord(0);
    run(record, 5, 50, 20);
    expect(record.figures(120_000)).toMatchObject({ latencyMs: null, requests: expect.closeTo(0, 1) });
  });

  it('takes the report of the newest answer while it is fresh', () => {
    const record = new LoadRecord(0);
    expect(record.figures(0).utilization).toBeNull();
    record.hear('TEXT cpu_utilization=0.5,rps_fractional=70', 1_000);
    expect(record.figures(1_000)).toMatchObject({ utilization: 0.5, requestsPerSecond: 70 });
    record.hear(undefined, 5_000);
    expect(record.figures(5_000).utilization).toBeCloseTo(0.5);
    expect(record.figures(12_000).utilization).toBeNull();
  });

  it('smooths utilisation as it smooths the rate', () => {
    const record = new LoadRecord(0);
    record.hear('TEXT cpu_utilization=0.2', 0);
    record.figures(0);
    record.hear(['TEXT cpu_utilization=1'], 10_000);
    expect(record.figures(10_000).utilization).toBeCloseTo(0.2 + 0.8 * (1 - Math.exp(-1)));
  });
});
