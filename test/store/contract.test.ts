import fc from 'fast-check';
import type { Rate, StoreEntry } from '../../gateway/store/store';
import { until } from '../fixtures/held-time';
import { memoryDriver, primaryDriver, type StoreDriver, type StoreEnd } from '../fixtures/store-ends';
import { ModelStore } from '../fixtures/store-model';

const MINUTE_MS = 60_000;

function entry(key: string, text: string, { ttlMs = MINUTE_MS, tags = [] }: Partial<StoreEntry> = {}): StoreEntry {
  return { key, value: Buffer.from(text), ttlMs, tags };
}

const textsOf = (result: unknown) =>
  (result as readonly (Buffer | null)[]).map((value) => (value === null ? null : value.toString())); // as: a `get`

describe.each([
  ['memory', memoryDriver, 200],
  ['primary', primaryDriver, 40],
])('the store, driver %s', (_, open, runs) => {
  let driver: StoreDriver;
  let one: StoreEnd;
  let other: StoreEnd;
  let now: number;

  beforeAll(() => {
    driver = open();
    [one, other] = driver.ends;
  });
  beforeEach(() => {
    now = 0;
    driver.begin(() => now);
  });
  afterAll(() => driver.close());

  const get = async (end: StoreEnd, ...keys: string[]) => textsOf((await end.use({ op: 'get', keys }))[0]);
  const set = (end: StoreEnd, ...entries: StoreEntry[]) => end.use({ op: 'set', entries });
  const drop = async (end: StoreEnd, ...tags: string[]) => (await end.use({ op: 'drop', tags }))[0];
  const take = async (end: StoreEnd, cost: number, rate: Rate) =>
    (await end.use({ op: 'take', bucket: 'b', cost, rate }))[0];

  it('finds at every end what one has set, byte for byte, in the order of the keys', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, at) => at));
    await set(one, { ...entry('bytes', ''), value: bytes }, entry('text', 'grüße'), entry('empty', ''));
    const [found] = await other.use({ op: 'get', keys: ['text', 'nothing', 'bytes', 'empty', 'bytes'] });
    expect(found).toEqual([Buffer.from('grüße'), null, bytes, Buffer.alloc(0), bytes]);
    expect(await get(one)).toEqual([]);
  });

  it('finds the last value of a key, whoever set it, and what was set in the same turn before', async () => {
    await set(one, entry('k', 'one'));
    await set(other, entry('k', 'two'));
    expect(await get(one, 'k')).toEqual(['two']);
    const [, found] = await one.use({ op: 'set', entries: [entry('k', 'three')] }, { op: 'get', keys: ['k'] });
    expect(textsOf(found)).toEqual(['three']);
  });

  it('forgets when the time of an entry is over, not before', async () => {
    await set(one, entry('short', 's', { ttlMs: 10 }), entry('long', 'l', { ttlMs: 20 }));
    now = 9;
    expect(await get(other, 'short', 'long')).toEqual(['s', 'l']);
    now = 10;
    expect(await get(other, 'short', 'long')).toEqual([null, 'l']);
    await set(one, entry('long', 'again', { ttlMs: 20 }));
    now = 29;
    expect(await get(other, 'long')).toEqual(['again']);
  });

  it('drops all that has one of the tags, each once, and says how many', async () => {
    await set(one, entry('a', '', { tags: ['x'] }), entry('b', '', { tags: ['x', 'y', 'x'] }), entry('c', ''));
    await set(other, entry('d', '', { tags: ['y'] }), entry('over', '', { tags: ['y'], ttlMs: 1 }));
    now = 1;
    expect(await drop(other, 'x', 'y', 'z')).toBe(3);
    expect(await get(one, 'a', 'b', 'c', 'd')).toEqual([null, null, '', null]);
    expect(await drop(one, 'x', 'y')).toBe(0);
  });

  it('drops by the tags that an entry has now', async () => {
    await set(one, entry('k', 'v', { tags: ['before'] }));
    await set(one, entry('k', 'v', { tags: ['now'] }));
    expect([await drop(one, 'before'), await drop(one, 'now')]).toEqual([0, 1]);
  });

  it.each([
    ['a value', entry('k', 'x'.repeat(512_001))],
    ['a tag', entry('k', 'x', { tags: ['t'.repeat(513)] })],
    ['a list of tags', entry('k', 'x', { tags: Array.from({ length: 65 }, (_, at) => `${at}`) })],
  ])('keeps nothing with %s that is too large, nor what it was to replace', async (_, large) => {
    await set(one, entry('k', 'before'), entry('beside', 'b'));
    await set(one, large, entry('after', 'a'));
    expect(await get(one, 'k', 'beside', 'after')).toEqual([null, 'b', 'a']);
  });

  it('keeps what is as large as it may be, and nothing under a longer key', async () => {
    const [key, value] = ['k'.repeat(512), 'v'.repeat(512_000)];
    await set(one, entry(key, value, { tags: ['t'.repeat(512)] }), entry(`${key}k`, 'x'));
    expect(await get(other, key, `${key}k`)).toEqual([value, null]);
  });

  it('takes no more memory than it may: what was not used for longest goes, its tags with it', async () => {
    driver.begin(() => now, 1_000_000);
    for (let at = 0; at < 40; at++) await set(one, entry(`${at}`, 'x'.repeat(50_000), { tags: [`${at}`, 'all'] }));
    const found = (await get(other, ...Array.from({ length: 40 }, (_, at) => `${at}`))).map((text) => text !== null);
    expect(found.slice(-5)).toEqual([true, true, true, true, true]);
    const kept = found.filter((one) => one).length;
    expect(kept).toBeLessThanOrEqual(8);
    expect(await drop(one, '0', '1', '2')).toBe(0);
    expect(await drop(one, 'all')).toBe(kept);
  });

  it('fills a bucket in time, up to its burst, and gives all or nothing', async () => {
    const rate = { tokens: 3, periodMs: 1_000, burst: 5 };
    expect(await take(one, 4, rate)).toEqual({ taken: true, remaining: 1, retryAfterMs: 0 });
    expect(await take(other, 2, rate)).toEqual({ taken: false, remaining: 1, retryAfterMs: 334 });
    now = 333;
    expect(await take(one, 2, rate)).toEqual({ taken: false, remaining: 1, retryAfterMs: 1 });
    now = 334;
    expect(await take(one, 2, rate)).toEqual({ taken: true, remaining: 0, retryAfterMs: 0 });
    now = 1_000_000;
    expect(await take(other, 0, rate)).toMatchObject({ remaining: 5 });
    expect(await take(other, 6, rate)).toEqual({ taken: false, remaining: 5, retryAfterMs: Number.POSITIVE_INFINITY });
    expect(await take(other, 5, { ...rate, burst: 7 })).toMatchObject({ taken: true, remaining: 2 });
  });

  it('never gives more than there is, however many take at once', async () => {
    const rate = { tokens: 1, periodMs: 1_000, burst: 50 };
    const steps = Array.from({ length: 20 }, () => ({ op: 'take', bucket: 'b', cost: 1, rate }) as const);
    const rounds = await Promise.all([one, other, one, other].map((end) => end.use(...steps)));
    const taken = rounds.flat().filter((result) => (result as { taken: boolean }).taken); // as: a `take`
    expect(taken).toHaveLength(50);
  });

  it('is without an answer for the bucket of too long a name', async () => {
    const rate = { tokens: 1, periodMs: 1_000, burst: 1 };
    expect(await one.use({ op: 'take', bucket: 'b'.repeat(513), cost: 1, rate })).toEqual([null]);
  });

  it('tells all who follow a topic, in order, until they do not any more', async () => {
    const publish = (end: StoreEnd, topic: string, text: string) =>
      end.use({ op: 'publish', topic, message: Buffer.from(text) });
    await one.use({ op: 'follow', topic: 'a' });
    await other.use({ op: 'follow', topic: 'a' }, { op: 'follow', topic: 'b' });
    for (const text of ['1', '2', '3']) await publish(one, 'a', text);
    await publish(other, 'nobody', 'x');
    await publish(other, 'a', 'x'.repeat(64_001));
    await publish(other, 'b', '4');
    await until(() => other.heard.length === 4 && one.heard.length === 3);
    await one.use({ op: 'unfollow' });
    await publish(one, 'a', '5');
    await until(() => other.heard.length === 5);
    expect(one.heard).toEqual(['a: 1', 'a: 2', 'a: 3']);
    expect(other.heard).toEqual(['a: 1', 'a: 2', 'a: 3', 'b: 4', 'a: 5']);
    await other.use({ op: 'unfollow' });
  });

  it('does what a simple model does, whatever is done from both ends', async () => {
    const name = fc.constantFrom('a', 'b', 'c', 'd');
    const tags = fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { maxLength: 3 });
    const kept = fc
      .record({ key: name, text: fc.string({ maxLength: 8 }), ttlMs: fc.integer({ min: 0, max: 40 }), tags })
      .map(({ key, text, ...rest }) => entry(key, text, rest));
    const rate = fc.constantFrom({ tokens: 3, periodMs: 7, burst: 4 }, { tokens: 7, periodMs: 3, burst: 9 });
    const step = fc.oneof(
      fc.record({ op: fc.constant('get' as const), keys: fc.array(name, { maxLength: 5 }) }),
      fc.record({ op: fc.constant('set' as const), entries: fc.array(kept, { maxLength: 3 }) }),
      fc.record({ op: fc.constant('drop' as const), tags }),
      fc.record({ op: fc.constant('take' as const), bucket: name, cost: fc.integer({ min: -3, max: 5 }), rate }),
    );
    const turn = fc.record({
      pauseMs: fc.integer({ min: 0, max: 15 }),
      end: fc.constantFrom(0, 1),
      steps: fc.array(step, { minLength: 1, maxLength: 4 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(turn, { maxLength: 30 }), async (turns) => {
        now = 0;
        driver.begin(() => now);
        const model = new ModelStore();
        for (const { pauseMs, end, steps } of turns) {
          now += pauseMs;
          const used = driver.ends[end as 0 | 1].use(...steps); // as: a constant of the two
          const results = (await used).map((result) => result ?? null);
          expect(results).toEqual(steps.map((one) => model.take(one, now)));
        }
      }),
      { numRuns: runs },
    );
  });
});
