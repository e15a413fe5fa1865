import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

const given = { __resolveReference: (reference: object) => reference };

const PARTS = [
  { __typename: 'Wheel', id: 'w', size: 7, maker: { name: 'm' }, price: 3 },
  { __typename: 'Seat', id: 's', color: 'red', maker: { name: 'n' }, price: 4 },
];
const partOf = ({ id }: { id: string }) => PARTS.find((one) => one.id === id);

const NAMES = ['__typename', 'size', 'color', 'quantity', 'maker', 'name', 'price'];

/** What it was sent, with keys in one order. */
const told = (name: string) => (reference: Record<string, unknown>) => {
  if (reference[name] === undefined) throw new Error(`${name} was not sent`);
  return JSON.stringify(reference[name], NAMES);
};

/** Cars whose parts are required piece by piece. */
const CARS: Readonly<Record<string, TestSubgraph>> = {
  cars: {
    sdl: `${FEDERATION}
      type Query { car: Car }
      type Car @key(fields: "id") { id: ID! parts: [Part] }
      interface Part { id: ID! maker: Maker }
      type Wheel implements Part @key(fields: "id") { id: ID! maker: Maker size: Int }
      type Seat implements Part @key(fields: "id") { id: ID! maker: Maker color: String }
      type Maker { name: String }`,
    resolvers: {
      Query: { car: () => ({ id: '1', parts: [PARTS[0], null, PARTS[1]] }) },
      Part: { __resolveType: ({ __typename }: { __typename: string }) => __typename },
      Wheel: { __resolveReference: partOf },
      Seat: { __resolveReference: partOf },
    },
  },
  prices: {
    sdl: `${FEDERATION}
      type Wheel @key(fields: "id") { id: ID! price: Int }
      type Seat @key(fields: "id") { id: ID! price: Int }`,
    resolvers: { Wheel: { __resolveReference: partOf }, Seat: { __resolveReference: partOf } },
  },
  tests: {
    sdl: `${FEDERATION}
      type Car @key(fields: "id") {
        id: ID! parts: [Part] @external
        sizes: String @requires(fields: "parts { ... on Wheel { size } ... on Seat { color maker { name } } }")
        makers: String @requires(fields: "parts { maker { name } }")
        costs: String @requires(fields: "parts { ... on Wheel { price } }")
      }
      interface Part { id: ID! maker: Maker }
      type Wheel implements Part @key(fields: "id") { id: ID! maker: Maker @external size: Int @external price: Int @external }
      type Seat implements Part @key(fields: "id") { id: ID! maker: Maker @external color: String @external }
      type Maker { name: String @external }`,
    resolvers: { Car: { ...given, sizes: told('parts'), makers: told('parts'), costs: told('parts') } },
  },
};

describe('requirements of objects of several types', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(CARS);
  });
  afterAll(() => federation.close());

  const sizes = JSON.stringify([
    { __typename: 'Wheel', size: 7 },
    null,
    { __typename: 'Seat', color: 'red', maker: { name: 'n' } },
  ]);

  it('tell of which type each object is', async () => {
    expect(await federation.ask('{ car { sizes } }')).toEqual({ data: { car: { sizes } } });
  });

  it('may be answered by another subgraph for some of the types', async () => {
    const costs = JSON.stringify([{ __typename: 'Wheel', price: 3 }, null, { __typename: 'Seat' }]);
    expect(await federation.ask('{ car { costs parts { ... on Seat { id: color } } } }')).toEqual({
      data: { car: { costs, parts: [{}, null, { id: 'red' }] } },
    });
  });

  it('leave out what only a field requires that a condition takes away', async () => {
    const query = 'query ($no: Boolean!) { car { sizes makers @include(if: $no) } }';
    expect(await federation.ask(query, { no: false })).toEqual({ data: { car: { sizes } } });
  });
});

/** The subgraph that tells the last key answers what is required, too; the planner asks for that in the end. */
const CHAIN: Readonly<Record<string, TestSubgraph>> = {
  a: {
    sdl: `${FEDERATION} type Query { item: Item } type Item @key(fields: "id") { id: ID! }`,
    resolvers: { Query: { item: () => ({ id: '1' }) }, Item: given },
  },
  b: {
    sdl: `${FEDERATION} type Item @key(fields: "id") @key(fields: "sku") { id: ID! sku: ID! }`,
    resolvers: { Item: { ...given, sku: () => 's1' } },
  },
  c: {
    sdl: `${FEDERATION} type Item @key(fields: "sku") @key(fields: "upc") { sku: ID! upc: ID! weight: Int sizes: [Int] }`,
    resolvers: { Item: { ...given, upc: () => 'u1', weight: () => 5, sizes: () => [1, 2] } },
  },
  d: {
    sdl: `${FEDERATION} type Item @key(fields: "upc") {
      upc: ID! weight: Int @external sizes: [Int] @external cost: Int @requires(fields: "weight sizes")
    }`,
    resolvers: {
      Item: { ...given, cost: (item: { weight: number; sizes: number[] }) => item.weight + item.sizes.length },
    },
  },
  e: {
    sdl: `${FEDERATION} type Item @key(fields: "id") { id: ID! cost: Int @external tax: Int @requires(fields: "cost") }`,
    resolvers: { Item: { ...given, tax: ({ cost }: { cost: number }) => cost * 2 } },
  },
};

