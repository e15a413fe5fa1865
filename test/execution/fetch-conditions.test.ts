import { type Federation, startFederation } from '../fixtures/federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@external", "@requires", "@interfaceObject"])`;

describe('a fetch that waits for one whose fields all have a condition', () => {
  let federation: Federation;
  const given = { __resolveReference: (reference: object) => reference };

  beforeAll(async () => {
    federation = await startFederation({
      books: {
        sdl: `${LINK} interface Item @key(fields: "id") { id: ID! name: String }
          type Book implements Item @key(fields: "id") { id: ID! name: String }`,
        resolvers: {
          Item: { __resolveReference: (reference: object) => ({ ...reference, __typename: 'Book' }) },
          Book: { ...given, name: ({ id }: { id: string }) => `name of ${id}` },
        },
      },
      lists: {
        sdl: `${LINK} type Query { items: [Item] } type Item @interfaceObject @key(fields: "id") { id: ID! }`,
        resolvers: { Query: { items: () => [{ id: '1' }] } },
      },
      ranks: {
        sdl: `${LINK} type Item @interfaceObject @key(fields: "id") { id: ID! name: String @external rank: String @requires(fields: "name") }`,
        resolvers: { Item: { ...given, rank: ({ name }: { name: string }) => `rank of ${name}` } },
      },
    });
  });
  afterAll(() => federation.close());

  const rank = 'rank of name of 1';
  it.each([
    [true, { rank, other: rank }],
    [false, { other: rank }],
  ])('is made for what it asks for in any case, with %s', async (yes, item) => {
    for (const query of [
      'query ($yes: Boolean!) { items { ... on Book { rank @include(if: $yes) } other: rank } }',
      'query ($yes: Boolean!) { items { ... on Book @include(if: $yes) { rank } other: rank } }',
    ])
      expect(await federation.ask(query, { yes })).toEqual({ data: { items: [item] } });
  });

  it('is not made for what nobody asks for', async () => {
    federation.asked('ranks');
    const query = 'query ($yes: Boolean!) { items { id ... on Book { rank @include(if: $yes) } } }';
    expect(await federation.ask(query, { yes: false })).toEqual({ data: { items: [{ id: '1' }] } });
    expect(federation.asked('ranks')).toEqual([]);
  });
});
