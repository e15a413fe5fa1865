import type { BenchReport } from './bench';
import type { Measurement } from './measure';
import { formatMs, formatRatio, formatReport, formatTable, summarize } from './report';

const measurement = (cpuMs: number, peakMemoryBytes = 100e6): Measurement => ({
  requests: 1_000,
  cpuMs,
  requestsPerSecond: 1_000 / cpuMs,
  p50Ms: 1,
  p99Ms: 2,
  peakMemoryBytes,
  subgraphRequests: 7,
  gatewayBusy: 1,
  benchBusy: 0.2,
});

const REPORT: BenchReport = {
  date: '2026-01-02T03:04:05.678Z',
  machine: {
    cpu: 'Some CPU',
    cores: 2,
    memoryBytes: 8e9,
    system: 'Linux 6',
    nodeVersion: 'v20.20.2',
    loadAverage: [0.5, 0, 0],
    commit: 'abc',
  },
  cores: { gateway: 0, load: 1, subgraphs: 1 },
  options: {
    gateways: ['headgate', 'stock', 'other'],
    operations: ['small'],
    traffic: ['unique'],
    connections: 50,
    seconds: 8,
    warmupSeconds: 4,
    rounds: 3,
    interleave: false,
    node: '/usr/bin/node',
  },
  answerBytes: { small: 221 },
  contestants: [
    { id: 'headgate', title: 'Headgate', version: '0.1.0' },
    { id: 'stock', title: 'Apollo gateway', version: '2' },
    { id: 'other', title: 'Other gateway', version: '', note: 'shares calls' },
  ],
  results: [
    {
      gateway: 'headgate',
      operation: 'small',
      traffic: 'unique',
      rounds: [0.5, 0.1, 0.2].map((ms) => measurement(ms)),
    },
    { gateway: 'stock', operation: 'small', traffic: 'unique', rounds: [measurement(2)] },
    { gateway: 'other', operation: 'small', traffic: 'unique', rounds: [], failure: 'npm install\nfailed | badly' },
  ],
};

describe('summary of rounds', () => {
  it('has the medians and the largest memory', () => {
    const rounds = [measurement(3, 10), measurement(1, 30), measurement(2, 20)];
    expect(summarize(rounds)).toMatchObject({ cpuMs: 2, peakMemoryBytes: 30 });
  });
});

describe('figures', () => {
  it.each([
    [1234.5, '1235'],
    [16.94, '16.9'],
    [9.04, '9.0'],
    [0.704, '0.70'],
    [0.0352, '0.035'],
  ])('%d ms reads %s', (ms, text) => {
    expect(formatMs(ms)).toBe(text);
  });

  it.each([
    [239.7, '240×'],
    [13.4, '13×'],
    [3.62, '3.6×'],
    [0.904, '0.90×'],
  ])('a ratio of %d reads %s', (ratio, text) => {
    expect(formatRatio(ratio)).toBe(text);
  });
});

describe('table', () => {
  it('aligns figures to the right and keeps cells on their line', () => {
    expect(formatTable(['a', 'b'], [['x\ny', '1|2']])).toBe('| a | b |\n|---|---:|\n| x y | 1\\|2 |');
  });
});

describe('report', () => {
  const text = formatReport(REPORT);

  it('compares with stock', () => {
    expect(text).toContain('| Headgate | 0.20 (10×) |');
    expect(text).toContain('| Apollo gateway | 2.0 |');
  });

  it('says why a gateway was not measured', () => {
    expect(text).toContain('| Other gateway | not measured |');
    expect(text).toContain('| Other gateway | not measured: npm install failed \\| badly |');
    expect(text).toContain('- Other gateway: could not be prepared; shares calls');
  });

  it('says where and how it was made', () => {
    expect(text).toContain(
      '2026-01-02: Some CPU, 2 cores, Linux 6, Node 20.20.2, Headgate abc; the gateway alone on one core',
    );
    expect(text).toContain('50 connections, 3 × 8 s after 4 s of warm-up');
  });

  it('marks figures that other work has disturbed', () => {
    const [first, ...others] = REPORT.results;
    if (first === undefined) throw new Error('no results');
    const rounds = [{ ...measurement(0.2), gatewayBusy: 0.5 }];
    const disturbed = formatReport({ ...REPORT, results: [{ ...first, rounds }, ...others] });
    expect(disturbed).toContain('| Headgate | 0.20 (10×)† |');
    expect(disturbed).toContain('† measured while other work had the cores');
    expect(text).not.toContain('†');
  });

  it('gives no ratio when stock was not in the run', () => {
    const [first] = REPORT.results;
    const alone = formatReport({ ...REPORT, results: first === undefined ? [] : [first] });
    expect(alone).toContain('| Headgate | 0.20 |');
    expect(alone).toContain('| Headgate | 0.20 | – |');
  });
});