describe('requirements behind a chain of keys', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(CHAIN);
  });
  afterAll(() => federation.close());

  it.each([
    ['alone', '{ item { cost } }', {}, { cost: 7 }],
    ['that are required in turn', '{ item { tax } }', {}, { tax: 14 }],
    ['beside a part of them', '{ item { cost weight } }', {}, { cost: 7, weight: 5 }],
    [
      'that a condition leaves out elsewhere',
      'query ($no: Boolean!) { item { tax weight sizes @include(if: $no) } }',
      { no: false },
      { tax: 14, weight: 5 },
    ],
    [
      'under a condition',
      'query ($yes: Boolean!) { item @include(if: $yes) { sizes cost } }',
      { yes: true },
      { sizes: [1, 2], cost: 7 },
    ],
  ])('are fetched first: %s', async (_what, query, variables, item) => {
    expect(await federation.ask(query, variables)).toEqual({ data: { item } });
  });
});

/** What one subgraph provides in one place, it does not answer in another. */
const CRATES: Readonly<Record<string, TestSubgraph>> = {
  store: {
    sdl: `${FEDERATION}
      type Query { crate: Crate shelf: Shelf }
      union Thing = Crate
      type Shelf @key(fields: "id") { id: ID! thing: Thing @provides(fields: "... on Crate { mass }") }
      type Crate @key(fields: "id") { id: ID! mass: Int @external label: String @requires(fields: "mass") }`,
    resolvers: {
      Query: {
        crate: () => ({ id: 'c' }),
        shelf: () => ({ id: 's', thing: { __typename: 'Crate', id: 'c', mass: 4 } }),
      },
      Crate: { ...given, label: ({ mass }: { mass?: number }) => `${mass} kg` },
    },
  },
  scales: {
    sdl: `${FEDERATION}
      type Crate @key(fields: "id") {
        id: ID! mass: Int @shareable label: String @external tag: String @requires(fields: "label")
      }`,
    resolvers: {
      Crate: {
        ...given,
        mass: () => 4,
        tag: ({ label }: { label: string }) => `<${label}>`,
      },
    },
  },
};

describe('requirements that are provided elsewhere', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(CRATES);
  });
  afterAll(() => federation.close());

  it('are asked of who answers them', async () => {
    expect(await federation.ask('{ crate { tag mass } }')).toEqual({ data: { crate: { tag: '<4 kg>', mass: 4 } } });
  });

  it('are not fetched where they are provided', async () => {
    federation.asked('scales');
    const shelf = { thing: { mass: 4 } };
    expect(await federation.ask('{ shelf { thing { ... on Crate { mass } } } }')).toEqual({ data: { shelf } });
    expect(federation.asked('scales')).toEqual([]);
  });
});

/** Lines have a quantity in one subgraph and prices in another. */
const ORDERS: Readonly<Record<string, TestSubgraph>> = {
  orders: {
    sdl: `${FEDERATION}
      type Query { order: Order } type Order @key(fields: "id") { id: ID! lines: [Line!] }
      type Line @key(fields: "id") { id: ID! quantity: Int }`,
    resolvers: { Query: { order: () => ({ id: '1', lines: [{ id: 'l', quantity: 2 }] }) } },
  },
  prices: {
    sdl: `${FEDERATION} type Line @key(fields: "id") { id: ID! price(in: String! = "EUR"): Int }`,
    resolvers: { Line: { ...given, price: (_: unknown, args: { in: string }) => (args.in === 'EUR' ? 3 : 4) } },
  },
  totals: {
    sdl: `${FEDERATION}
      type Order @key(fields: "id") {
        id: ID! lines: [Line!] @external
        total: String @requires(fields: "lines { quantity price }")
        dollars: String @requires(fields: "lines { price(in: \\"USD\\") }")
      }
      type Line @key(fields: "id") { id: ID! quantity: Int @external price(in: String! = "EUR"): Int @external }`,
    resolvers: {
      Order: {
        ...given,
        total: told('lines'),
        dollars: ({ lines }: { lines: { price: number }[] }) => lines.map(({ price }) => price).join(),
      },
    },
  },
};

