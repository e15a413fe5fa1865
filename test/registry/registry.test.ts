import { loadConfig } from '../../gateway/config/load';
import { isHeadgateError } from '../../gateway/errors';
import { type DeliveredState, openRegistry, type Registry } from '../../gateway/registry/registry';
import { openDirectoryStorage } from '../../gateway/registry/storage/directory/directory-storage';
import type { Storage } from '../../gateway/registry/storage/storage';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';
import { checkVersion } from '../../gateway/versions';
import { ownSdl } from '../fixtures/local-registry';
import { NO_PERMITS } from '../fixtures/permits';
import { adapterSdl } from '../fixtures/rest-adapter';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const BY = { actor: 'tester', message: null, vcs: { commit: null, author: null } };
const ALL = { before: null, limit: 1_000 };

let storage: Storage;
let delivered: DeliveredState[];
let registry: Registry;

function openOn(shared: Storage, deliver = async (state: DeliveredState) => void delivered.push(state)) {
  return openRegistry({
    storage: shared,
    compose: composeSubgraphs,
    validate: async (sdl) => {
      await readSupergraph(sdl);
      return [];
    },
    deliver,
  });
}

beforeEach(async () => {
  delivered = [];
  storage = await openDirectoryStorage(newDirectory());
  registry = await openOn(storage);
});
afterEach(() => registry.close());
afterAll(() => closeCompositionThread());

function declared(name: string, sdl = ownSdl(name), weight = 1) {
  return { name, sdl, instances: [{ url: `http://127.0.0.1:4001/${name}`, weight }] };
}

const publish = (name: string, sdl?: string, weight?: number) =>
  registry.publish('default', declared(name, sdl, weight), NO_PERMITS, BY);

describe('publishing', () => {
  it('makes a revision that is delivered before the answer', async () => {
    const result = await publish('products');
    expect(result).toMatchObject({
      revision: 1,
      supergraphChanges: true,
      changes: [{ subgraph: 'products', kind: 'added' }],
    });
    expect(delivered).toHaveLength(1);
    expect(delivered[0]).toMatchObject({ graph: 'default', revision: 1, sdl: expect.stringContaining('PRODUCTS') });
    expect(delivered[0]?.subgraphs.get('products')).toEqual([{ url: 'http://127.0.0.1:4001/products', weight: 1 }]);
  });

  it('takes a REST adapter without an instance: it says itself where its services are', async () => {
    const adapter = adapterSdl(
      'type Query { stock: Int @connect(source: "api", http: { GET: "/s" }, selection: "$.n") }',
    );
    const without = (sdl: string) =>
      registry.publish('default', { name: 'stock', sdl, instances: null }, NO_PERMITS, BY);
    await publish('products');
    expect(await without(adapter)).toMatchObject({ revision: 2, changes: [{ kind: 'added', instances: [] }] });
    expect(delivered.at(-1)?.subgraphs.get('stock')).toEqual([]);
    const { sdl = '' } = delivered.at(-1) ?? {};
    const { config } = await loadConfig({ supergraph: '/nowhere' });
    await expect(checkVersion({ sdl, instances: new Map([['stock', []]]) }, config)).resolves.toEqual([]);
  });

  it('wants an instance of what is no adapter, also where there was one', async () => {
    const adapter = adapterSdl(
      'type Query { stock: Int @connect(source: "api", http: { GET: "/s" }, selection: "$.n") }',
    );
    const without = (sdl: string) =>
      registry.publish('default', { name: 'stock', sdl, instances: null }, NO_PERMITS, BY);
    await expect(without('type Query { stock: Int }')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
    await without(adapter);
    await expect(without('type Query { stock: Int }')).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('changes nothing when the same is published again', async () => {
    await publish('products');
    expect(await publish('products')).toMatchObject({ revision: 1, changes: [], supergraphChanges: false });
    expect(await registry.revisions('default', ALL)).toHaveLength(1);
  });

  it('changes nothing when it does not compose, and says where it does not', async () => {
    await publish('products');
    const refused = publish('reviews', 'type Query {\n  reviews: [Review]\n}\n');
    await expect(refused).rejects.toMatchObject({
      code: 'COMPOSITION_FAILED',
      details: { problems: [expect.objectContaining({ subgraph: 'reviews', line: 2 })] },
    });
    expect((await registry.head('default'))?.revision.revision).toBe(1);
    expect(delivered).toHaveLength(1);
  });

  it('makes a revision of new weights without a new supergraph', async () => {
    await publish('products');
    const result = await publish('products', undefined, 5);
    expect(result).toMatchObject({ revision: 2, supergraphChanges: false, changes: [{ kind: 'instances' }] });
    expect(delivered.at(-1)?.subgraphs.get('products')?.[0]?.weight).toBe(5);
  });

  it('leaves the instances alone when none are given', async () => {
    await publish('products');
    const sdl = ownSdl('products', ['id', 'name']);
    const result = await registry.publish('default', { name: 'products', sdl, instances: null }, NO_PERMITS, BY);
    expect(result.changes).toMatchObject([
      { kind: 'schema', schema: [{ kind: 'added', coordinate: 'Products.name' }] },
    ]);
  });

  it('wants a URL for a new subgraph', async () => {
    const call = registry.publish('default', { name: 'a', sdl: ownSdl('a'), instances: null }, NO_PERMITS, BY);
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining('url') });
  });

  it('asks before it creates a name that looks like an existing one', async () => {
    await publish('products');
    await expect(publish('productz')).rejects.toMatchObject({
      code: 'NAME_NEEDS_CONFIRMATION',
      message: expect.stringContaining('did you mean products?'),
    });
    expect(await registry.publish('default', declared('productz'), { ...NO_PERMITS, create: true }, BY)).toMatchObject({
      revision: 2,
    });
  });

  it('refuses a graph that does not exist', async () => {
    const call = registry.publish('shop', declared('a'), NO_PERMITS, BY);
    await expect(call).rejects.toMatchObject({ code: 'NOT_FOUND', message: expect.stringContaining('default') });
  });

  it('loses nothing of eight publishers at once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `team${n}`);
    await Promise.all(
      names.map(async (name) => {
        for (const fields of [['id'], ['id', 'a'], ['id', 'a', 'b']]) await publish(name, ownSdl(name, fields));
      }),
    );
    const revisions = await registry.revisions('default', ALL);
    expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
    const { sdl } = await registry.supergraph('default', null);
    for (const name of names) {
      expect((await registry.subgraph('default', name)).sdl).toBe(ownSdl(name, ['id', 'a', 'b']));
      expect(sdl).toContain(name.toUpperCase());
    }
    const order = delivered.map(({ revision }) => revision);
    expect(order).toEqual([...order].sort((a, b) => a - b));
    expect(order.at(-1)).toBe(24);
  });

  it('composes again when another registry on the same storage was first', async () => {
    const others: Registry[] = [];
    for (let n = 0; n < 3; n += 1) others.push(await openOn(storage, async () => undefined));
    const all = [registry, ...others];
    await Promise.all(
      all.map((one, n) => one.publish('default', declared(`team${n}`), NO_PERMITS, { ...BY, actor: `replica ${n}` })),
    );
    const head = await registry.head('default');
    expect(head?.revision.revision).toBe(4);
    expect([...(head?.state.keys() ?? [])].sort()).toEqual(['team0', 'team1', 'team2', 'team3']);
  });

  it('delivers what another registry on the same storage published', async () => {
    const heard: number[] = [];
    let hear: () => void = () => undefined;
    const first = new Promise<void>((resolve) => {
      hear = resolve;
    });
    await openOn(storage, async ({ revision }) => {
      heard.push(revision);
      hear();
    });
    await publish('products');
    await first;
    expect(heard).toEqual([1]);
  });

  it('says that a revision is stored when it cannot be served', async () => {
    const failing = await openOn(storage, async () => {
      throw new Error('no memory');
    });
    const call = failing.publish('default', declared('products'), NO_PERMITS, BY);
    await expect(call).rejects.toMatchObject({ code: 'REVISION_NOT_SERVED' });
    expect((await registry.head('default'))?.revision.revision).toBe(1);
  });
});

