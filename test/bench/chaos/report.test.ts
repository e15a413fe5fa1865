import { type ChaosReport, formatChaos, type Trial } from './report';
import { readCosts } from './rows/cost';
import { largestShare } from './rows/herd';

const trial = (target: string, holds: boolean, text: string): Trial => ({
  row: 'LB-04',
  target,
  broke: null,
  outcome: { holds, text, figures: {} },
  delayMs: 1,
});
const REPORT: ChaosReport = {
  date: '2026-01-02T03:04:05Z',
  machine: {
    cpu: 'A CPU',
    cores: 2,
    memoryBytes: 1e9,
    system: 'Linux 6',
    nodeVersion: 'v20.18.1',
    loadAverage: [1.25, 1, 1],
    commit: 'abc',
  },
  loadAverageAtEnd: 2,
  repeat: 2,
  rows: [
    { id: 'LB-04', fault: 'kill', goal: '0 failed', compared: true },
    { id: 'LB-25', fault: 'drain', goal: '0 failed', compared: false },
  ],
  targets: [
    { id: 'headgate', title: 'Headgate' },
    { id: 'nginx', title: 'nginx' },
  ],
  trials: [
    trial('headgate', false, '1 failed'),
    trial('headgate', true, '0 failed'),
    trial('nginx', false, '3 failed'),
    { row: 'LB-25', target: 'headgate', broke: 'no port', outcome: null, delayMs: 50 },
  ],
};

describe('the report', () => {
  const lines = formatChaos(REPORT).split('\n');

  it('says where and how it was measured', () => {
    expect(lines[0]).toContain('A CPU, 2 cores, Linux 6, Node 20.18.1, Headgate abc; each row 2 ×');
  });

  it('shows for each row how many trials held, one that did not, and the others', () => {
    expect(lines).toContain('| LB-04 | kill | 0 failed | 1 of 2 | 1 failed | 3 failed |');
  });

  it('tells a trial that broke from one that did not hold', () => {
    expect(lines).toContain('| LB-25 | drain | 0 failed | 0 of 1 | broke: no port† | – |');
  });

  it('lists every trial of ours that did not hold', () => {
    expect(lines.filter((line) => line.startsWith('- '))).toEqual(['- LB-04: 1 failed', '- LB-25: broke: no port†']);
  });
});

it('reads what the measurement of costs prints', () => {
  const text = `| policy | 3 | 10 instances |
|---|--:|--:|
| adaptive | 120 | 180 |
| least-requests | 90 | 300 |

Cost of a request through a pool of 10 over a bare dispatch (LB-22: at most 2000 ns)

bare 900 ns, pooled 2400 ns, over it 1500 ns
`;
  expect(readCosts(text)).toEqual({
    policies: 2,
    adaptiveNs: 180,
    dearestNs: 300,
    dearest: 'least-requests',
    attemptNs: 1_500,
  });
});

it('finds the largest share that one had of any 100 ms', () => {
  const arrivals = [
    [10, 20, 110],
    [30, 120, 130, 140],
  ];
  expect([largestShare(arrivals, 0, 100), largestShare(arrivals, 0, 200)]).toEqual([2 / 3, 0.75]);
});
