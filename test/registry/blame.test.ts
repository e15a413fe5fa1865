import { openRegistry, type Registry } from '../../gateway/registry/registry';
import { openDirectoryStorage } from '../../gateway/registry/storage/directory/directory-storage';
import { NO_PERMITS } from '../fixtures/permits';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();

describe('who changed a field', () => {
  let registry: Registry;

  beforeEach(async () => {
    registry = await openRegistry({
      storage: await openDirectoryStorage(newDirectory()),
      // What it composes to does not matter here.
      compose: async (subgraphs) => ({ sdl: subgraphs.map(({ sdl }) => sdl).join('\n'), hints: [] }),
      validate: async () => [],
      deliver: async () => undefined,
    });
  });
  afterEach(() => registry.close());

  function publish(name: string, sdl: string, author: string) {
    const by = { actor: 'key ci', message: `by ${author}`, vcs: { commit: 'c0ffee', author } };
    return registry.publish(
      'default',
      { name, sdl, instances: [{ url: `http://127.0.0.1:4001/${name}`, weight: 1 }] },
      NO_PERMITS,
      by,
    );
  }

  async function blamed(coordinate: string) {
    const found = await registry.blame('default', coordinate);
    return found.map(
      ({ revision, subgraph, kind }) => `${revision.revision} ${revision.vcs.author} ${subgraph} ${kind}`,
    );
  }

  it('is told for each coordinate, the newest first', async () => {
    await publish('shop', 'type Query { cart(id: ID!): Int }', 'ann');
    await publish('shop', 'type Query { cart(id: ID!): Int name: String }', 'ben');
    await publish('users', 'type User { name: String }', 'cyd');
    await publish('shop', 'type Query { cart(id: ID!, all: Boolean): Int! name: String }', 'dan');
    await publish('shop', 'type Query { name: String }', 'eve');
    expect(await blamed('Query.cart')).toEqual(['5 eve shop removed', '4 dan shop changed', '1 ann shop added']);
    expect(await blamed('Query.cart(all:)')).toEqual(['5 eve shop removed', '4 dan shop added']);
    expect(await blamed('Query.name')).toEqual(['2 ben shop added']);
    expect(await blamed('User.name')).toEqual(['3 cyd users added']);
    expect(await blamed('User')).toEqual(['3 cyd users added']);
    expect(await blamed('Query.nothing')).toEqual([]);
  });

  it('knows what went with its subgraph, and what a rollback brought back', async () => {
    await publish('shop', 'type Query { a: Int }', 'ann');
    await publish('users', 'type User { name: String }', 'ben');
    const by = { actor: 'token', message: null, vcs: { commit: null, author: 'dan' } };
    await registry.delete('default', 'users', by);
    await registry.rollBack('default', 2, by);
    expect(await blamed('User.name')).toEqual(['4 dan users added', '3 dan users removed', '2 ben users added']);
  });

  it('is asked of a graph that is there', async () => {
    await expect(registry.blame('other', 'Query.a')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect(await blamed('Query.a')).toEqual([]);
  });
});
