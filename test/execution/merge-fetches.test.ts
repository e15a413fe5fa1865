import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@shareable"])`;

interface Key {
  readonly id: string;
}

describe('merged fetches', () => {
  let federation: Federation;
  let failing = false;

  beforeAll(async () => {
    federation = await startFederation({
      feed: {
        sdl: `${LINK}
          type Query { posts: [Post!] pinned: Post authors: [User!] }
          type Mutation { like(id: ID!): Post }
          type Post @key(fields: "id") { id: ID! author: User }
          type User @key(fields: "id") { id: ID! favourite: Post }`,
        resolvers: {
          Query: {
            posts: () => [
              { id: 'p1', author: { id: 'u1' } },
              { id: 'p2', author: { id: 'u2' } },
            ],
            pinned: () => ({ id: 'p1', author: { id: 'u3' } }),
            authors: () => [{ id: 'u1', favourite: { id: 'p2' } }],
          },
          Mutation: { like: (_: unknown, { id }: Key) => ({ id, author: { id: 'u1' } }) },
        },
      },
      detail: {
        sdl: `${LINK}
          type Mutation { rename(id: ID!): Post }
          type Post @key(fields: "id") { id: ID! title(shout: Boolean = false): String }
          type User @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Mutation: { rename: (_: unknown, { id }: Key) => ({ id }) },
          Post: {
            __resolveReference: ({ id }: Key) => ({ id }),
            title: ({ id }: Key, { shout }: { shout: boolean }) => {
              if (failing && id === 'p2') throw new Error('no title for p2');
              return shout ? `TITLE ${id}` : `title ${id}`;
            },
          },
          User: { __resolveReference: ({ id }: Key) => ({ id }), name: ({ id }: Key) => `name ${id}` },
        },
        distort: (result) => (failing && result.errors === undefined ? { ...result } : result),
      },
    });
  });

  afterAll(() => federation.close());
  beforeEach(() => {
    failing = false;
    federation.asked('detail');
  });

  it('send the entities of different types that one subgraph is asked for in one request', async () => {
    const answer = await federation.ask('{ posts { title author { name } } authors { name favourite { title } } }');
    expect(answer).toEqual({
      data: {
        posts: [
          { title: 'title p1', author: { name: 'name u1' } },
          { title: 'title p2', author: { name: 'name u2' } },
        ],
        authors: [{ name: 'name u1', favourite: { title: 'title p2' } }],
      },
    });
    expect(federation.asked('detail')).toHaveLength(1);
  });

  it('ask for an entity once, whatever the paths that lead to it', async () => {
    await federation.ask('{ posts { title } pinned { title } authors { favourite { title } } }');
    const [asked, ...others] = federation.asked('detail');
    expect(others).toEqual([]);
    const lists = Object.values(asked?.variables ?? {}).filter(Array.isArray);
    expect(lists.flat()).toEqual([
      { __typename: 'Post', id: 'p1' },
      { __typename: 'Post', id: 'p2' },
    ]);
  });

  it('keep selections apart that differ, and share the variables', async () => {
    const query = 'query ($s: Boolean!) { posts { title(shout: $s) } pinned { title } }';
    const answer = await federation.ask(query, { s: true });
    expect(answer).toEqual({
      data: { posts: [{ title: 'TITLE p1' }, { title: 'TITLE p2' }], pinned: { title: 'title p1' } },
    });
    expect(federation.asked('detail')).toHaveLength(1);
  });

  it('put errors at every place of the entity that they are about', async () => {
    failing = true;
    const answer = await federation.ask('{ posts { id title author { name } } authors { favourite { title } } }');
    expect(answer.data).toEqual({
      posts: [
        { id: 'p1', title: 'title p1', author: { name: 'name u1' } },
        { id: 'p2', title: null, author: { name: 'name u2' } },
      ],
      authors: [{ favourite: { title: null } }],
    });
    expect(answer.errors?.map(({ path }) => path)).toEqual([
      ['posts', 1, 'title'],
      ['authors', 0, 'favourite', 'title'],
    ]);
  });

  it('never span two steps of a mutation', async () => {
    await federation.ask(
      'mutation { a: like(id: "p1") { title } r: rename(id: "p1") { id } b: like(id: "p2") { title } }',
    );
    const asked = federation.asked('detail').map(({ query }) => (query.startsWith('mutation') ? 'rename' : 'title'));
    expect(asked).toEqual(['title', 'rename', 'title']);
  });
});
