import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { createApolloPlanner } from '../../gateway/planning/apollo/planner';
import { fetchesIn } from '../../gateway/planning/plan';
import { closeCompositionThread, composeSubgraphs, problemsOf } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';

afterAll(closeCompositionThread);

const link = (version: string, imports = '["@key", "@shareable", "@interfaceObject"]') =>
  `extend schema\n  @link(url: "https://specs.apollo.dev/federation/${version}", import: ${imports})\n`;

const subgraph = (name: string, sdl: string) => ({ name, url: `http://127.0.0.1/${name}`, sdl });

describe('Federation 2.15', () => {
  it.each(['v2.15', 'v2.15/'])('composes to what 2.14 composes to: %s', async (version) => {
    const graph = (linked: string) => [
      subgraph(
        'books',
        `${link(linked)} type Query { book: Book } type Book @key(fields: "id") { id: ID! title: String }`,
      ),
      subgraph('prices', `${link('v2.3')} type Book @key(fields: "id") { id: ID! price: Int }`),
    ];
    const [older, newer] = await Promise.all([composeSubgraphs(graph('v2.14')), composeSubgraphs(graph(version))]);
    expect(newer).toEqual(older);
  });

  it('is linked by whatever name', async () => {
    const { sdl: composed } = await composeSubgraphs([
      subgraph(
        'books',
        `extend schema @link(url: "https://specs.apollo.dev/federation/v2.15", as: "fed", import: [{ name: "@key", as: "@id" }])
          type Query { book: Book @fed__shareable } type Book @id(fields: "id") { id: ID! }`,
      ),
    ]);
    expect(composed).toContain('@join__type(graph: BOOKS, key: "id")');
  });

  it('has problems where the author wrote them', async () => {
    const sdl = `${link('v2.15')}type Query { book: Book }\ntype Book @key(fields: "isbn") { id: ID! }`;
    const error = await composeSubgraphs([subgraph('books', sdl)]).catch((thrown) => thrown);
    expect(problemsOf(error)).toEqual([
      { subgraph: 'books', code: 'KEY_INVALID_FIELDS', line: 4, column: 11, message: expect.stringContaining('isbn') },
    ]);
  });

  it('is not a word for whatever comes after it', async () => {
    const error = await composeSubgraphs([subgraph('books', `${link('v2.16')} type Query { a: Int }`)]).catch(
      (thrown) => thrown,
    );
    expect(problemsOf(error)).toEqual([
      expect.objectContaining({ subgraph: 'books', code: 'UNKNOWN_FEDERATION_LINK_VERSION', line: 2 }),
    ]);
  });

  it('may be what a supergraph composed elsewhere links', async () => {
    const file = join(packageRoot, 'test/fixtures/supergraphs/federation-2.15.graphql');
    const sdl = readFileSync(file, 'utf8');
    const supergraph = await readSupergraph(sdl);
    expect(supergraph.sdl).toBe(sdl);
    const planner = await createApolloPlanner(sdl, {
      deadlineMs: 60_000,
      queueMax: 10,
      cacheMax: 10,
      fetchesMax: 50,
      workers: 1,
    });
    const plan = await planner.plan({ query: '{ books { title author { name } } }', operationName: null });
    await planner.close();
    expect(fetchesIn(plan.node).map(({ serviceName }) => serviceName)).toEqual(['books', 'authors']);
  });
});
