import { isHeadgateError } from '../../gateway/errors';
import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';
import { composed } from '../fixtures/hand-written-plan';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires", "@context", "@fromContext"])`;

const USERS: Readonly<Record<string, object>> = {
  ann: { __typename: 'User', id: 'ann', currency: 'EUR', locale: { code: 'de' } },
  bob: { __typename: 'User', id: 'bob', currency: 'USD', locale: null },
  cat: { __typename: 'User', id: 'cat', currency: null, locale: { code: 'fr' } },
  dan: { __typename: 'User', id: 'dan', currency: 'EUR', locale: { code: 'de' } },
};
const SHOP = { __typename: 'Shop', id: 'shop', money: 'GBP' };

const carts = (id: string) => [{ id: 'one' }, { id: `of-${id}` }];

/** Prices are per currency, so an answer tells which context it was made with. */
const SHOP_SUBGRAPH = {
  sdl: `${LINK}
    type Query { users: [User!]! owners: [Owner] user(id: ID!): User shop: Shop! }
    type Mutation { move(id: ID!): User }
    union Owner = User | Shop
    type User @key(fields: "id") @context(name: "buyer") {
      id: ID! currency: String locale: Locale region: String cart: Cart carts: [Cart!]! rows: [[Cart]] profile: Profile
    }
    type Shop @key(fields: "id") @context(name: "buyer") { id: ID! money: String carts: [Cart!]! }
    type Locale { code: String }
    type Profile { cart: Cart }
    type Cart @key(fields: "id") {
      id: ID! note(text: String): String
      price(times: Int = 1, in: String @fromContext(field: "$buyer ... on User { currency } ... on Shop { money }")): String
      greeting(locale: String @fromContext(field: "$buyer ... on User { locale { code } } ... on Shop { money }")): String
    }`,
  resolvers: {
    Query: {
      users: () => Object.values(USERS),
      owners: () => [USERS.ann, SHOP, null, USERS.bob],
      user: (_: unknown, { id }: { id: string }) => USERS[id],
      shop: () => SHOP,
    },
    User: {
      __resolveReference: ({ id }: { id: string }) => USERS[id],
      region: ({ id }: { id: string }) => `region ${id}`,
      cart: ({ id }: { id: string }) => carts(id)[1],
      carts: ({ id }: { id: string }) => carts(id),
      rows: ({ id }: { id: string }) => [[{ id: 'one' }, null], null, [{ id: `of-${id}` }]],
      profile: ({ id }: { id: string }) => ({ cart: { id: `of-${id}` } }),
    },
    Mutation: { move: (_: unknown, { id }: { id: string }) => USERS[id] },
    Shop: { carts: () => carts('shop') },
    Cart: {
      __resolveReference: (given: object) => given,
      note: (_: unknown, { text }: { text: string }) => text,
      price: ({ id }: { id: string }, given: { times: number; in: string | null }) =>
        `${id} ${given.times} ${given.in}`,
      greeting: (_: unknown, { locale }: { locale: string | null }) => `greeting ${locale}`,
    },
  },
};

/** Contexts in a subgraph that is reached through another, with lists. */
const STOCK_SUBGRAPH = {
  sdl: `${LINK}
    type User @key(fields: "id") @context(name: "holder") { id: ID! region: String @external zone: String! chain: [Link!]! shelf: Shelf }
    type Query { holders: [User] }
    type Link { name: String }
    type Shelf @key(fields: "id") {
      id: ID! size: Int
      near(zone: String @fromContext(field: "$holder { zone }")): String
      sent(region: String @fromContext(field: "$holder { region }")): String
      linked(names: [String] @fromContext(field: "$holder { chain { name } }")): String
    }
    type Cart @key(fields: "id") { id: ID! weight: Int }`,
  resolvers: {
    Query: { holders: () => [{ id: 'bob' }, null, { id: 'dan' }] },
    User: {
      __resolveReference: (given: object) => given,
      zone: ({ id }: { id: string }) => `zone ${id}`,
      chain: ({ id }: { id: string }) => [{ name: id }, { name: null }],
      shelf: ({ id }: { id: string }) => ({ id: `shelf ${id}` }),
    },
    Shelf: {
      __resolveReference: (given: object) => given,
      size: () => 3,
      sent: (_: unknown, { region }: { region: string }) => region,
      near: (_: unknown, { zone }: { zone: string }) => zone,
      linked: (_: unknown, { names }: { names: readonly (string | null)[] }) => JSON.stringify(names),
    },
    Cart: { __resolveReference: (given: object) => given, weight: () => 7 },
  },
};

