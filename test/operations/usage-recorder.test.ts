import { randomBytes } from 'node:crypto';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { type Events, subscribe } from '../../gateway/events';
import { Facts } from '../../gateway/facts';
import type { Ready } from '../../gateway/operations/flights';
import { UsageRecorder } from '../../gateway/operations/usage-recorder';
import type { UsageReport } from '../../gateway/usage/counts';

const OUTCOME = { data: {}, errors: [], headers: new Map() };

function collectGarbage(): void {
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

describe('the recorder of usage', () => {
  let reports: UsageReport[];
  let recorder: UsageRecorder;
  let executed: number;

  beforeEach(() => {
    reports = [];
    executed = 0;
    recorder = new UsageRecorder(
      (more) => reports.push(...more),
      () => 1_000,
    );
  });
  afterEach(() => recorder.close());

  /** An operation that is ready, as often as it is asked for the same object. */
  function operation(query: string, name: string | null = null): Ready {
    // As: the recorder looks at no more than this.
    return { asked: { query }, prepared: { head: { name, kind: 'query' } } } as unknown as Ready;
  }

  function ask(ready: Ready, headers: Record<string, string> = {}): void {
    const step = recorder.layer.wrap(() => {
      executed += 1;
      return OUTCOME;
    });
    const facts: Facts = new Facts({
      method: 'POST',
      path: '/',
      search: '',
      headers,
      remoteAddress: undefined,
      operation: null,
      get facts() {
        return facts;
      },
    });
    const call = { headers, facts };
    void step(ready, call as never);
  }

  it('counts by operation and client, whichever object it is prepared as', async () => {
    const ready = operation('query A { a }', 'A');
    ask(ready, { 'apollographql-client-name': 'web', 'apollographql-client-version': '2' });
    ask(ready, { 'graphql-client-name': 'web', 'graphql-client-version': '2' });
    ask(ready);
    ask(operation('query A {\n a }', 'A'));
    expect(executed).toBe(4);
    await recorder.report();
    expect(reports.map(({ operation: { name, text } }) => [name, text])).toEqual([
      ['A', 'query A {\n  a\n}'],
      ['A', 'query A {\n  a\n}'],
    ]);
    expect(new Set(reports.map(({ operation: { id } }) => id)).size).toBe(1);
    expect(reports[0]?.clients).toEqual([
      { client: { name: null, version: null }, count: 1, lastAt: 1_000 },
      { client: { name: 'web', version: '2' }, count: 2, lastAt: 1_000 },
    ]);
  });

  it('reports each use once', async () => {
    const ready = operation('{ a }');
    ask(ready);
    await recorder.report();
    await recorder.report();
    expect(reports).toHaveLength(1);
    ask(ready);
    ask(ready);
    await recorder.close();
    expect(reports.map(({ clients }) => clients[0]?.count)).toEqual([1, 2]);
  });

  it('tells 200 clients of an operation apart, and counts the others together; long names are cut', async () => {
    const ready = operation('{ a }');
    for (let n = 0; n < 1_000; n++) ask(ready, { 'apollographql-client-name': `${n}-${'x'.repeat(500)}` });
    await recorder.report();
    const clients = reports[0]?.clients ?? [];
    expect(clients).toHaveLength(201);
    expect(clients[0]).toMatchObject({ client: { name: null }, count: 800 });
    expect(clients[1]?.client.name).toHaveLength(128);
  });

  it('keeps 16 MB of texts, and says how many requests it has dropped', async () => {
    const dropped: Events['usage.dropped'][] = [];
    const stop = subscribe('usage.dropped', (event) => dropped.push(event));
    for (let n = 0; n < 20; n++) ask(operation(`{ a${n} }${' '.repeat(1_000_000)}`));
    expect(executed).toBe(20);
    await recorder.report();
    stop();
    expect(reports).toHaveLength(15);
    expect(dropped).toEqual([{ requests: 5 }]);
  });

  it('keeps no more of clients whose names are as long as headers may be, for however many operations', async () => {
    const before = process.memoryUsage().heapUsed;
    for (let at = 0; at < 40; at++) {
      const ready = operation(`{ a${at} }`);
      for (let n = 0; n < 200; n++) {
        const name = `${at}-${n}-${randomBytes(4_000).toString('hex')}`;
        ask(ready, { 'apollographql-client-name': name, 'apollographql-client-version': name });
      }
    }
    collectGarbage();
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(16_000_000);
    await recorder.report();
    expect(reports).toHaveLength(40);
  });

  it('counts small operations by more than their texts', async () => {
    for (let n = 0; n < 40_000; n++) ask(operation(`{ a${n} }`));
    await recorder.report();
    expect(reports.length).toBeGreaterThan(30_000);
    expect(reports.length).toBeLessThan(32_000);
  });
});
