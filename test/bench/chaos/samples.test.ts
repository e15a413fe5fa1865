import { failureIn } from './arrivals';
import { backAfterMs, describeFailures, executedTwice, failed, metricSum, quantileMs, type Sample } from './samples';

const sample = (dueMs: number, latencyMs: number, failure = ''): Sample => ({
  id: `q${dueMs}`,
  dueMs,
  latencyMs,
  ok: failure === '',
  failure,
});
const SAMPLES = [sample(0, 5), sample(10, 2_000, '502'), sample(20, 7), sample(30, 1, '502'), sample(40, 1, 'errors')];

describe('samples', () => {
  it('take quantiles of what succeeded only', () => {
    expect([quantileMs(SAMPLES, 0.5), quantileMs(SAMPLES, 1), quantileMs([], 0.5)]).toEqual([7, 7, Number.NaN]);
  });

  it('count and name the failures, most frequent first', () => {
    expect([failed(SAMPLES), describeFailures(SAMPLES), describeFailures([])]).toEqual([3, '2 × 502, 1 × errors', '']);
  });

  it('say how long after the end of a fault a request failed that was due after it', () => {
    expect([backAfterMs(SAMPLES, 25), backAfterMs(SAMPLES, 50)]).toEqual([15, 0]);
  });

  it('find ids that were executed more than once', () => {
    expect(executedTwice(['m1', 'm2', 'm1', 'm1', 'm3'])).toBe(1);
  });
});

it('sums a metric over the labels that fit', () => {
  const text =
    '# HELP a_total x\na_total{kind="first",i="1"} 3\na_total{kind="retry",i="1"} 2\na_total_more{i="1"} 9\n';
  expect([metricSum(text, 'a_total'), metricSum(text, 'a_total', 'retry'), metricSum('', 'a_total')]).toEqual([
    5, 2, 0,
  ]);
});

it('finds what is wrong with an answer', () => {
  const refused = '{"errors":[{"extensions":{"code":"SUBGRAPH_TIMEOUT"}}]}';
  expect([
    failureIn(200, '{"data":{"ping":"q1"}}'),
    failureIn(200, refused),
    failureIn(502, 'bad gateway'),
    failureIn(200, '{"errors":[]}'),
  ]).toEqual(['', 'SUBGRAPH_TIMEOUT', '502', 'errors']);
});
