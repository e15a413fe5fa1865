import { type Federation, startFederation, type TestSubgraph } from '../fixtures/federation';

interface Reference {
  readonly upc: string;
  readonly id: string;
}

const given = { __resolveReference: (reference: object) => reference };

/** As written for Federation 1: no `@link`, extensions of types, `@external` keys, value types without `@shareable`. */
const FEDERATION_1: Readonly<Record<string, TestSubgraph>> = {
  users: {
    sdl: 'extend type Query { me: User } type User @key(fields: "id") { id: ID! username: String }',
    resolvers: {
      Query: { me: () => ({ id: '1' }) },
      User: { ...given, username: ({ id }: Reference) => `user ${id}` },
    },
  },
  products: {
    sdl: `type Query { products: [Product] } extend type Mutation { rename(upc: String!): Product }
      type Product @key(fields: "upc") @key(fields: "sku") { upc: String! sku: ID weight: Int price: Money }
      type Money { amount: Int }`,
    resolvers: {
      Query: { products: () => [{ upc: 'a' }, { upc: 'bb' }] },
      Mutation: { rename: (_: unknown, { upc }: Reference) => ({ upc }) },
      Product: {
        ...given,
        weight: ({ upc }: Reference) => upc.length,
        price: ({ upc }: Reference) => ({ amount: 10 * upc.length }),
      },
    },
  },
  reviews: {
    sdl: `type Review @key(fields: "id") { id: ID! body: String author: User @provides(fields: "username") product: Product }
      extend type User @key(fields: "id") { id: ID! @external username: String @external reviews: [Review] }
      extend type Product @key(fields: "upc") { upc: String! @external reviews: [Review] }`,
    resolvers: {
      Review: { body: () => 'good', author: () => ({ id: '7', username: 'user 7' }), product: () => ({ upc: 'bb' }) },
      User: { ...given, reviews: () => [{ id: 'r' }] },
      Product: { ...given, reviews: () => [{ id: 'r' }] },
    },
  },
  inventory: {
    sdl: `type Product @extends @key(fields: "upc") { upc: String! @external weight: Int @external price: Money @external
      shipping: Int @requires(fields: "weight price { amount }") }
      type Money { amount: Int }`,
    resolvers: {
      Product: {
        ...given,
        shipping: ({ weight, price }: { weight: number; price: { amount: number } }) => weight + price.amount,
      },
    },
  },
};

