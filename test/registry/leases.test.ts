import { subscribe } from '../../gateway/events';
import { LeaseBook, type LeaseParts } from '../../gateway/registry/leases';

const TTL = 30_000;
let nowMs = 0;
const books: LeaseBook[] = [];

beforeEach(() => {
  nowMs = 0;
});
afterEach(() => {
  for (const book of books.splice(0)) book.close();
});

function openBook(changes: Partial<LeaseParts> = {}): LeaseBook {
  const discoveryOf = (pool: string) => (pool === 'products' ? 'registry' : pool === 'reviews' ? 'dns' : null);
  const book = new LeaseBook({ discoveryOf, isWell: () => true, clock: () => nowMs, ...changes });
  books.push(book);
  return book;
}

const join = (book: LeaseBook, ...ids: string[]) => {
  for (const id of ids) book.renew('products', id, { url: `http://${id}:4001/graphql`, ttlMs: TTL }, 'test');
};
const ids = (book: LeaseBook) => book.list('products').map(({ id }) => id);

/** Lets time pass in heartbeats of a third of the TTL; those named renew. */
function pass(book: LeaseBook, beats: number, ...alive: string[]): void {
  for (let beat = 0; beat < beats; beat++) {
    nowMs += TTL / 3;
    for (const id of alive) book.renew('products', id, {}, 'test');
    book.sweep();
  }
}

