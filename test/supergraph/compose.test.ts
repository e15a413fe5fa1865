import { parse } from 'graphql';
import { HeadgateError } from '../../gateway/errors';
import { closeCompositionThread, composeSubgraphs, problemsOf } from '../../gateway/supergraph/compose';
import type { CompositionProblem, SubgraphDefinition } from '../../gateway/supergraph/supergraph';
import { runComposeJob } from '../../gateway/supergraph/thread/compose-job';
import { SHOP, subgraphWithField } from '../fixtures/shop-subgraphs';

afterAll(closeCompositionThread);

const FEDERATION_2 = `extend schema @link(
  url: "https://specs.apollo.dev/federation/v2.7"
  import: ["@key", "@shareable", "@external", "@requires"]
)
`;

function named(sdls: Readonly<Record<string, string>>): readonly SubgraphDefinition[] {
  return Object.entries(sdls).map(([name, sdl]) => ({ name, url: `http://127.0.0.1/${name}`, sdl }));
}

async function problems(subgraphs: readonly SubgraphDefinition[]): Promise<readonly CompositionProblem[]> {
  const error = await composeSubgraphs(subgraphs).catch((thrown: unknown) => thrown);
  if (!(error instanceof HeadgateError)) throw new Error('wanted the subgraphs not to compose');
  expect(error.code).toBe('COMPOSITION_FAILED');
  return problemsOf(error);
}

describe('composing', () => {
  it('gives a supergraph with every subgraph and its routing URL', async () => {
    const { sdl } = await composeSubgraphs(SHOP);
    expect(() => parse(sdl)).not.toThrow();
    expect(sdl).toContain('CATALOG @join__graph(name: "catalog", url: "http://127.0.0.1:4001/graphql")');
    expect(sdl).toContain('PRICE_LIST @join__graph(name: "price-list", url: "http://127.0.0.1:4002/graphql")');
  });

  it('never happens on the main thread', async () => {
    expect(() => runComposeJob({ kind: 'compose', subgraphs: SHOP })).toThrow('in its own thread only');
    const eight = Array.from({ length: 8 }, (_, index) => subgraphWithField(`s${index}`, `field${index}`));
    await expect(composeSubgraphs(eight)).resolves.toMatchObject({ sdl: expect.stringContaining('field7') });
  });

  it('does not depend on the order of the subgraphs', async () => {
    const [forward, backward] = await Promise.all([composeSubgraphs(SHOP), composeSubgraphs([...SHOP].reverse())]);
    expect(backward.sdl).toBe(forward.sdl);
  });

  it('takes Federation 1 subgraphs', async () => {
    const { sdl } = await composeSubgraphs(
      named({
        users: 'type Query { me: User } type User @key(fields: "id") { id: ID! name: String }',
        reviews: 'extend type User @key(fields: "id") { id: ID! @external reviews: [String] }',
      }),
    );
    expect(sdl).toContain('reviews: [String] @join__field(graph: REVIEWS)');
  });

  it('hands on the hints of the composer', async () => {
    const { hints } = await composeSubgraphs(
      named({
        a: `${FEDERATION_2}type Query { a: P @shareable } type P @shareable { x: Int y: Int }`,
        b: `${FEDERATION_2}type Query { a: P @shareable } type P @shareable { x: Int! y: Int }`,
      }),
    );
    expect(hints).toContainEqual({
      code: 'INCONSISTENT_BUT_COMPATIBLE_FIELD_TYPE',
      message: expect.stringContaining('P.x'),
    });
  });

  it.each(['v0.1', 'v0.2', 'v0.3'])('keeps the REST mapping of connect/%s as join directives', async (version) => {
    const { sdl } = await composeSubgraphs(
      named({
        inventory: `extend schema
          @link(url: "https://specs.apollo.dev/federation/v2.10", import: ["@key"])
          @link(url: "https://specs.apollo.dev/connect/${version}", import: ["@source", "@connect"])
          @source(name: "api", http: { baseURL: "http://127.0.0.1:4010" })
        type Query {
          stock(sku: ID!): Stock
            @connect(source: "api", http: { GET: "/stock/{$args.sku}" }, selection: "sku count", entity: true)
        }
        type Stock @key(fields: "sku") { sku: ID! count: Int }`,
      }),
    );
    expect(sdl).toContain('name: "source", args: {name: "api", http: {baseURL: "http://127.0.0.1:4010"}}');
    expect(sdl).toContain('name: "connect", args: {source: "api", http: {GET: "/stock/{$args.sku}"}');
    expect(sdl).toContain(`https://specs.apollo.dev/connect/${version}`);
  });

  it('composes names that objects inherit', async () => {
    const names = ['constructor', 'toString', 'hasOwnProperty'];
    const { sdl } = await composeSubgraphs(names.map((name) => subgraphWithField(name, `${name}Field`)));
    for (const name of names) expect(sdl).toContain(`@join__graph(name: "${name}"`);
  });

  it('composes types and fields with names that objects inherit', async () => {
    const sdl = 'type Query { x: constructor } type constructor { toString: Int valueOf(hasOwnProperty: Int): Int }';
    await expect(composeSubgraphs(named({ a: sdl }))).resolves.toBeDefined();
  });

  it('is cancelled by its signal', async () => {
    const abort = new AbortController();
    const composition = composeSubgraphs(SHOP, abort.signal);
    abort.abort();
    await expect(composition).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });
});

