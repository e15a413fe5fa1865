import { getIntrospectionQuery, type IntrospectionQuery, parse, validate } from 'graphql';
import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** Introspection is part of an answer wherever `Query` is, and needs no planner. */
describe('introspection', () => {
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      catalog: {
        sdl: `${FEDERATION}
          directive @oneOf on INPUT_OBJECT
          scalar Long
          input By @oneOf { id: ID name: String pair: Pair }
          input Pair { a: Int! b: Int = 2 n: Long = 1234567890123456789 }
          type Query { self: Query selves: [Query!] item(by: By): Item any: Any items(bys: [By!]): [String] long(n: Long = 9007199254740993): String }
          type Mutation { add(name: String): Added }
          type Added { item: Item query: Query }
          type Item @key(fields: "id") { id: ID! name: String query: Query @shareable }
          union Any = Item | Added`,
        resolvers: {
          Query: {
            self: () => ({}),
            selves: () => [{}, {}],
            item: (_root, { by }: { by?: Record<string, unknown> }) => ({ id: '1', name: JSON.stringify(by ?? null) }),
            any: () => ({ __typename: 'Added', query: {} }),
            items: (_root, { bys }: { bys: unknown[] }) => bys.map((one) => JSON.stringify(one)),
            long: (_root, { n }: { n: unknown }) => String(n),
          },
          Mutation: { add: (_root, { name }: { name: string }) => ({ item: { id: '1', name }, query: {} }) },
        },
      },
      reviews: {
        sdl: `${FEDERATION} type Query { top: Int back: Item } type Item @key(fields: "id") { id: ID! stars: Int query: Query @shareable }`,
        resolvers: {
          Query: { top: () => 5, back: () => ({ id: '1', stars: 4, query: {} }) },
          Item: { __resolveReference: (reference: object) => ({ ...reference, stars: 4, query: {} }) },
        },
      },
    });
  });
  afterAll(() => federation.close());

  const schema = { queryType: { name: 'Query' } };

  it.each([
    ['in a nested Query', '{ self { __schema { queryType { name } } } }', { self: { __schema: schema } }],
    [
      'beside data, deeper, under other names, in fragments',
      `{ top self { top s: __schema { ...Q } self { ... on Query { t: __type(name: "Item") { name } } ...F } } }
        fragment Q on __Schema { queryType { name } } fragment F on Query { u: __type(name: "No") { name } top }`,
      { top: 5, self: { top: 5, s: schema, self: { t: { name: 'Item' }, u: null, top: 5 } } },
    ],
    [
      'in a list',
      '{ selves { __type(name: "Any") { kind } } }',
      { selves: [{ __type: { kind: 'UNION' } }, { __type: { kind: 'UNION' } }] },
    ],
    [
      'below a mutation',
      'mutation { add(name: "x") { query { __schema { queryType { name } } top } item { name } } }',
      { add: { query: { __schema: schema, top: 5 }, item: { name: 'x' } } },
    ],
    [
      'below a union and an entity',
      '{ any { ... on Added { query { __type(name: "Query") { name } } } } back { stars query { __type(name: "Item") { name } } } }',
      { any: { query: { __type: { name: 'Query' } } }, back: { stars: 4, query: { __type: { name: 'Item' } } } },
    ],
    [
      'asked in two places for one key',
      '{ __schema { queryType { name } } ...F self { __schema { types { name } } ...F } } fragment F on Query { __schema { mutationType { name } queryType { kind } } }',
      {
        __schema: { queryType: { name: 'Query', kind: 'OBJECT' }, mutationType: { name: 'Mutation' } },
        self: {
          __schema: {
            types: expect.arrayContaining([{ name: 'By' }]),
            mutationType: { name: 'Mutation' },
            queryType: { kind: 'OBJECT' },
          },
        },
      },
    ],
    [
      'with everything that graphql-js knows, beside data',
      '{ top __schema { directives(includeDeprecated: true) { name isDeprecated } } __type(name: "By") { isOneOf name } }',
      {
        top: 5,
        __schema: { directives: expect.arrayContaining([{ name: 'oneOf', isDeprecated: false }]) },
        __type: { isOneOf: true, name: 'By' },
      },
    ],
    [
      'of defaults',
      '{ __type(name: "Pair") { isOneOf inputFields { defaultValue } } q: __type(name: "Query") { fields { args { defaultValue } } } }',
      {
        __type: {
          isOneOf: false,
          inputFields: [{ defaultValue: null }, { defaultValue: '2' }, { defaultValue: '1234567890123456789' }],
        },
        q: { fields: expect.arrayContaining([{ args: [{ defaultValue: '9007199254740993' }] }]) },
      },
    ],
  ])('%s', async (_where, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it.each([
    [true, { self: { __schema: schema }, __type: { name: 'By' } }],
    [false, { self: {} }],
  ])('under a condition that is %s', async (is, data) => {
    const query = `query ($is: Boolean!, $not: Boolean!, $name: String!) {
      self { __schema @include(if: $is) { queryType { name } } ... @skip(if: $not) { __schema { queryType { name } } } }
      __type(name: $name) @include(if: $is) { name isOneOf @skip(if: $is) }
    }`;
    expect(await federation.ask(query, { is, not: !is, name: 'By' })).toEqual({ data });
  });

  it('is the whole answer of the query that every tool sends', async () => {
    const query = getIntrospectionQuery({ oneOf: true, inputValueDeprecation: true, specifiedByUrl: true });
    const { data, errors } = await federation.ask(query);
    expect(errors).toBeUndefined();
    const { __schema } = data as IntrospectionQuery;
    expect(__schema.types.find(({ name }) => name === 'By')).toMatchObject({ isOneOf: true });
  });

  it('refuses what it does not know as any other field', () => {
    const document = parse('{ __schema { types { isNothing } directives(includeNothing: true) { name } } }');
    expect(validate(federation.supergraph.apiSchema, document).map(({ message }) => message)).toEqual([
      expect.stringContaining('Cannot query field "isNothing" on type "__Type"'),
      expect.stringContaining('Unknown argument "includeNothing" on field "__Schema.directives"'),
    ]);
  });

  describe('of an input with @oneOf', () => {
    it.each([
      ['{ item(by: { id: "1" }) { name } }', {}, '{"id":"1"}'],
      ['query ($by: By) { item(by: $by) { name } }', { by: { name: 'x' } }, '{"name":"x"}'],
      [
        'query ($by: By) { item(by: $by) { name } }',
        { by: { pair: { a: 1 } } },
        '{"pair":{"a":1,"b":2,"n":1234567890123456800}}',
      ],
      ['query ($id: ID!) { item(by: { id: $id }) { name stars } }', { id: '7' }, '{"id":"7"}'],
    ])('values reach the subgraph: %s with %j', async (query, variables, name) => {
      expect(await federation.ask(query, variables)).toMatchObject({ data: { item: { name } } });
    });

    it.each([{}, { id: '1', name: 'x' }, { id: null }, { id: '1', name: null }])(
      'refuses the variable %j',
      async (by) => {
        federation.asked('catalog');
        const { data, errors } = await federation.ask('query ($by: By) { item(by: $by) { name } }', { by });
        expect(data).toBeUndefined();
        expect(errors).toMatchObject([{ extensions: { code: 'BAD_USER_INPUT' } }]);
        expect(federation.asked('catalog')).toEqual([]);
      },
    );

    it.each(['{}', '{ id: "1", name: "x" }', '{ id: null }'])('refuses the literal %s', (by) => {
      const invalid = validate(federation.supergraph.apiSchema, parse(`{ item(by: ${by}) { name } }`));
      expect(invalid).not.toHaveLength(0);
    });
  });
});