describe('arguments with @fromContext', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation({ shop: SHOP_SUBGRAPH, stock: STOCK_SUBGRAPH });
  });
  afterAll(() => federation.close());
  beforeEach(() => {
    federation.asked('shop');
    federation.asked('stock');
  });

  it('have the value of the object above that sets the context', async () => {
    expect(await federation.ask('{ user(id: "ann") { cart { price } } }')).toEqual({
      data: { user: { cart: { price: 'of-ann 1 EUR' } } },
    });
  });

  it('have different values under different objects, in one request with a list for each value', async () => {
    const answer = await federation.ask('{ users { id carts { price } } }');
    expect(answer).toEqual({
      data: {
        users: [
          { id: 'ann', carts: [{ price: 'one 1 EUR' }, { price: 'of-ann 1 EUR' }] },
          { id: 'bob', carts: [{ price: 'one 1 USD' }, { price: 'of-bob 1 USD' }] },
          { id: 'cat', carts: [{ price: 'one 1 null' }, { price: 'of-cat 1 null' }] },
          { id: 'dan', carts: [{ price: 'one 1 EUR' }, { price: 'of-dan 1 EUR' }] },
        ],
      },
    });
    const [, second, ...others] = federation.asked('shop');
    expect(others).toEqual([]);
    expect(second?.variables).toEqual({
      representations: [
        { __typename: 'Cart', id: 'one' },
        { __typename: 'Cart', id: 'of-ann' },
        { __typename: 'Cart', id: 'of-dan' },
      ],
      contextualArgument_1_1: 'EUR',
      representations_1: expect.any(Array),
      contextualArgument_1_1_of1: 'USD',
      representations_2: expect.any(Array),
      contextualArgument_1_1_of2: null,
    });
  });

  it('are chosen by the type of the object above, which may be in a union', async () => {
    expect(
      await federation.ask(
        '{ owners { ... on User { carts { price(times: 2) greeting } } ... on Shop { carts { price(times: 2) } } } }',
      ),
    ).toEqual({
      data: {
        owners: [
          {
            carts: [
              { price: 'one 2 EUR', greeting: 'greeting de' },
              { price: 'of-ann 2 EUR', greeting: 'greeting de' },
            ],
          },
          { carts: [{ price: 'one 2 GBP' }, { price: 'of-shop 2 GBP' }] },
          null,
          {
            carts: [
              { price: 'one 2 USD', greeting: 'greeting null' },
              { price: 'of-bob 2 USD', greeting: 'greeting null' },
            ],
          },
        ],
      },
    });
  });

  it('go past lists of lists with nulls and objects without a key', async () => {
    expect(await federation.ask('{ users { rows { price } profile { cart { price } } } }')).toMatchObject({
      data: {
        users: [
          {
            rows: [[{ price: 'one 1 EUR' }, null], null, [{ price: 'of-ann 1 EUR' }]],
            profile: { cart: { price: 'of-ann 1 EUR' } },
          },
          { rows: [[{ price: 'one 1 USD' }, null], null, [{ price: 'of-bob 1 USD' }]] },
          {},
          {},
        ],
      },
    });
  });

  it('may be lists, read through a list of objects, in a subgraph that is reached through another', async () => {
    expect(await federation.ask('{ users { shelf { near linked } } }')).toEqual({
      data: {
        users: ['ann', 'bob', 'cat', 'dan'].map((id) => ({
          shelf: { near: `zone ${id}`, linked: JSON.stringify([id, null]) },
        })),
      },
    });
  });

  it('may come from another subgraph, before or after the object was reached', async () => {
    expect(await federation.ask('{ users { shelf { sent } } }')).toMatchObject({
      data: { users: ['ann', 'bob', 'cat', 'dan'].map((id) => ({ shelf: { sent: `region ${id}` } })) },
    });
    expect(await federation.ask('{ holders { shelf { sent } carts { price } } }')).toEqual({
      data: {
        holders: [
          { shelf: { sent: 'region bob' }, carts: [{ price: 'one 1 USD' }, { price: 'of-bob 1 USD' }] },
          null,
          { shelf: { sent: 'region dan' }, carts: [{ price: 'one 1 EUR' }, { price: 'of-dan 1 EUR' }] },
        ],
      },
    });
  });

  it('belong to their step of a mutation', async () => {
    const answer = await federation.ask(
      'mutation { a: move(id: "ann") { cart { price } shelf { sent } } b: move(id: "bob") { cart { price } } }',
    );
    expect(answer).toEqual({
      data: {
        a: { cart: { price: 'of-ann 1 EUR' }, shelf: { sent: 'region ann' } },
        b: { cart: { price: 'of-bob 1 USD' } },
      },
    });
  });

  it('do not keep other fetches of the wave from being merged, and stay apart from client arguments of that name', async () => {
    const query = `query ($contextualArgument_1_1: String, $representations_1: String) {
      users { currency: id x: currency carts { price weight a: note(text: $contextualArgument_1_1) b: note(text: $representations_1) } }
    }`;
    const answer = await federation.ask(query, {
      contextualArgument_1_1: '$contextualArgument_1_1',
      representations_1: 'b',
    });
    const cart = { weight: 7, a: '$contextualArgument_1_1', b: 'b' };
    expect(answer).toMatchObject({
      data: {
        users: [
          {
            currency: 'ann',
            x: 'EUR',
            carts: [
              { price: 'one 1 EUR', ...cart },
              { price: 'of-ann 1 EUR', ...cart },
            ],
          },
          {
            currency: 'bob',
            x: 'USD',
            carts: [
              { price: 'one 1 USD', ...cart },
              { price: 'of-bob 1 USD', ...cart },
            ],
          },
          { x: null },
          { x: 'EUR' },
        ],
      },
    });
    expect(federation.asked('stock')).toHaveLength(1);
  });

  it('follow aliases and @include', async () => {
    const query = 'query ($with: Boolean!) { users { carts { mine: price(times: 3) @include(if: $with) id } } }';
    expect(await federation.ask(query, { with: false })).toMatchObject({
      data: { users: [{ carts: [{ id: 'one' }, {}] }, {}, {}, {}] },
    });
    expect(await federation.ask(query, { with: true })).toMatchObject({
      data: { users: [{ carts: [{ mine: 'one 3 EUR' }, {}] }, { carts: [{ mine: 'one 3 USD' }, {}] }, {}, {}] },
    });
  });
});