describe('LeaseBook', () => {
  it('tells its followers who joined and who left', () => {
    const book = openBook();
    const told: string[][] = [];
    book.follow('products', (instances) => told.push(instances.map(({ url }) => url)));
    join(book, 'a', 'b');
    book.release('products', 'a', 'test');
    expect(told).toEqual([
      [],
      ['http://a:4001/graphql'],
      ['http://a:4001/graphql', 'http://b:4001/graphql'],
      ['http://b:4001/graphql'],
    ]);
  });

  it('keeps what a renewal does not say', () => {
    const book = openBook();
    book.renew('products', 'a', { url: 'http://a:1', weight: 3, zone: 'eu-1', tags: { v: '2' }, ttlMs: 5000 }, 'test');
    const { lease, before } = book.renew('products', 'a', { weight: 4 }, 'test');
    expect(before).toMatchObject({ weight: 3 });
    expect(lease).toMatchObject({ url: 'http://a:1', weight: 4, zone: 'eu-1', tags: { v: '2' }, ttlMs: 5000 });
    expect(book.records()).toMatchObject([{ tags: { v: '2' } }]);
  });

  it('tells of other tags', () => {
    const book = openBook();
    const seen: unknown[] = [];
    book.follow('products', (instances) => seen.push(instances.map(({ tags }) => tags)));
    const given = { url: 'http://a:1', tags: { v: '2' } };
    book.renew('products', 'a', given, 'test');
    book.renew('products', 'a', given, 'test');
    book.renew('products', 'a', { tags: { v: '3' } }, 'test');
    expect(seen).toEqual([[], [{ v: '2' }], [{ v: '3' }]]);
  });

  it.each([
    'http://169.254.169.254/',
    'http://[::ffff:169.254.169.254]/graphql',
    'http://metadata.google.internal/',
    'http://0.0.0.0:4001/',
  ])('takes no instance at %s, which nobody may ask', (url) => {
    const book = openBook();
    const renew = () => book.renew('products', 'a', { url }, 'test');
    expect(renew).toThrow(/^no instance can be at .*; when it is meant, list it in discovery\.addresses\.allow$/);
    expect(book.list('products')).toEqual([]);
  });

  it('takes one that the configuration allows', () => {
    const book = openBook({ addresses: () => ({ deny: ['10.0.0.0/8'], allow: ['169.254.7.7'] }) });
    book.renew('products', 'a', { url: 'http://169.254.7.7:4001/' }, 'test');
    expect(() => book.renew('products', 'a', { url: 'http://10.0.0.1:4001/' }, 'test')).toThrow(
      /discovery\.addresses\.deny/,
    );
    expect(book.list('products')).toMatchObject([{ url: 'http://169.254.7.7:4001/' }]);
  });

  it('lets go of one that falls silent among others', () => {
    const book = openBook();
    join(book, 'a', 'b', 'c');
    pass(book, 2, 'b', 'c');
    expect(ids(book)).toEqual(['a', 'b', 'c']);
    pass(book, 1, 'b', 'c');
    expect(ids(book)).toEqual(['b', 'c']);
  });

  // LB-31
  it('keeps leases when more than half of them run out at once, and the checks do not refute them', () => {
    const book = openBook();
    const kinds: string[] = [];
    const stop = subscribe('lease.changed', ({ kind }) => kinds.push(kind));
    join(book, 'a', 'b', 'c', 'd');
    pass(book, 12, 'a');
    expect(ids(book)).toEqual(['a', 'b', 'c', 'd']);
    expect(kinds.filter((kind) => kind === 'kept')).toHaveLength(3);
    stop();
  });

  it('keeps them also when they run out one after another within one heartbeat', () => {
    const book = openBook();
    for (const id of ['a', 'b', 'c']) {
      join(book, id);
      nowMs += 3000;
    }
    for (let second = 0; second < 60; second++) {
      nowMs += 1000;
      book.sweep();
    }
    expect(ids(book)).toEqual(['a', 'b', 'c']);
  });

  it('lets go of kept ones whose checks fail', () => {
    const dead = new Set<string>();
    const book = openBook({ isWell: (_pool, url) => !dead.has(url) });
    join(book, 'a', 'b', 'c');
    pass(book, 4);
    expect(ids(book)).toEqual(['a', 'b', 'c']);
    dead.add('http://b:4001/graphql');
    book.sweep();
    expect(ids(book)).toEqual(['a', 'c']);
  });

  it('lets go of those still silent when the others are heard again', () => {
    const book = openBook();
    join(book, 'a', 'b', 'c', 'd');
    pass(book, 4);
    pass(book, 1, 'a', 'b', 'c');
    expect(ids(book)).toEqual(['a', 'b', 'c']);
  });

  it('gives everybody one more time to live after a restart', () => {
    const before = openBook();
    join(before, 'a', 'b');
    pass(before, 2, 'a');
    const after = openBook();
    after.restore(before.records());
    pass(after, 2, 'a');
    expect(ids(after)).toEqual(['a', 'b']);
    pass(after, 1, 'a');
    expect(ids(after)).toEqual(['a']);
    expect(before.records()[0]).toEqual({
      pool: 'products',
      id: 'a',
      url: 'http://a:4001/graphql',
      weight: 1,
      zone: null,
      ttlMs: TTL,
    });
  });

  it.each([
    ['x', {}, 'NOT_FOUND', 'no subgraph x'],
    ['reviews', {}, 'INVALID_ARGUMENT', 'they come from: dns'],
    ['products', {}, 'INVALID_ARGUMENT', 'send its url'],
    ['products', { url: 'ftp://a' }, 'INVALID_ARGUMENT', 'no URL of an instance'],
    ['products', { url: 'http://a', ttlMs: 10 }, 'INVALID_ARGUMENT', '1s to 1h'],
    ['products', { url: 'http://a', weight: 0 }, 'INVALID_ARGUMENT', 'weight'],
    ['products', { url: 'http://a', zone: '' }, 'INVALID_ARGUMENT', 'zone'],
  ])('refuses an instance of %s with %j', (pool, given, code, message) => {
    expect(() => openBook().renew(pool, 'a', given, 'test')).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it('refuses an id that no path can hold, and an id it does not have', () => {
    const book = openBook();
    expect(() => book.renew('products', 'a b', { url: 'http://a' }, 'test')).toThrow('no id of an instance');
    expect(() => book.release('products', 'a', 'test')).toThrow('no instance a');
  });
});
