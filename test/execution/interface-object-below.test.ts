import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

interface Entity {
  readonly __typename?: string;
  readonly id: string;
}

/** An `@interfaceObject` that implements another interface: objects of that one may be answered as it. Stock is wrong. */
describe('values of an interface object behind a wider interface', () => {
  let federation: Federation;

  beforeAll(async () => {
    const typeOf = (id: string) => (id.startsWith('b') ? 'Book' : 'Film');
    const item = { __resolveReference: ({ id }: Entity) => (id === 'gone' ? null : { __typename: typeOf(id), id }) };
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { shown: [Node] }
          interface Node { id: ID! }
          interface Item implements Node @key(fields: "id") { id: ID! title: String }
          type Book implements Item & Node & Paper @key(fields: "id") { id: ID! title: String pages: Int }
          type Film implements Item & Node @key(fields: "id") { id: ID! title: String minutes: Int }
          type Poster implements Node & Paper { id: ID! pages: Int }
          interface Paper { pages: Int }`,
        resolvers: {
          Query: {
            shown: () => [
              { __typename: 'Book', id: 'b1' },
              { __typename: 'Poster', id: 'o1', pages: 1 },
            ],
          },
          Node: { __resolveType: ({ __typename }: Entity) => __typename },
          Item: { ...item, __resolveType: ({ id }: Entity) => typeOf(id) },
          Book: { ...item, title: ({ id }: Entity) => `title ${id}`, pages: () => 7 },
          Film: { ...item, title: ({ id }: Entity) => `title ${id}`, minutes: () => 90 },
        },
      },
      prices: {
        sdl: `${FEDERATION}
          type Query { sold: [Node] first: Node gone: Node shelf: Shelf }
          type Shelf { holds: Node others: [Node!] }
          interface Node { id: ID! }
          type Item implements Node @interfaceObject @key(fields: "id") { id: ID! price: Int }
          type Bag implements Node { id: ID! size: Int next: Node }`,
        resolvers: {
          Query: {
            sold: () => [
              { __typename: 'Item', id: 'b1' },
              { __typename: 'Bag', id: 'x1', size: 4, next: { __typename: 'Item', id: 'f2' } },
              { __typename: 'Item', id: 'f1' },
            ],
            first: () => ({ __typename: 'Item', id: 'f1' }),
            gone: () => ({ __typename: 'Item', id: 'gone' }),
            shelf: () => ({ holds: { __typename: 'Item', id: 'b2' }, others: [{ __typename: 'Bag', id: 'x2' }] }),
          },
          Node: { __resolveType: ({ __typename }: Entity) => __typename },
          Item: { __resolveReference: (reference: object) => reference, price: ({ id }: Entity) => id.length },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    [
      '{ sold { __typename id } first { is: __typename } }',
      {
        sold: [
          { __typename: 'Book', id: 'b1' },
          { __typename: 'Bag', id: 'x1' },
          { __typename: 'Film', id: 'f1' },
        ],
        first: { is: 'Film' },
      },
    ],
    [
      '{ sold { ... on Book { pages price } ... on Bag { size } } }',
      { sold: [{ pages: 7, price: 2 }, { size: 4 }, {}] },
    ],
    ['{ first { ... on Book { pages } ... on Film { minutes } } }', { first: { minutes: 90 } }],
    [
      '{ sold { ... on Item { title ... on Film { minutes } } } }',
      { sold: [{ title: 'title b1' }, {}, { title: 'title f1', minutes: 90 }] },
    ],
    ['{ sold { ... on Paper { pages } } }', { sold: [{ pages: 7 }, {}, {}] }],
    [
      '{ sold { ...Shown ... on Bag { next { ...Shown } } } } fragment Shown on Node { id ... on Film { name: title price } }',
      {
        sold: [
          { id: 'b1' },
          { id: 'x1', next: { id: 'f2', name: 'title f2', price: 2 } },
          { id: 'f1', name: 'title f1', price: 2 },
        ],
      },
    ],
    [
      '{ shelf { holds { ... on Node { __typename } ... on Book { title } } others { __typename ... on Item { price } } } }',
      { shelf: { holds: { __typename: 'Book', title: 'title b2' }, others: [{ __typename: 'Bag' }] } },
    ],
    [
      '{ shown { __typename ... on Book { price title } ... on Paper { pages } } }',
      {
        shown: [
          { __typename: 'Book', price: 2, title: 'title b1', pages: 7 },
          { __typename: 'Poster', pages: 1 },
        ],
      },
    ],
  ])('are of the type that a subgraph with the types says: %s', async (query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('are told apart under conditions', async () => {
    const query =
      'query ($yes: Boolean!, $no: Boolean!) { sold { ... @include(if: $yes) { ... on Film { minutes } } __typename @include(if: $no) ... on Book @skip(if: $yes) { pages } } }';
    expect(await federation.ask(query, { yes: true, no: false })).toEqual({
      data: { sold: [{}, {}, { minutes: 90 }] },
    });
    expect(await federation.ask(query, { yes: false, no: true })).toEqual({
      data: { sold: [{ __typename: 'Book', pages: 7 }, { __typename: 'Bag' }, { __typename: 'Film' }] },
    });
  });

  it.each(['{ sold { id } }', '{ sold { id ... on Item { price } ... on Bag { size } } }'])(
    'need no other subgraph where their type decides nothing: %s',
    async (query) => {
      federation.asked('catalog');
      expect((await federation.ask(query)).errors).toBeUndefined();
      expect(federation.asked('catalog')).toEqual([]);
    },
  );

  it('have no name when nobody with the types knows them', async () => {
    const { data, errors } = await federation.ask('{ gone { id __typename } }');
    expect(data).toEqual({ gone: null });
    expect(errors?.map(({ path }) => path)).toEqual([['gone', '__typename']]);
  });
});

/** Fragments that say nothing about which type it is: that there is only one, or that all have what is asked, is told by the schema. */
describe.each([
  ['one object type', ''],
  [
    'types that are all of another',
    'type Film implements Item & Node & Base & Paper & Priced @key(fields: "id") { id: ID! pages: Int cost: Int }',
  ],
])('values of an interface object behind a wider interface, of %s', (_what, film) => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          type Query { book: Book }
          interface Base { id: ID! }
          interface Node implements Base { id: ID! }
          interface Paper { pages: Int }
          interface Priced { cost: Int }
          union Printed = Book ${film === '' ? '' : '| Film'}
          interface Item implements Node & Base & Priced @key(fields: "id") { id: ID! cost: Int }
          type Book implements Item & Node & Base & Paper & Priced @key(fields: "id") { id: ID! pages: Int cost: Int }
          ${film}`,
        resolvers: {
          Item: { __resolveReference: ({ id }: Entity) => ({ __typename: 'Book', id }) },
          Book: { pages: () => 7, cost: () => 3 },
        },
      },
      prices: {
        sdl: `${FEDERATION}
          type Query { sold: [Node] item: Item }
          interface Base { id: ID! }
          interface Node implements Base { id: ID! }
          interface Priced { price: Int }
          type Item implements Node & Base & Priced @interfaceObject @key(fields: "id") { id: ID! price: Int }
          type Bag implements Node & Base { id: ID! }`,
        resolvers: {
          Query: {
            sold: () => [
              { __typename: 'Item', id: 'b1' },
              { __typename: 'Bag', id: 'x1' },
            ],
            item: () => ({ __typename: 'Item', id: 'b1' }),
          },
          Node: { __resolveType: ({ __typename }: Entity) => __typename },
          Priced: { __resolveType: ({ __typename }: Entity) => __typename },
          Item: { price: () => 5 },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    ['{ sold { ... on Book { pages } } }', [{ pages: 7 }, {}]],
    ['{ sold { ... on Item { ... on Book { id } } } }', [{ id: 'b1' }, {}]],
    ['{ sold { ... on Node { ... on Book { price } } ... on Bag { id } } }', [{ price: 5 }, { id: 'x1' }]],
    ['{ sold { ... on Paper { pages } } }', [{ pages: 7 }, {}]],
    ['{ sold { ... on Item { ... on Paper { pages } } } }', [{ pages: 7 }, {}]],
    ['{ sold { ... on Printed { ... on Book { pages } } } }', [{ pages: 7 }, {}]],
    ['{ sold { ... on Printed { ... on Item { price } } } }', [{ price: 5 }, {}]],
    ['{ sold { ... on Priced { price } } }', [{ price: 5 }, {}]],
    [
      '{ sold { ...Priced } } fragment Priced on Priced { ... on Paper { pages } ... on Item { id } }',
      [{ pages: 7, id: 'b1' }, {}],
    ],
  ])('are in every fragment that their type is in: %s', async (query, sold) => {
    expect(await federation.ask(query)).toEqual({ data: { sold } });
  });

  it.each([
    ['{ sold { ... on Base { id } } }', [{ id: 'b1' }, { id: 'x1' }]],
    ['{ sold { ... on Base { ... on Node { id } ... on Item { price } } } }', [{ id: 'b1', price: 5 }, { id: 'x1' }]],
    [
      '{ sold { ... on Item { ... on Node { id } ...Priced } } } fragment Priced on Priced { price }',
      [{ id: 'b1', price: 5 }, {}],
    ],
  ])('are in fragments on wider interfaces, without asking for their type: %s', async (query, sold) => {
    federation.asked('catalog');
    expect(await federation.ask(query)).toEqual({ data: { sold } });
    expect(federation.asked('catalog')).toEqual([]);
  });

  it('are the same behind the interface itself', async () => {
    const query = '{ item { ... on Base { id } ... on Priced { price } ... on Paper { pages } } }';
    expect(await federation.ask(query)).toEqual({ data: { item: { id: 'b1', price: 5, pages: 7 } } });
  });
});
