import { once } from 'node:events';
import { inBackground } from '../../gateway/background';
import { type Events, subscribe } from '../../gateway/events';
import { ByteBudget } from '../../gateway/kept';
import { MemoryStore } from '../../gateway/store/memory-store';
import type { StoreBatch, StorePublished } from '../../gateway/store/messages';
import { PrimaryStore } from '../../gateway/store/primary-store';
import { StoreHost } from '../../gateway/store/store-host';
import { until } from '../fixtures/held-time';
import { StoreProcess } from '../fixtures/store-ends';
import type { Step } from '../fixtures/store-process';

const RATE = { tokens: 1, periodMs: 1_000, burst: 1 };
const get = (...keys: string[]): Step => ({ op: 'get', keys });
const set = (key: string, text: string): Step => ({
  op: 'set',
  entries: [{ key, value: Buffer.from(text), ttlMs: 60_000, tags: [] }],
});
const newHost = () => new StoreHost(new MemoryStore({ budget: new ByteBudget(50_000_000) }));
const opsOf = (batch: StoreBatch | undefined) => batch?.asks.map(({ op }) => op);

describe('the store of the primary, asked by another process', () => {
  let end: StoreProcess;

  function begin(timeoutMs: number): void {
    end = new StoreProcess(timeoutMs);
    end.host = newHost();
  }

  afterEach(() => end.close());

  /** Answers what was held, and all that comes from now on. */
  function release(): void {
    end.held = false;
    for (const batch of end.asked) end.answer(batch);
  }

  describe('that answers', () => {
    beforeEach(() => begin(100_000));

    it('gets one message for all that was asked in one turn', async () => {
      await end.useOnly(set('a', '1'), get('a'), { op: 'take', bucket: 'b', cost: 1, rate: RATE }, get('a', 'b'));
      expect(end.asked.map(opsOf)).toEqual([['set', 'get', 'take', 'get']]);
    });

    it('gets one message at a time, and the next one with all that was asked meanwhile', async () => {
      end.held = true;
      const all = [end.useOnly(get('a'))];
      await until(() => end.asked.length > 0);
      all.push(end.useOnly(set('a', '1'), get('a')), end.useOnly(get('b')));
      // What it was sent before this is read before this.
      await end.useOnly({ op: 'unfollow' });
      expect(end.asked.map(opsOf)).toEqual([['get']]);
      release();
      expect(await Promise.all(all)).toMatchObject([[[null]], [undefined, [Buffer.from('1')]], [[null]]]);
      expect(end.asked.map(opsOf)).toEqual([['get'], ['set', 'get', 'get']]);
    });

    it('gets no message beyond its limit: what has no room goes on without it', async () => {
      const large = 'x'.repeat(500_000);
      const steps = ['a', 'b', 'c', 'd', 'e'].map((key) => set(key, large));
      await end.use(...steps);
      expect(end.asked.map(opsOf)).toEqual([['set', 'set', 'set', 'get']]);
    });

    it('answers within its limit: values beyond it are not found', async () => {
      for (const key of ['a', 'b', 'c', 'd', 'e']) await end.use(set(key, 'x'.repeat(500_000)));
      const [found, small] = await end.use(get('a', 'b', 'c', 'd', 'e'), get('a'));
      const there = (values: unknown) => (values as (Buffer | null)[]).map((value) => value !== null); // as: a `get`
      expect([there(found), there(small)]).toEqual([[true, true, true, true, false], [false]]);
    });
  });

  describe('that does not answer in time', () => {
    beforeEach(() => begin(5));

    it('is gone on without, and not asked again until it has answered', async () => {
      end.held = true;
      const take: Step = { op: 'take', bucket: 'b', cost: 1, rate: RATE };
      const without = [[null, null], undefined, null, null];
      expect(await end.useOnly(get('a', 'b'), set('a', '1'), take, { op: 'drop', tags: ['x'] })).toEqual(without);
      for (let at = 0; at < 3; at++)
        expect(await end.useOnly(get('a', 'b'), set('b', '2'))).toEqual([[null, null], undefined]);
      expect(end.asked).toHaveLength(1);
      release();
      let found: readonly unknown[] = [];
      while (found[0] === undefined || JSON.stringify(found[0]) === '[null]') found = await end.useOnly(get('a'));
      // What was set while it said nothing is lost; what was sent to it is not.
      expect(found).toEqual([[Buffer.from('1')]]);
    });
  });
});

describe('a process whose primary is gone', () => {
  it('leaves nothing waiting, and ends', async () => {
    const end = new StoreProcess(1_000_000);
    end.held = true;
    inBackground('the test', end.useOnly(get('a'), set('a', '1')));
    await until(() => end.asked.length > 0);
    end.child.disconnect();
    // Nothing would end it before its time limit.
    expect(await once(end.child, 'exit')).toEqual([0, null]);
  });
});

describe("the workers' end", () => {
  const events: string[] = [];
  const stops: (() => void)[] = [];

  beforeAll(() => {
    const note = (name: keyof Events) =>
      stops.push(subscribe(name, (event) => events.push(`${name} ${JSON.stringify(event)}`)));
    note('store.used');
    note('store.unanswered');
  });
  beforeEach(() => {
    events.length = 0;
  });
  afterAll(() => {
    for (const stop of stops) stop();
  });

  it('leaves nobody waiting when it is closed, and goes on without from then on', async () => {
    const sent: StoreBatch[] = [];
    const store = new PrimaryStore((batch) => sent.push(batch), { timeoutMs: 100_000 });
    const waiting = store.get(['a']);
    await new Promise(setImmediate);
    const gathered = store.take('b', 1, RATE);
    store.close();
    expect([await waiting, await gathered]).toEqual([[null], null]);
    expect([store.get(['a', 'b']), store.drop([]), store.take('b', 1, RATE)]).toEqual([[null, null], null, null]);
    expect(sent).toHaveLength(1);
  });

  it('tells what was answered and what was not, and warns once of many', async () => {
    const host = newHost();
    const sent: StoreBatch[] = [];
    const store = new PrimaryStore((batch) => sent.push(batch), { timeoutMs: 1 });
    expect(await store.get(['a'])).toEqual([null]);
    store.set([{ key: 'a', value: Buffer.from('1'), ttlMs: 1, tags: [] }]);
    expect(events).toEqual([
      'store.used {"operation":"get","outcome":"unanswered"}',
      'store.unanswered {"count":1,"timeoutMs":1}',
      'store.used {"operation":"set","outcome":"unanswered"}',
    ]);
    events.length = 0;
    for (const batch of sent) store.receive(host.answer(batch));
    const found = store.get(['a']);
    await new Promise(setImmediate);
    store.receive(host.answer(sent[1] as StoreBatch)); // as: it asked again
    expect(await found).toEqual([null]);
    expect(events).toEqual(['store.used {"operation":"get","outcome":"answered"}']);
    store.close();
  });

  it('gets what is published as far as it reads', async () => {
    const store = new MemoryStore({ budget: new ByteBudget(50_000_000) });
    const host = new StoreHost(store);
    const unread: [StorePublished, () => void][] = [];
    const leave = host.join((message, sent) => unread.push([message, sent]));
    for (let at = 0; at < 100; at++) store.publish('t', Buffer.alloc(50_000));
    expect(unread).toHaveLength(19);
    for (const [, sent] of unread.splice(0)) sent();
    store.publish('t', Buffer.alloc(60_000, 'again'));
    expect(unread.map(([{ message }]) => message.byteLength)).toEqual([60_000]);
    leave();
    store.publish('t', Buffer.from('gone'));
    expect(unread).toHaveLength(1);
  });
});
