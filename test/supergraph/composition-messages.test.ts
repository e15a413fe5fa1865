import { closeCompositionThread, composeSubgraphs, problemsOf } from '../../gateway/supergraph/compose';
import type { CompositionProblem } from '../../gateway/supergraph/supergraph';

afterAll(closeCompositionThread);

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@interfaceObject"])\n`;

/** Each SDL begins at line 2. */
async function problems(sdls: Readonly<Record<string, string>>): Promise<readonly CompositionProblem[]> {
  const subgraphs = Object.entries(sdls).map(([name, sdl]) => ({
    name,
    url: `http://127.0.0.1/${name}`,
    sdl: LINK + sdl,
  }));
  const error = await composeSubgraphs(subgraphs).catch((thrown) => thrown);
  return problemsOf(error);
}

describe('a problem of composition names the subgraphs and the reason', () => {
  it.each([
    [
      'a default value with a field that another subgraph does not define',
      {
        orders: 'type Query { f(i: In = { n: 1, m: 2 }): Int } input In { n: Int m: Int }',
        stock: 'type Query { g(i: In): Int } input In { n: Int }',
      },
      [
        {
          subgraph: 'orders',
          line: 2,
          code: 'INVALID_GRAPHQL',
          message: /In: an input has .* subgraph "stock" defines In without m$/,
        },
      ],
    ],
    [
      'a default value with an enum value that others do not define',
      {
        orders: 'type Query { f(i: In): Int }\ninput In { e: E = B }\nenum E { A B }',
        stock: 'type Query { g(e: E): Int } enum E { A }',
        third: 'type Query { h(e: E): Int } enum E { A }',
      },
      [{ subgraph: 'orders', line: 3, message: /In\.e of type E: .* subgraphs "stock", "third" define E without B$/ }],
    ],
    [
      'a default value below another input',
      {
        orders: 'type Query { f(o: Out = { in: [{ m: 2 }] }): Int } input Out { in: [In!] } input In { n: Int m: Int }',
        stock: 'type Query { g(i: In): Int } input In { n: Int }',
      },
      [{ subgraph: 'orders', message: /subgraph "stock" defines In without m$/ }],
    ],
    [
      'a field of an interface object that an interface does not have',
      {
        types: `type Query { n: Node } interface Node @key(fields: "id") { id: ID! }
          interface Sub implements Node @key(fields: "id") { id: ID! } type T implements Node & Sub @key(fields: "id") { id: ID! }`,
        owner: 'type Node @interfaceObject @key(fields: "id") { id: ID! y: Int }',
      },
      [
        {
          code: 'INTERFACE_FIELD_NO_IMPLEM',
          subgraph: 'types',
          message: /"Node.y" is declared in subgraph "owner" on an @interfaceObject but type "Sub"/,
        },
      ],
    ],
    [
      'a type of two kinds',
      { a: 'type Query { f: T } type T { x: Int }', b: 'interface T { x: Int } type Q implements T { x: Int }' },
      [
        { subgraph: 'a', line: 2, message: /T is an object type in subgraph "a" and an interface in subgraph "b"$/ },
        { subgraph: 'b', line: 2, message: /T is an object type in subgraph "a" and an interface in subgraph "b"$/ },
      ],
    ],
    [
      'interfaces that implement each other',
      {
        a: 'type Query { n: I } interface I implements J { x: Int } interface J { x: Int } type T implements I & J { x: Int }',
        b: 'interface J implements I { x: Int } interface I { x: Int }',
      },
      [
        { subgraph: 'a', message: /I implements J in subgraph "a", J implements I in subgraph "b"$/ },
        { subgraph: 'b', message: /cannot implement J/ },
        { subgraph: 'a', message: /cannot implement I/ },
        { subgraph: 'b', message: /cannot implement I/ },
      ],
    ],
    [
      'a root type in a union',
      {
        hasura:
          'schema { query: query_root }\ntype query_root { u: Un } union Un = query_root | Other type Other { x: Int }',
      },
      [
        {
          subgraph: 'hasura',
          line: 3,
          code: 'ROOT_TYPE_IN_UNION',
          message: /union Un has the root type query_root .* call the type Query/,
        },
      ],
    ],
  ])('%s', async (_name, sdls, expected) => {
    const found = await problems(sdls);
    expect(found).toEqual(
      expected.map(({ message, ...rest }) =>
        expect.objectContaining({ ...rest, message: expect.stringMatching(message) }),
      ),
    );
  });

  it('says which version of Federation may be linked', async () => {
    const sdl = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.99") type Query { a: Int }';
    const error = await composeSubgraphs([{ name: 'a', url: 'http://127.0.0.1/a', sdl }]).catch((thrown) => thrown);
    expect(problemsOf(error)).toEqual([
      {
        subgraph: 'a',
        line: 1,
        column: 15,
        code: 'UNKNOWN_FEDERATION_LINK_VERSION',
        message: expect.stringMatching(/v2\.99 .*: link v2\.15 or an older version$/),
      },
    ]);
  });
});