describe('a context of the root type', () => {
  it('reaches every entity', async () => {
    const federation = await startFederation({
      only: {
        sdl: `${LINK} type Query @context(name: "tenant") { tenant: String carts: [[Cart]] }
          type Cart @key(fields: "id") { id: ID! owner(name: String @fromContext(field: "$tenant { tenant }")): String }`,
        resolvers: {
          Query: { tenant: () => 'acme', carts: () => [[{ id: '1' }], null, [null, { id: '2' }]] },
          Cart: {
            __resolveReference: (given: object) => given,
            owner: ({ id }: { id: string }, { name }: { name: string }) => `${name} ${id}`,
          },
        },
      },
    });
    try {
      expect(await federation.ask('{ carts { owner } }')).toEqual({
        data: { carts: [[{ owner: 'acme 1' }], null, [null, { owner: 'acme 2' }]] },
      });
    } finally {
      await federation.close();
    }
  });
});

describe('an answer with contexts', () => {
  it('is made with null where the context has no value', async () => {
    const distort: TestSubgraph['distort'] = (result, { query }) =>
      query.includes('zone') ? JSON.stringify(result).replaceAll(/"zone [bc]\w*"/g, 'null') : result;
    const federation = await startFederation({ shop: SHOP_SUBGRAPH, stock: { ...STOCK_SUBGRAPH, distort } });
    try {
      const { data } = await federation.ask('{ users { shelf { near size } } }');
      expect(data).toEqual({
        users: ['zone ann', null, null, 'zone dan'].map((near) => ({ shelf: { near, size: 3 } })),
      });
    } finally {
      await federation.close();
    }
  });

  it('leads an error of the subgraph to every place', async () => {
    const federation = await startFederation({
      shop: {
        ...SHOP_SUBGRAPH,
        resolvers: {
          ...SHOP_SUBGRAPH.resolvers,
          Cart: {
            ...SHOP_SUBGRAPH.resolvers.Cart,
            price(_: unknown, given: { in: string | null }) {
              if (given.in === 'USD') throw new Error('no dollars');
              return given.in;
            },
          },
        },
      },
      stock: STOCK_SUBGRAPH,
    });
    try {
      const { data, errors } = await federation.ask('{ users { carts { p: price } } }');
      expect(data).toMatchObject({
        users: [{ carts: [{ p: 'EUR' }, { p: 'EUR' }] }, { carts: [{ p: null }, { p: null }] }, {}, {}],
      });
      expect(errors?.map(({ message, path }) => [message, path])).toEqual([
        ['no dollars', ['users', 1, 'carts', 0, 'p']],
        ['no dollars', ['users', 1, 'carts', 1, 'p']],
      ]);
    } finally {
      await federation.close();
    }
  });
});

