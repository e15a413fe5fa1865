import { type GuardedFederation, startGuarded } from '../fixtures/guarded-federation';

const link = (more: string) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", ${more}])`;

const ITEMS = {
  sdl: `${link('"@requiresScopes"')}
    type Query { any: Item }
    interface Item @key(fields: "id") { id: ID! }
    type A implements Item @key(fields: "id") { id: ID! secret: String @requiresScopes(scopes: [["s"]]) }
    type B implements Item @key(fields: "id") { id: ID! word: String }`,
  resolvers: {
    Query: { any: () => ({ __typename: 'A', id: 'a1' }) },
    Item: {
      __resolveReference: ({ id }: { id: string }) => ({
        __typename: id.startsWith('a') ? 'A' : 'B',
        id,
        secret: 'hush',
        word: 'word',
      }),
    },
    A: { __resolveReference: ({ id }: { id: string }) => ({ id, secret: 'hush' }) },
    B: { __resolveReference: ({ id }: { id: string }) => ({ id, word: 'word' }) },
  },
};

/** Knows the interface only. */
const LINKS = {
  sdl: `${link('"@interfaceObject", "@requiresScopes"')}
    type Query { first: Item }
    type Item @key(fields: "id") @interfaceObject {
      id: ID!
      next: Item
      rank: Int @requiresScopes(scopes: [["r"]])
    }`,
  resolvers: {
    Query: { first: () => ({ id: 'b1' }) },
    Item: {
      __resolveReference: ({ id }: { id: string }) => ({ id }),
      next: ({ id }: { id: string }) => ({ id: id === 'b1' ? 'a1' : 'b1' }),
      rank: () => 1,
    },
  },
};

describe('objects of which a subgraph knows the interface only', () => {
  let federation: GuardedFederation;
  beforeAll(async () => {
    federation = await startGuarded({ items: ITEMS, links: LINKS });
  });
  afterAll(() => federation.close());

  it('have nulls for what is refused of their type, which has to be found out for that', async () => {
    const query = '{ first { next { id ... on A { secret } } ... on A { secret } } }';
    const { data, errors } = await federation.ask(query);
    expect(data).toEqual({ first: { next: { id: 'a1', secret: null } } });
    expect(errors?.map(({ path }) => path)).toEqual([['first', 'next', 'secret']]);
    expect((await federation.ask(query, { scopes: ['s'] })).data).toEqual({
      first: { next: { id: 'a1', secret: 'hush' } },
    });
  });

  it('keep what their interface protects, whichever type it is asked of', async () => {
    const query = '{ any { id ... on A { rank } } first { id rank } }';
    const { data, errors } = await federation.ask(query);
    expect(data).toEqual({ any: { id: 'a1', rank: null }, first: { id: 'b1', rank: null } });
    expect(errors).toHaveLength(2);
    expect(JSON.stringify(federation.askedOfAll())).not.toContain('rank');
    expect((await federation.ask(query, { scopes: ['r'] })).data).toEqual({
      any: { id: 'a1', rank: 1 },
      first: { id: 'b1', rank: 1 },
    });
  });
});
