import { buildSchema, lexicographicSortSchema, printSchema, validateSchema } from 'graphql';
import { buildApiSchema } from '../../gateway/supergraph/api-schema';

const TYPES = `"Things."
type Thing implements Named { name: String other(first: Int = 3): Thing! kind: Kind @deprecated(reason: "old") any: Any }
interface Named { name: String }
enum Kind { BIG SMALL }
union Any = Thing
input Filter @oneOf { a: Int b: [Filter!] }
scalar Day @specifiedBy(url: "https://example.com")
directive @trace(level: Int = 1) repeatable on FIELD`;

describe('the API schema', () => {
  it.each([
    [
      'roots by their names',
      ['type Query { thing(filter: Filter): Thing day: Day }', 'type Mutation { go: Kind }', TYPES],
    ],
    ['roots of a schema definition', ['schema { query: Root }', 'type Root { thing: Thing }', TYPES]],
    ['a directive of the standard written out', ['type Query { a: Int }\ndirective @skip(if: Boolean!) on FIELD']],
  ])('is what graphql-js builds: %s', async (_what, parts) => {
    const schema = await buildApiSchema(parts);
    const reference = buildSchema(parts.join('\n'));
    expect(printSchema(lexicographicSortSchema(schema))).toBe(printSchema(lexicographicSortSchema(reference)));
    expect(schema.getDirectives().map(({ name }) => name)).toEqual(reference.getDirectives().map(({ name }) => name));
    expect(validateSchema(schema)).toEqual([]);
  });
});