describe('a context that is read from a field with arguments', () => {
  it('is refused when the supergraph is read, naming subgraph and field', async () => {
    const problems = await composed({
      a: `${LINK} type Query { user: User }
        type User @key(fields: "id") @context(name: "user") { id: ID! money(in: String): String child: Child }
        type Child @key(fields: "id") { id: ID! price(of: String @fromContext(field: "$user { money(in: \\"EUR\\") }")): Int }`,
    }).then(
      () => [],
      (error: unknown) => (isHeadgateError(error, 'SUPERGRAPH_INVALID') ? error.details?.problems : error),
    );
    expect(problems).toMatchObject([
      {
        subgraph: 'a',
        code: 'CONTEXT_NOT_SERVED',
        message: expect.stringContaining('argument of of Child.price in subgraph a'),
      },
    ]);
  });
});

describe('contexts of two types, one of whose values is in another subgraph', () => {
  let federation: Federation;
  const told = { told: (_: unknown, { given }: { given: string | null }) => `told ${given}`, size: () => 1 };

  beforeAll(async () => {
    const nodes = [
      { __typename: 'Far', num: 1, v: 'far' },
      { __typename: 'Near', id: 'n' },
    ];
    federation = await startFederation({
      far: {
        sdl: `${LINK} type Query { nodes: [Node] } interface Node { label: String }
          type Far implements Node @key(fields: "num") { num: Int! label: String @shareable v: String }
          type Near implements Node @key(fields: "id") { id: ID! label: String @shareable }`,
        resolvers: { Query: { nodes: () => nodes } },
      },
      near: {
        sdl: `${LINK} interface Node { label: String }
          type Held @key(fields: "id") { id: ID! size: Int told(given: String @fromContext(field: "$ctx { v }")): String }
          type Far implements Node @key(fields: "num") @context(name: "ctx") { num: Int! label: String @shareable v: String @external held: [[Held]!] }
          type Near implements Node @key(fields: "id") @context(name: "ctx") { id: ID! label: String @shareable v: String held: [[Held]!] }`,
        resolvers: {
          Far: { __resolveReference: (one: object) => one, held: () => [[{ id: 'a' }]] },
          Near: { __resolveReference: (one: object) => one, v: () => 'near', held: () => [[{ id: 'b' }]] },
          Held: { __resolveReference: (one: object) => one, ...told },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('give each entity the value of the object above it', async () => {
    const query = '{ nodes { ... on Far { held { told } } ... on Near { held { told size } } } }';
    expect(await federation.ask(query)).toEqual({
      data: { nodes: [{ held: [[{ told: 'told far' }]] }, { held: [[{ told: 'told near', size: 1 }]] }] },
    });
  });

  const PLAIN =
    'query ($far: Boolean!) { nodes { ... on Far @include(if: $far) { held { told } } ... on Near { near: held { size } v } } }';
  it.each([
    [true, [{ held: [[{ told: 'told far' }]] }, { near: [[{ size: 1 }]], v: 'near' }]],
    [false, [{}, { near: [[{ size: 1 }]], v: 'near' }]],
  ])('do not keep an entity from being asked for what has none: %s', async (far, nodes) => {
    federation.asked('near');
    expect(await federation.ask(PLAIN, { far })).toEqual({ data: { nodes } });
    const asked = federation.asked('near').map(({ query }) => query);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.includes('ontextual')).toBe(far);
  });
});

/** The value of one type is there from the start, that of the other is one more fetch. */
describe('contexts of two types, whose values are in two subgraphs', () => {
  let federation: Federation;

  beforeAll(async () => {
    const resolved = { __resolveReference: (one: object) => one };
    const held = ({ id }: { id: string }) => ({ id: `of ${id}` });
    federation = await startFederation({
      near: {
        sdl: `${LINK} type Query { any: [Any] } union Any = One | Two
          type One @key(fields: "id") { id: ID! } type Two @key(fields: "id") { id: ID! v: String }`,
        resolvers: {
          Query: {
            any: () => [
              { __typename: 'One', id: '1' },
              { __typename: 'Two', id: '2', v: 'two' },
            ],
          },
        },
      },
      far: {
        sdl: `${LINK} type One @key(fields: "id") { id: ID! v: String }`,
        resolvers: { One: { ...resolved, v: () => 'one' } },
      },
      held: {
        sdl: `${LINK} type Held @key(fields: "id") { id: ID! told(given: String @fromContext(field: "$ctx { v }")): String }
          type One @key(fields: "id") @context(name: "ctx") { id: ID! v: String @external held: Held }
          type Two @key(fields: "id") @context(name: "ctx") { id: ID! v: String @external held: Held }`,
        resolvers: {
          One: { ...resolved, held },
          Two: { ...resolved, held },
          Held: { ...resolved, told: (_: unknown, { given }: { given: string | null }) => `told ${given}` },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    [true, [{ held: { told: 'told one' } }, { v: 'two', held: { told: 'told two' } }]],
    [false, [{ held: { told: 'told one' } }, { v: 'two' }]],
  ])('are waited for, each: %s', async (all, any) => {
    const query =
      'query ($all: Boolean!) { any { ... on One { held { told } } ... on Two { v ... @include(if: $all) { held { told } } } } }';
    expect(await federation.ask(query, { all })).toEqual({ data: { any } });
  });
});

/** The subgraph with the fields tells one type's key for its value, and is to be told the value of the other. */
describe('contexts of two types, for one of which their subgraph has the key', () => {
  let federation: Federation;

  beforeAll(async () => {
    const held = ({ id }: { id: string }) => ({ id: `of ${id}` });
    federation = await startFederation({
      near: {
        sdl: `${LINK} type Query { any: [Any] } union Any = Coded | Plain
          type Coded @key(fields: "id") { id: ID! } type Plain @key(fields: "id") { id: ID! }`,
        resolvers: {
          Query: {
            any: () => [
              { __typename: 'Coded', id: '1' },
              { __typename: 'Plain', id: '2' },
            ],
          },
        },
      },
      held: {
        sdl: `${LINK} type Held @key(fields: "id") { id: ID! told(given: String @fromContext(field: "$ctx { v }")): String }
          type Coded @key(fields: "id") @key(fields: "code") @context(name: "ctx") { id: ID! code: ID! v: String @external held: Held }
          type Plain @key(fields: "id") @context(name: "ctx") { id: ID! v: String @external held: Held }`,
        resolvers: {
          Coded: { __resolveReference: (one: { id: string }) => ({ ...one, code: `c${one.id}` }), held },
          Plain: { __resolveReference: (one: object) => one, held },
          Held: {
            __resolveReference: (one: object) => one,
            told: (_: unknown, { given }: { given: string | null }) => `told ${given}`,
          },
        },
      },
      far: {
        sdl: `${LINK} type Coded @key(fields: "code") { code: ID! v: String } type Plain @key(fields: "id") { id: ID! v: String }`,
        resolvers: {
          Coded: { __resolveReference: ({ code }: { code: string }) => ({ code, v: `by ${code}` }) },
          Plain: { __resolveReference: ({ id }: { id: string }) => ({ id, v: `by ${id}` }) },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it('wait for the value of the type that is asked for such a field, and not for that of the other', async () => {
    const answer = await federation.ask('{ any { ... on Coded { held { told } } ... on Plain { held { told } } } }');
    expect(answer).toEqual({ data: { any: [{ held: { told: 'told by c1' } }, { held: { told: 'told by 2' } }] } });
  });
});
