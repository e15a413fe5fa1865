import { subscribe } from '../../gateway/events';
import { Balancer } from '../../gateway/pool/balancer';
import { LeaseBook } from '../../gateway/registry/leases';
import { createPools, type Pools } from '../../gateway/transport/pools';
import { poolOptions } from '../fixtures/pool-options';

const COUNT = 1_000;
const TTL_MS = 30_000;
let nowMs: number;
let book: LeaseBook;
let pools: Pools;

/** Resolves when the pool has so many instances. */
function discovered(count: number): Promise<void> {
  return new Promise((resolve) => {
    const stop = subscribe('discovery.changed', ({ endpoints }) => {
      if (endpoints !== count) return;
      stop();
      resolve();
    });
  });
}

beforeEach(async () => {
  nowMs = 0;
  book = new LeaseBook({
    discoveryOf: (pool) => pools.discoveryOf(pool),
    isWell: (pool, url) => pools.isWell(pool, url),
    clock: () => nowMs,
  });
  pools = createPools(book);
  pools.sync([poolOptions([], { discovery: { source: { kind: 'registry' }, listed: 'stand-in' } })]);
  const all = discovered(COUNT);
  for (let n = 0; n < COUNT; n += 1)
    book.renew('products', `i${n}`, { url: `http://10.0.${n >> 8}.${n & 255}:4001/graphql`, ttlMs: TTL_MS }, 'test');
  await all;
});

afterEach(async () => {
  jest.restoreAllMocks();
  book.close();
  await pools.close(0);
});

describe('a thousand leases that fall silent at once', () => {
  it('are looked at one by one, without a look at the whole pool for each', () => {
    const refreshes = jest.spyOn(Balancer.prototype, 'refresh');
    nowMs = TTL_MS + 1;
    book.sweep();
    expect(refreshes).not.toHaveBeenCalled();
    expect(book.list('products').filter(({ kept }) => kept)).toHaveLength(COUNT);
  });

  it('let go of those that the pool knows to be down, and refresh the pool once', async () => {
    const refreshes = jest.spyOn(Balancer.prototype, 'refresh');
    for (let n = 0; n < 3; n += 1)
      pools.get('products').override(`10.0.0.${n}:4001`, { action: 'eject', ttlMs: null, reason: '', actor: 'test' });
    refreshes.mockClear();
    const fewer = discovered(COUNT - 3);
    nowMs = TTL_MS + 1;
    book.sweep();
    await fewer;
    expect(refreshes).toHaveBeenCalledTimes(1);
  });

  it('change nothing by being looked at', () => {
    const refreshes = jest.spyOn(Balancer.prototype, 'refresh');
    expect(pools.views()[0]?.instances).toHaveLength(COUNT);
    expect(pools.records()).toHaveLength(1);
    expect(refreshes).not.toHaveBeenCalled();
  });
});

describe('a thousand leases that are renewed', () => {
  it('are told of once a second, not once each', () => {
    let told = 0;
    const stop = book.follow('products', () => {
      told += 1;
    });
    for (let n = 0; n < COUNT; n += 1) book.renew('products', `i${n}`, {}, 'test');
    book.sweep();
    expect(told).toBe(2);
    book.renew('products', 'i7', { weight: 5 }, 'test');
    expect(told).toBe(3);
    stop();
  });
});