describe('what does not compose', () => {
  it('names subgraph, line and column of every syntax error', async () => {
    const found = await problems(named({ a: 'type Query { x: Int }', b: '\n type { x', c: '\n\n  }' }));
    expect(found).toMatchObject([
      { subgraph: 'b', code: 'INVALID_GRAPHQL', line: 2, column: 7 },
      { subgraph: 'c', code: 'INVALID_GRAPHQL', line: 3, column: 3 },
    ]);
  });

  it('points into each subgraph that takes part in a conflict', async () => {
    const found = await problems(
      named({ a: `${FEDERATION_2}type Query { x: Int }`, b: `${FEDERATION_2}type Query {\n  x: Int\n}` }),
    );
    expect(found).toMatchObject([
      { subgraph: 'a', code: 'INVALID_FIELD_SHARING', line: 5, column: 14 },
      { subgraph: 'b', code: 'INVALID_FIELD_SHARING', line: 6, column: 3 },
    ]);
  });

  it('points into Federation 1 subgraphs too', async () => {
    const found = await problems(named({ a: 'type Query { x: Int }', b: 'type Query { y: Int }\ntype T { x: Nope }' }));
    expect(found).toEqual([
      { subgraph: 'b', code: 'INVALID_GRAPHQL', line: 2, column: 13, message: 'Unknown type Nope' },
    ]);
  });

  it('has the code SATISFIABILITY_ERROR when a field cannot be reached', async () => {
    const found = await problems(
      named({
        a: `${FEDERATION_2}type Query { p: P } type P @key(fields: "id") { id: ID! }`,
        b: `${FEDERATION_2}type P @key(fields: "sku") { sku: ID! price: Int }`,
      }),
    );
    expect(found[0]).toMatchObject({ code: 'SATISFIABILITY_ERROR', message: expect.stringContaining('cannot') });
  });

  it.each([
    ['a field', 'type Query { x: Int\n  x: Int }', 2, 3],
    ['a type', 'type Query { x: Int }\ntype A { a: Int }\ntype A { a: Int }', 3, 6],
    ['a directive', 'type Query { x: Int }\ndirective @a on FIELD\ndirective @a on FIELD', 3, 12],
  ])('points at the second definition of %s', async (_, sdl, line, column) => {
    expect(await problems(named({ a: sdl }))).toMatchObject([{ subgraph: 'a', code: 'INVALID_GRAPHQL', line, column }]);
  });

  it('refuses an operation among the definitions', async () => {
    const found = await problems(named({ a: 'type Query { x: Int }\nquery { x }' }));
    expect(found).toMatchObject([{ subgraph: 'a', code: 'INVALID_GRAPHQL', line: 2, column: 1 }]);
  });

  it('refuses an empty list of subgraphs', async () => {
    expect(await problems([])).toMatchObject([{ subgraph: null, code: 'NO_QUERIES' }]);
  });

  it.each(['', ' \n', '# only a comment'])('refuses the empty SDL %j', async (sdl) => {
    expect(await problems(named({ a: sdl }))).toMatchObject([{ subgraph: 'a', code: 'INVALID_GRAPHQL' }]);
  });

  it('refuses two subgraphs of one name', async () => {
    const found = await problems([subgraphWithField('a', 'x'), subgraphWithField('a', 'y')]);
    expect(found).toMatchObject([
      { code: 'INVALID_SUBGRAPH_NAME', message: expect.stringContaining('"a" is used twice') },
    ]);
  });

  it.each(['', '_', '__proto__', '--', 'a\nb', 'x'.repeat(300)])('refuses the subgraph name %j', async (name) => {
    expect(await problems([subgraphWithField(name, 'x')])).toMatchObject([{ code: 'INVALID_SUBGRAPH_NAME' }]);
  });

  it('refuses names of definitions that begin with two underscores', async () => {
    const found = await problems(named({ a: 'type Query { x: Int }\nenum __proto__ { A }' }));
    expect(found).toMatchObject([{ subgraph: 'a', code: 'INVALID_GRAPHQL', line: 2 }]);
  });

  it('refuses SDL nested a hundred thousand levels deep', async () => {
    const sdl = `type Query { x: ${'['.repeat(100_000)}Int${']'.repeat(100_000)} }`;
    const found = await problems(named({ a: sdl, b: 'type Query { y: Int }' }));
    expect(found).toMatchObject([{ subgraph: 'a', message: 'the SDL is nested too deeply' }]);
  });

  it('lists at most 200 of many problems and says how many more there are', async () => {
    const fields = Array.from({ length: 150 }, (_, index) => `f${index}: Int`).join('\n');
    const sdl = `${FEDERATION_2}type Query { ${fields} }`;
    const error = await composeSubgraphs(named({ a: sdl, b: sdl })).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ message: expect.stringContaining('and 100 more') });
    expect(error instanceof HeadgateError && problemsOf(error)).toHaveLength(200);
  });
});