describe('subgraphs of Federation 1', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(FEDERATION_1);
  });
  afterAll(() => federation.close());

  const product = { shipping: 22, sku: null };

  it.each([
    [
      'extended types, required and value types',
      '{ me { username reviews { body product { shipping sku } } } }',
      { me: { username: 'user 1', reviews: [{ body: 'good', product }] } },
    ],
    [
      'a type with @extends',
      '{ products { upc price { amount } shipping } }',
      {
        products: [
          { upc: 'a', price: { amount: 10 }, shipping: 11 },
          { upc: 'bb', price: { amount: 20 }, shipping: 22 },
        ],
      },
    ],
    [
      'an extended mutation',
      'mutation { rename(upc: "bb") { shipping reviews { id } } }',
      { rename: { shipping: 22, reviews: [{ id: 'r' }] } },
    ],
  ])('answer %s as stock does', async (_name, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
    expect((await federation.askStock(query)).data).toEqual(data);
  });

  it('are not asked for what another one provides', async () => {
    federation.asked('users');
    expect(await federation.ask('{ products { reviews { author { username } } } }')).toMatchObject({
      data: { products: [{ reviews: [{ author: { username: 'user 7' } }] }, {}] },
    });
    expect(federation.asked('users')).toEqual([]);
  });
});

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
  import: ["@key", "@external", "@provides", "@shareable", "@inaccessible", "@tag", "@composeDirective"])`;

const POST = { __typename: 'Post', id: 'p', title: 'a title', cover: { url: 'u', size: 1 } };
const AD = { __typename: 'Ad', id: 'x', text: 'a text' };

/** The feed provides what the owner of its entries has; the owner answers it in capitals, so one sees who was asked. */
const PROVIDING: Readonly<Record<string, TestSubgraph>> = {
  feed: {
    sdl: `${LINK}
      type Query {
        union: [Entry] @provides(fields: "... on Post { title } ... on Ad { text }")
        interface: [Node] @provides(fields: "... on Post { cover { url } }")
        nested: Blog @provides(fields: "pinned { title }") bare: [Entry]
      }
      union Entry = Post | Ad
      interface Node { id: ID! }
      type Blog { pinned: Post }
      type Post implements Node @key(fields: "id") { id: ID! title: String @external cover: Cover @external }
      type Cover { url: String @external }
      type Ad implements Node @key(fields: "id") { id: ID! text: String @external }`,
    resolvers: {
      Query: {
        union: () => [POST, AD, null],
        interface: () => [AD, POST],
        nested: () => ({ pinned: POST }),
        bare: () => [POST, AD],
      },
    },
  },
  owner: {
    sdl: `${LINK}
      type Post @key(fields: "id") { id: ID! title: String @shareable cover: Cover @shareable }
      type Cover { url: String @shareable size: Int }
      type Ad @key(fields: "id") { id: ID! text: String @shareable }`,
    resolvers: {
      Post: { ...given, title: () => 'TITLE', cover: () => ({ url: 'U', size: 2 }) },
      Ad: { ...given, text: () => 'TEXT' },
    },
  },
};

describe('@provides', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(PROVIDING);
  });
  afterAll(() => federation.close());

  it.each([
    [
      'the members of a union',
      '{ union { ... on Post { title } ... on Ad { text } } }',
      { union: [{ title: 'a title' }, { text: 'a text' }, null] },
      0,
    ],
    [
      'a nested field of what implements an interface',
      '{ interface { id ... on Post { cover { url } } } }',
      { interface: [{ id: 'x' }, { id: 'p', cover: { url: 'u' } }] },
      0,
    ],
    ['a field of a field', '{ nested { pinned { title } } }', { nested: { pinned: { title: 'a title' } } }, 0],
    [
      'nothing on another way',
      '{ bare { ... on Post { title } ... on Ad { text } } }',
      { bare: [{ title: 'TITLE' }, { text: 'TEXT' }] },
      1,
    ],
  ])('holds for %s', async (_name, query, data, requests) => {
    expect(await federation.ask(query)).toEqual({ data });
    expect(federation.asked('owner')).toHaveLength(requests);
    expect((await federation.askStock(query)).data).toEqual(data);
    federation.asked('owner');
  });

  it('holds for no more than it names', async () => {
    expect(await federation.ask('{ interface { ... on Post { cover { size } } } }')).toEqual({
      data: { interface: [{}, { cover: { size: 2 } }] },
    });
  });
});

const HIDING: Readonly<Record<string, TestSubgraph>> = {
  a: {
    sdl: `${LINK} @link(url: "https://example.com/custom/v1.0", import: ["@audit"]) @composeDirective(name: "@audit")
      directive @audit(level: Int!) on FIELD_DEFINITION
      type Query { echo(shown: Filter, hidden: Int @inaccessible): String @audit(level: 3) color: Color secret: Int @inaccessible pick(by: Sort): String }
      input Filter { name: String @tag(name: "public") onlyHere: Int hidden: Int @inaccessible }
      enum Color { RED BLUE } enum Sort { NAME PRICE }`,
    resolvers: {
      Query: {
        echo: (_: unknown, args: object) => JSON.stringify(args),
        color: () => 'BLUE',
        pick: (_: unknown, { by }: { by: string }) => by,
      },
    },
  },
  b: {
    sdl: `${LINK}
      type Query { search(filter: Filter): String hue: Color order(by: Sort): String }
      input Filter { name: String hidden: Int alsoOnlyHere: [Int!] }
      enum Color { RED GREEN } enum Sort { NAME RANK }`,
    resolvers: {
      Query: {
        search: (_: unknown, args: object) => JSON.stringify(args),
        hue: () => 'GREEN',
        order: (_: unknown, { by }: { by: string }) => by,
      },
    },
  },
};

describe('types that differ, and parts that clients must not see', () => {
  let federation: Federation;
  beforeAll(async () => {
    federation = await startFederation(HIDING);
  });
  afterAll(() => federation.close());

  it('answers values of an enum that one subgraph only has', async () => {
    expect(await federation.ask('{ color hue }')).toEqual({ data: { color: 'BLUE', hue: 'GREEN' } });
  });

  it('takes what every subgraph takes: fields of inputs, values of enums that are arguments', async () => {
    const query = 'query ($f: Filter) { echo(shown: $f) search(filter: { name: "x" }) pick(by: NAME) order(by: NAME) }';
    expect(await federation.ask(query, { f: { name: 'n' } })).toEqual({
      data: { echo: '{"shown":{"name":"n"}}', search: '{"filter":{"name":"x"}}', pick: 'NAME', order: 'NAME' },
    });
    for (const refused of ['{ pick(by: PRICE) }', '{ order(by: RANK) }', '{ search(filter: { alsoOnlyHere: [1] }) }'])
      await expect(federation.ask(refused)).rejects.toThrow(/does not exist in "Sort"|is not defined by type "Filter"/);
  });

  it.each([
    ['field', '{ secret }', 'Cannot query field "secret"'],
    ['argument', '{ echo(hidden: 1) }', 'Unknown argument "hidden"'],
    ['input field', '{ echo(shown: { hidden: 1 }) }', 'Field "hidden" is not defined by type "Filter"'],
  ])('refuses an @inaccessible %s as unknown', async (_name, query, message) => {
    await expect(federation.ask(query)).rejects.toThrow(message);
  });

  it('refuses an @inaccessible input field in variables, and does not show it', async () => {
    const query = 'query ($f: Filter) { echo(shown: $f) }';
    const { data, errors } = await federation.ask(query, { f: { hidden: 1 } });
    expect(data).toBeUndefined();
    expect(errors?.[0]?.message).toContain('Field "hidden" is not defined by type "Filter"');
    const shown = await federation.ask('{ __type(name: "Filter") { inputFields { name } } }');
    expect(shown).toEqual({ data: { __type: { inputFields: [{ name: 'name' }] } } });
  });

  it('keeps @tag and composed directives in the supergraph, and away from clients', async () => {
    expect(federation.supergraph.sdl).toMatch(/@tag\(name: "public"\)/);
    expect(federation.supergraph.sdl).toMatch(/echo\([^)]*\).*@audit\(level: 3\)/);
    const directives = '{ __schema { directives { name } } }';
    const answer = JSON.stringify(await federation.ask(directives));
    expect(answer).not.toMatch(/tag|audit|join/);
  });
});