describe('requirements of parts of the same objects', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(ORDERS);
  });
  afterAll(() => federation.close());

  it('are asked for separately when a condition takes one of them away', async () => {
    const query = 'query ($no: Boolean!) { order { dollars } ... @include(if: $no) { order { total } } }';
    expect(await federation.ask(query, { no: false })).toEqual({ data: { order: { dollars: '4' } } });
    expect(federation.asked('totals').map(({ query: asked }) => asked.includes('total'))).toEqual([false]);
    expect(await federation.ask(query, { no: true })).toEqual({
      data: { order: { dollars: '4', total: '[{"quantity":2,"price":3}]' } },
    });
  });
});

describe('a field that is a union in one subgraph and a member of it in another', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({
      all: {
        sdl: `${FEDERATION}
          type Query { any: Any } union Any = Book | Film
          type Shelf @key(fields: "id") { id: ID! top: Any @shareable }
          type Book @key(fields: "id") { id: ID! title: String } type Film @key(fields: "id") { id: ID! }`,
      },
      books: {
        sdl: `${FEDERATION}
          type Query { shelf: Shelf } type Shelf @key(fields: "id") { id: ID! top: Book @shareable }
          type Book @key(fields: "id") { id: ID! pages: Int }`,
        resolvers: { Query: { shelf: () => ({ id: '1', top: { id: 'b', pages: 5 } }) } },
      },
    });
  });
  afterAll(() => federation.close());

  it('has objects whose type is known', async () => {
    expect(await federation.ask('{ shelf { top { ... on Book { pages } } } }')).toEqual({
      data: { shelf: { top: { pages: 5 } } },
    });
  });
});

describe('a field with requirements that a condition takes away', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({
      weights: {
        sdl: `${FEDERATION} type Box @key(fields: "id") { id: ID! weight: Int }`,
        resolvers: { Box: { ...given, weight: () => 5 } },
      },
      boxes: {
        sdl: `${FEDERATION} type Query { things: [Thing] } union Thing = Box
          type Box @key(fields: "id") { id: ID! weight: Int @external cost: Int @requires(fields: "weight") }`,
        resolvers: {
          Query: { things: () => [{ __typename: 'Box', id: '1' }] },
          Box: {
            ...given,
            cost: () => {
              throw new Error('no cost');
            },
          },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('is not asked for where what it requires is', async () => {
    const query = 'query ($no: Boolean!) { things { ... on Box @include(if: $no) { cost } ... on Box { weight } } }';
    expect(await federation.ask(query, { no: false })).toEqual({ data: { things: [{ weight: 5 }] } });
    expect(federation.asked('boxes')).toHaveLength(1);
    const answer = await federation.ask(query, { no: true });
    expect(answer.data).toEqual({ things: [{ cost: null, weight: 5 }] });
    expect(answer.errors?.map(({ path }) => path)).toEqual([['things', 0, 'cost']]);
  });
});

describe('requirements that go to and fro between two subgraphs, of objects of an interface', () => {
  let federation: Federation;
  const EXTERNAL = 'one: Int @external two: Int @requires(fields: "one") three: Int @external four: Int';
  const OWN = 'one: Int two: Int @external three: Int @requires(fields: "two")';
  const odd = { ...given, one: () => 1, three: ({ two }: { two: number }) => two + 1 };
  const even = {
    ...given,
    two: ({ one }: { one: number }) => one + 1,
    four: ({ three }: { three: number }) => three + 1,
  };

  beforeAll(async () => {
    federation = await startFederation({
      odd: {
        sdl: `${FEDERATION}
          type Hall @key(fields: "id") { id: ID! ${OWN} } type Cell @key(fields: "id") { id: ID! ${OWN} }`,
        resolvers: { Hall: odd, Cell: odd },
      },
      even: {
        sdl: `${FEDERATION}
          type Query { places: [Place] } interface Place { id: ID! four: Int }
          type Hall implements Place @key(fields: "id") { id: ID! ${EXTERNAL} @requires(fields: "three") }
          type Cell implements Place @key(fields: "id") { id: ID! ${EXTERNAL} @requires(fields: "three") }`,
        resolvers: {
          Query: {
            places: () => [
              { __typename: 'Hall', id: 'h' },
              { __typename: 'Cell', id: 'c' },
            ],
          },
          Hall: even,
          Cell: even,
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('are planned one step at a time', async () => {
    expect(await federation.ask('{ places { x: four ... on Cell { three } } }')).toEqual({
      data: { places: [{ x: 4 }, { x: 4, three: 3 }] },
    });
  });
});
