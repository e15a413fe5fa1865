import { parse } from 'graphql';
import { annotatedPart, cutAtDefinitions } from '../../../gateway/supergraph/thread/parts';

describe('cutAtDefinitions', () => {
  const sdl = '"""A { of """\ntype A { a: Int }\n\n# B {\ntype B { b: Int }\nenum C { D }\n';

  it('makes parts that parse by themselves and are the whole together', () => {
    const parts = cutAtDefinitions(sdl, 1);
    expect(parts.map((part) => parse(part).definitions.length)).toEqual([1, 1, 1]);
    expect(parts.join('')).toBe(sdl.trimEnd());
  });

  it('makes them about as long as wanted', () => {
    expect(cutAtDefinitions(sdl, 40)).toHaveLength(2);
    expect(cutAtDefinitions(sdl, 1_000)).toEqual([sdl]);
  });
});

describe('annotatedPart', () => {
  const part = (sdl: string) => annotatedPart(sdl, parse(sdl));
  const types = `enum join__Graph { REST @join__graph(name: "rest", url: "") OTHER @join__graph(name: "other", url: "") }

"Of the adapter."
type A @join__type(graph: REST) {
  a: Int
}
type B @join__type(graph: OTHER) {
  "}"
  b: Int
}
type C @join__type(graph: OTHER) @join__type(graph: REST) { c: Int }
`;

  it('is empty when no subgraph links directives of its own', () => {
    expect(part(`schema @link(url: "x") { query: A }\n${types}`)).toBe('');
  });

  it('leaves out what only other subgraphs have, and every line in its place', () => {
    const schema = 'schema @join__directive(graphs: [REST], name: "link", args: { url: "y" }) { query: A }\n';
    expect(part(schema + types)).toBe(
      (schema + types).replace('type B @join__type(graph: OTHER) {\n  "}"\n  b: Int\n}', '\n\n\n'),
    );
  });
});
