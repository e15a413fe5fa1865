import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable"])`;

/** `hasura` has root types by other names, and refuses what it does not know as real servers do. */
describe('a subgraph whose root types have other names', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({
      users: {
        sdl: `${LINK}
          type Query { me: User again: Query }
          type Mutation { go: Result }
          type Result { query: Query me: User }
          type User @key(fields: "id") { id: ID! name: String query: Query! }`,
        resolvers: {
          Query: { me: () => ({ id: '1' }), again: () => ({}) },
          Mutation: { go: () => ({ query: {}, me: { id: '1' } }) },
          User: { __resolveReference: (user: object) => user, name: () => 'Ada', query: () => ({}) },
        },
      },
      hasura: {
        sdl: `${LINK}
          schema { query: query_root mutation: mutation_root }
          interface Countable { count: Int }
          type query_root implements Countable { count: Int self: query_root list: [query_root!] countable: Countable user: User }
          type mutation_root { add: Added }
          type Added { query: query_root }
          type User @key(fields: "id") { id: ID! age: Int }`,
        resolvers: {
          query_root: {
            count: () => 3,
            self: () => ({}),
            list: () => [{}, {}],
            countable: () => ({ __typename: 'query_root' }),
            user: () => ({ id: '1' }),
          },
          mutation_root: { add: () => ({ query: {} }) },
          User: { __resolveReference: (user: object) => user, age: () => 36 },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const user = { name: 'Ada', age: 36 };

  it.each([
    ['{ count }', { count: 3 }],
    ['{ me { query { count user { name age } } } }', { me: { query: { count: 3, user } } }],
    ['{ again { count again { count } } }', { again: { count: 3, again: { count: 3 } } }],
    [
      '{ me { query { __typename self { __typename count } } } }',
      {
        me: { query: { __typename: 'Query', self: { __typename: 'Query', count: 3 } } },
      },
    ],
    [
      '{ list { __typename count me { name } } }',
      {
        list: [
          { __typename: 'Query', count: 3, me: { name: 'Ada' } },
          { __typename: 'Query', count: 3, me: { name: 'Ada' } },
        ],
      },
    ],
    [
      '{ again { ...Q } } fragment Q on Query { ... on Query { count } me { age } }',
      {
        again: { count: 3, me: { age: 36 } },
      },
    ],
    [
      'query($yes: Boolean = true) { again { ... on Query @include(if: $yes) { count } ... @skip(if: $yes) { me { age } } } }',
      {
        again: { count: 3 },
      },
    ],
    ['{ countable { __typename count } }', { countable: { __typename: 'Query', count: 3 } }],
    ['{ countable { ... on Query { count } } }', { countable: { count: 3 } }],
    [
      'query ($yes: Boolean = true) { countable { ... on Query @include(if: $yes) { count times: __typename } } }',
      { countable: { count: 3, times: 'Query' } },
    ],
    ['mutation { go { query { count } me { age } } }', { go: { query: { count: 3 }, me: { age: 36 } } }],
    [
      'mutation { __typename add { query { count me { name } } } }',
      {
        __typename: 'Mutation',
        add: { query: { count: 3, me: { name: 'Ada' } } },
      },
    ],
  ])('is asked under its own: %s', async (query, data) => {
    federation.asked('hasura');
    expect(await federation.ask(query)).toEqual({ data });
    for (const { query: sent } of federation.asked('hasura')) expect(sent).not.toMatch(/on (Query|Mutation)\b/);
  });
});
