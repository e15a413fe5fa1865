import { mergeMetrics } from '../../gateway/workers/merge-metrics';

const HEAD = '# HELP requests_total Requests.\n# TYPE requests_total counter';

function answer(worker: number, body: string) {
  return { worker, answer: { status: 200, headers: { 'content-type': 'text/plain; version=0.0.4' }, body } };
}

describe('metrics of several workers', () => {
  it('are told apart by a label and kept in one block a family', () => {
    const first = answer(1, `${HEAD}\nrequests_total{code="200"} 3\n\n# TYPE up gauge\nup 1\n`);
    const second = answer(2, `${HEAD}\nrequests_total{code="200",note="a } b"} 4 1700000000\n`);
    const merged = mergeMetrics([first, second]);
    expect(merged.headers).toEqual({ 'content-type': 'text/plain; version=0.0.4' });
    expect(merged.body).toBe(
      `${HEAD}
requests_total{worker="1",code="200"} 3
requests_total{worker="2",code="200",note="a } b"} 4 1700000000

# TYPE up gauge
up{worker="1"} 1
`,
    );
  });
});
