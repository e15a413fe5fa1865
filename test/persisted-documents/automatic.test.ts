import { createHash } from 'node:crypto';
import { subscribe } from '../../gateway/events';
import { ByteBudget } from '../../gateway/kept';
import { createPersistedQueries } from '../../gateway/persisted-documents/automatic';
import { MemoryStore } from '../../gateway/store/memory-store';
import type { StoreBatch } from '../../gateway/store/messages';
import { PrimaryStore } from '../../gateway/store/primary-store';
import { StoreHost } from '../../gateway/store/store-host';

const QUERY = '{ hello }';
const hashOf = (query: string) => createHash('sha256').update(query).digest('hex');
const HASH = hashOf(QUERY);

describe('persisted queries', () => {
  const results: string[] = [];
  let stop: () => void;
  let store: MemoryStore;

  beforeAll(() => {
    stop = subscribe('persisted.query', ({ result }) => results.push(result));
  });
  beforeEach(() => {
    results.length = 0;
    store = new MemoryStore({ budget: new ByteBudget(10_000_000) });
  });
  afterAll(() => stop());

  it('are known where they were sent, without a store as well', () => {
    const queries = createPersistedQueries(null);
    expect(queries.find(HASH)).toBeNull();
    queries.keep(HASH, QUERY);
    expect(queries.find(HASH)).toBe(QUERY);
    expect(results).toEqual(['unknown', 'kept', 'known']);
  });

  it('are found where others share the store, and known there from then on', () => {
    const [one, other] = [createPersistedQueries(store), createPersistedQueries(store)];
    one.keep(HASH, QUERY);
    expect(other.find(HASH)).toBe(QUERY);
    store.close();
    expect(other.find(HASH)).toBe(QUERY);
    expect(createPersistedQueries(store).find(HASH)).toBeNull();
    expect(results).toEqual(['kept', 'shared', 'known', 'unknown']);
  });

  it('are not found under a hash that is not theirs, whoever wrote into the store', () => {
    createPersistedQueries(store).keep(HASH, '{ goodbye }');
    expect(createPersistedQueries(store).find(HASH)).toBeNull();
  });

  it('are given to the store again after a minute, not each time that they are sent', () => {
    let now = 0;
    const queries = createPersistedQueries(store, () => now);
    queries.keep(HASH, QUERY);
    store.close();
    now = 59_999;
    queries.keep(HASH, QUERY);
    expect(createPersistedQueries(store).find(HASH)).toBeNull();
    now = 60_000;
    queries.keep(HASH, QUERY);
    expect(createPersistedQueries(store).find(HASH)).toBe(QUERY);
  });

  it('are asked for once, however many wait', async () => {
    const host = new StoreHost(store);
    const sent: StoreBatch[] = [];
    const shared = new PrimaryStore((batch) => sent.push(batch), { timeoutMs: 100_000 });
    createPersistedQueries(store).keep(HASH, QUERY);
    const queries = createPersistedQueries(shared);
    const found = Array.from({ length: 100 }, () => queries.find(HASH));
    await new Promise(setImmediate);
    for (const batch of sent) shared.receive(host.answer(batch));
    expect(new Set(await Promise.all(found))).toEqual(new Set([QUERY]));
    expect(sent.map(({ asks }) => asks)).toEqual([[{ op: 'get', keys: [`apq:${HASH}`] }]]);
    shared.close();
  });

  it('are not found when the store does not answer in time, and asked for again', async () => {
    const silent = new PrimaryStore(() => undefined, { timeoutMs: 1 });
    const queries = createPersistedQueries(silent);
    expect(await queries.find(HASH)).toBeNull();
    expect(queries.find(HASH)).toBeNull();
    queries.keep(HASH, QUERY);
    expect(queries.find(HASH)).toBe(QUERY);
    silent.close();
  });
});