describe('what may be declared', () => {
  const sdl = ownSdl('a');
  const instances = [{ url: 'http://h/graphql', weight: 1 }];
  it.each([
    ['a name with a slash', { name: 'a/b', sdl, instances }],
    ['an empty name', { name: '', sdl, instances }],
    ['a name that starts with an underscore', { name: '__proto__', sdl, instances }],
    ['empty SDL', { name: 'a', sdl: ' \n', instances }],
    ['SDL beyond the limit', { name: 'a', sdl: '#'.repeat(10 * 1024 * 1024 + 1), instances }],
    ['no instance', { name: 'a', sdl, instances: [] }],
    ['a URL of another protocol', { name: 'a', sdl, instances: [{ url: 'ftp://h/graphql', weight: 1 }] }],
    ['no URL', { name: 'a', sdl, instances: [{ url: 'products', weight: 1 }] }],
    ['a URL with a password', { name: 'a', sdl, instances: [{ url: 'http://u:p@h/graphql', weight: 1 }] }],
    ['a link-local URL', { name: 'a', sdl, instances: [{ url: 'http://169.254.169.254/', weight: 1 }] }],
    ['a URL of a metadata service', { name: 'a', sdl, instances: [{ url: 'http://metadata.goog/', weight: 1 }] }],
    ['a URL given twice', { name: 'a', sdl, instances: [...instances, ...instances] }],
    ['weight zero', { name: 'a', sdl, instances: [{ url: 'http://h/graphql', weight: 0 }] }],
    [
      'too many instances',
      { name: 'a', sdl, instances: Array.from({ length: 101 }, (_, n) => ({ url: `http://h:${n}/`, weight: 1 })) },
    ],
  ])('does not include %s', async (_, declaration) => {
    const call = registry.publish('default', declaration, NO_PERMITS, BY);
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  it('does not include a message without end', async () => {
    const call = registry.publish('default', declared('a'), NO_PERMITS, { ...BY, message: 'x'.repeat(2_001) });
    await expect(call).rejects.toMatchObject({ code: 'INVALID_ARGUMENT' });
  });
});

describe('deleting', () => {
  it('takes a subgraph out of the supergraph', async () => {
    await publish('products');
    await publish('reviews');
    expect(await registry.delete('default', 'reviews', BY)).toMatchObject({ revision: 3, supergraphChanges: true });
    expect([...((await registry.head('default'))?.state.keys() ?? [])]).toEqual(['products']);
  });

  it('is refused when the rest does not compose', async () => {
    await publish('users', 'type Query { a: Int } type User @key(fields: "id") { id: ID! }');
    await publish(
      'reviews',
      'type Query { b: Int } type Review { user: User } type User @key(fields: "id") { id: ID! @external name: String @requires(fields: "id") }',
    );
    const call = registry.delete('default', 'users', BY);
    await expect(call).rejects.toMatchObject({ code: 'COMPOSITION_FAILED' });
    expect((await registry.head('default'))?.revision.revision).toBe(2);
  });

  it('is refused for the last subgraph and for an unknown one', async () => {
    await publish('products');
    await expect(registry.delete('default', 'products', BY)).rejects.toMatchObject({ code: 'LAST_SUBGRAPH' });
    await expect(registry.delete('default', 'product', BY)).rejects.toMatchObject({
      code: 'NOT_FOUND',
      message: expect.stringContaining('did you mean products?'),
    });
  });

  it('only tells what would come of it when checked', async () => {
    await publish('products');
    await publish('reviews');
    const result = await registry.checkDelete('default', 'reviews');
    expect(result).toMatchObject({ revision: 2, changes: [{ subgraph: 'reviews', kind: 'removed' }] });
    expect((await registry.head('default'))?.revision.revision).toBe(2);
  });
});

describe('rolling back', () => {
  it('makes a new revision that equals the old one', async () => {
    await publish('products');
    await publish('products', ownSdl('products', ['id', 'name']));
    const result = await registry.rollBack('default', 1, { ...BY, message: 'wrong' });
    expect(result).toMatchObject({ revision: 3, supergraphChanges: true });
    expect((await registry.subgraph('default', 'products')).sdl).toBe(ownSdl('products'));
    const [first, third] = [await registry.supergraph('default', 1), await registry.supergraph('default', 3)];
    expect(third.sdl).toBe(first.sdl);
    expect(delivered.at(-1)).toMatchObject({ revision: 3, sdl: first.sdl });
    expect((await registry.revision('default', 3)).revision).toMatchObject({
      kind: 'rollback',
      rolledBackTo: 1,
      message: 'wrong',
    });
  });

  it('changes nothing when the head equals the old one already', async () => {
    await publish('products');
    expect(await registry.rollBack('default', 1, BY)).toMatchObject({ revision: 1, changes: [] });
  });

  it('is refused for a revision that does not exist', async () => {
    await publish('products');
    await expect(registry.rollBack('default', 7, BY)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('checking', () => {
  it('judges like a publish and stores nothing', async () => {
    await publish('products');
    const good = await registry.check(
      'default',
      { name: 'reviews', sdl: ownSdl('reviews'), instances: null },
      NO_PERMITS,
    );
    expect(good).toMatchObject({ revision: 1, supergraphChanges: true, changes: [{ kind: 'added' }] });
    const bad = registry.check('default', declared('reviews', 'type Query {'), NO_PERMITS);
    await expect(bad).rejects.toMatchObject({ code: 'COMPOSITION_FAILED' });
    expect(await registry.revisions('default', ALL)).toHaveLength(1);
  });

  it('answers SDL nested beyond every stack with a refusal', async () => {
    await publish('products');
    const deep = `type Query { a: ${'['.repeat(200_000)}Int${']'.repeat(200_000)} }`;
    const outcome = await publish('products', deep).catch((error: unknown) => error);
    expect(isHeadgateError(outcome, 'COMPOSITION_FAILED')).toBe(true);
  });
});

describe('diff', () => {
  it('tells what one revision has and the other has not', async () => {
    await publish('products');
    await publish('reviews');
    await publish('products', ownSdl('products', ['id', 'name']));
    const { changes } = await registry.diff('default', 1, 3);
    expect(changes).toMatchObject([
      { subgraph: 'products', kind: 'schema', schema: [{ kind: 'added', coordinate: 'Products.name' }] },
      { subgraph: 'reviews', kind: 'added' },
    ]);
    expect((await registry.diff('default', 3, 1)).changes).toMatchObject([{ kind: 'schema' }, { kind: 'removed' }]);
  });
});

describe('opening', () => {
  it('delivers the head', async () => {
    const directory = newDirectory();
    const first = await openOn(await openDirectoryStorage(directory));
    await first.publish('default', declared('products'), NO_PERMITS, BY);
    await first.close();
    delivered = [];
    const second = await openOn(await openDirectoryStorage(directory));
    expect(delivered.map(({ revision }) => revision)).toEqual([1]);
    await second.close();
  });
});
