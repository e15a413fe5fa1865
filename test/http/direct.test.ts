import { CancellationSource } from '../../gateway/cancellation';
import { DirectWay } from '../../gateway/http/direct';
import type { RouteRequest } from '../../gateway/http/route';
import type { Pipeline, PreparedOperation } from '../../gateway/pipeline';

const BODY = JSON.stringify({ query: '{ a }' });

/** An operation of one version, whose executions are answered by `finish`. */
function operationOf(version: string, kind: 'query' | 'mutation' = 'query') {
  const waiting: (() => void)[] = [];
  const operation: PreparedOperation = {
    kind,
    name: null,
    shareKey: ({ authorization }) => authorization ?? '',
    execute: () =>
      new Promise((resolve) => {
        waiting.push(() => resolve({ data: { a: version }, errors: [] }));
      }),
  };
  const finish = () => {
    for (const answer of waiting) answer();
  };
  return { operation, waiting, finish };
}

function directWay(current: () => PreparedOperation, shares = true) {
  // as: all that the direct way asks of the pipeline
  const way = new DirectWay({ prepared: current } as unknown as Pipeline, 10_000, shares);
  const gone = new CancellationSource();
  return (headers: RouteRequest['headers'] = {}) => {
    // as: all that the direct way reads of a request
    const request = { headers, startedAt: performance.now(), gone } as unknown as RouteRequest;
    return way.answer(request, BODY, way.read(BODY));
  };
}

describe('equal queries in flight', () => {
  it('share one execution and one buffer', async () => {
    const { operation, waiting, finish } = operationOf('1');
    const ask = directWay(() => operation);
    const answers = [ask(), ask(), ask()];
    expect(waiting).toHaveLength(1);
    finish();
    const bodies = await Promise.all(answers.map(async (answer) => (await answer)?.body));
    expect(bodies[0]?.toString()).toBe('{"data":{"a":"1"}}\n');
    expect(new Set(bodies).size).toBe(1);
  });

  it('share nothing when what may change the answer differs', async () => {
    const { operation, waiting, finish } = operationOf('1');
    const ask = directWay(() => operation);
    const answers = [ask({ authorization: 'a' }), ask({ authorization: 'b' })];
    expect(waiting).toHaveLength(2);
    finish();
    await Promise.all(answers);
  });

  it('share nothing with those that an older version still works on', async () => {
    const older = operationOf('1');
    const newer = operationOf('2');
    let current = older;
    const ask = directWay(() => current.operation);
    const before = ask();
    current = newer;
    const after = ask();
    older.finish();
    newer.finish();
    expect((await before)?.body.toString()).toContain('"1"');
    expect((await after)?.body.toString()).toContain('"2"');
  });

  it.each([
    { what: 'they are mutations', kind: 'mutation', shares: true } as const,
    { what: 'that is switched off', kind: 'query', shares: false } as const,
  ])('share nothing when $what', async ({ kind, shares }) => {
    const { operation, waiting, finish } = operationOf('1', kind);
    const ask = directWay(() => operation, shares);
    const answers = [ask(), ask()];
    expect(waiting).toHaveLength(2);
    finish();
    await Promise.all(answers);
  });
});
