import { createHash } from 'node:crypto';
import { Supergraph as ReferenceSupergraph } from '@apollo/federation-internals';
import {
  getIntrospectionQuery,
  graphqlSync,
  isObjectType,
  isSpecifiedDirective,
  parse,
  printSchema,
  validate,
} from 'graphql';
import { closeCompositionThread, composeSubgraphs } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';
import type { Supergraph } from '../../gateway/supergraph/supergraph';
import { runReadJob } from '../../gateway/supergraph/thread/read-job';
import { SHOP } from '../fixtures/shop-subgraphs';

afterAll(closeCompositionThread);

describe('a supergraph', () => {
  let sdl: string;
  let supergraph: Supergraph;

  beforeAll(async () => {
    sdl = (await composeSubgraphs(SHOP)).sdl;
    supergraph = await readSupergraph(sdl);
  });

  it('has the first 16 hex digits of the SHA-256 of its text as version', () => {
    expect(supergraph.sdl).toBe(sdl);
    expect(supergraph.version).toBe(createHash('sha256').update(sdl).digest('hex').slice(0, 16));
  });

  it('has the API schema that the reference gateway would serve', () => {
    const reference = ReferenceSupergraph.build(sdl).apiSchema().toGraphQLJSSchema();
    expect(printSchema(supergraph.apiSchema)).toBe(printSchema(reference));
  });

  it('keeps descriptions, deprecations, defaults and specification URLs in the API schema', () => {
    const printed = printSchema(supergraph.apiSchema);
    expect(printed).toContain('"""What the shop sells."""');
    expect(printed).toContain('"""Newest first."""');
    expect(printed).toContain('items(first: Int = 10 @deprecated(reason: "all are listed")): [Item!]!');
    expect(printed).toContain('title: String @deprecated(reason: "use name")');
    expect(printed).toContain('scalar Day @specifiedBy(url: "https://example.com/day")');
  });

  it('offers clients the standard directives and their own executable ones', () => {
    const directives = supergraph.apiSchema.getDirectives();
    expect(directives.filter(isSpecifiedDirective).map(({ name }) => name)).toEqual(
      expect.arrayContaining(['skip', 'include', 'deprecated', 'specifiedBy']),
    );
    const operation = parse('query ($yes: Boolean!) { items @trace(level: 2) { sku name @skip(if: $yes) } }');
    expect(validate(supergraph.apiSchema, operation)).toEqual([]);
  });

  it('hides what is inaccessible and every join type from clients', () => {
    expect(printSchema(supergraph.apiSchema)).not.toMatch(/hidden|Hidden|join__|link__/);
  });

  it('knows the object types of abstract types, inaccessible ones included', () => {
    expect(Object.fromEntries(supergraph.possibleTypes)).toEqual({
      Named: new Set(['Item', 'Hidden']),
      Thing: new Set(['Item', 'Hidden']),
    });
  });

  it('lists its subgraphs in the order of join__Graph', () => {
    expect([...supergraph.subgraphs]).toEqual([
      ['catalog', { name: 'catalog', graph: 'CATALOG', url: 'http://127.0.0.1:4001/graphql' }],
      ['price-list', { name: 'price-list', graph: 'PRICE_LIST', url: 'http://127.0.0.1:4002/graphql' }],
    ]);
  });

  it('answers introspection', () => {
    const { errors, data } = graphqlSync({ schema: supergraph.apiSchema, source: getIntrospectionQuery() });
    expect(errors).toBeUndefined();
    expect(JSON.stringify(data)).toContain('What the shop sells.');
  });

  it('is frozen', () => {
    expect(Object.isFrozen(supergraph)).toBe(true);
    expect(Object.isFrozen(supergraph.subgraphs.get('catalog'))).toBe(true);
  });

  it('is never read on the main thread', () => {
    expect(() => runReadJob({ kind: 'read', sdl })).toThrow('in their own thread only');
  });

  it('may be one of Federation 1', async () => {
    const old = await readSupergraph(FEDERATION_1);
    expect([...old.subgraphs.keys()]).toEqual(['a']);
    expect(isObjectType(old.apiSchema.getType('Query'))).toBe(true);
  });

  describe('is refused', () => {
    async function refusalOf(text: string) {
      const error: unknown = await readSupergraph(text).catch((thrown: unknown) => thrown);
      expect(error).toMatchObject({ code: 'SUPERGRAPH_INVALID' });
      return error;
    }

    /** The composed supergraph with one more feature, linked in line 3. */
    function linking(feature: string): string {
      const [first, second, ...rest] = sdl.split('\n');
      return [first, second, `  ${feature}`, ...rest].join('\n');
    }

    it('when it is a plain schema', async () => {
      expect(await refusalOf('type Query { x: Int }')).toMatchObject({
        message: expect.stringContaining('headgate compose'),
        details: { problems: [{ line: 1, column: 1 }] },
      });
    });

    it.each(['', 'query { x }', '{}'])('when it is %j', async (text) => {
      await refusalOf(text);
    });

    it('at the place of a syntax error', async () => {
      expect(await refusalOf(`${sdl}\n  type {`)).toMatchObject({
        details: { problems: [{ code: 'INVALID_GRAPHQL', line: sdl.split('\n').length + 1, column: 8 }] },
      });
    });

    it('when it is torn', async () => {
      await refusalOf(sdl.slice(0, sdl.length - 20));
    });

    it('when it links a feature for SECURITY that is unknown', async () => {
      expect(await refusalOf(linking('@link(url: "https://example.com/vault/v1.0", for: SECURITY)'))).toMatchObject({
        message: expect.stringContaining('https://example.com/vault/v1.0'),
        details: { problems: [{ code: 'UNSUPPORTED_LINKED_FEATURE', line: 3, column: 3 }] },
      });
    });

    it('when it links a feature for EXECUTION that is unknown', async () => {
      await refusalOf(linking('@link(url: "https://example.com/magic/v1.0", for: EXECUTION)'));
    });

    it.each(['authenticated', 'requiresScopes', 'policy'])(
      'when it relies on a version of @%s that nobody knows',
      async (name) => {
        await refusalOf(linking(`@link(url: "https://specs.apollo.dev/${name}/v0.9", for: SECURITY)`));
      },
    );

    it('when its join spec is of an unknown version', async () => {
      expect(await refusalOf(sdl.replace(/join\/v0\.\d/, 'join/v9.9'))).toMatchObject({
        details: { problems: [{ code: 'INVALID_FEDERATION_SUPERGRAPH', line: 3, column: 3 }] },
      });
    });

    it('when a field belongs to a subgraph that does not exist', async () => {
      await refusalOf(sdl.replaceAll('graph: PRICE_LIST', 'graph: NOWHERE'));
    });
  });

  it('may link features without a purpose that nobody knows', async () => {
    const more = sdl.replace('\n{\n', '\n  @link(url: "https://example.com/note/v1.0")\n{\n');
    expect(more).not.toBe(sdl);
    await expect(readSupergraph(more)).resolves.toBeDefined();
  });
});

const FEDERATION_1 = `
schema
  @core(feature: "https://specs.apollo.dev/core/v0.1")
  @core(feature: "https://specs.apollo.dev/join/v0.1")
{
  query: Query
}
directive @core(feature: String!) repeatable on SCHEMA
directive @join__field(graph: join__Graph, requires: join__FieldSet, provides: join__FieldSet) on FIELD_DEFINITION
directive @join__type(graph: join__Graph!, key: join__FieldSet) repeatable on OBJECT | INTERFACE
directive @join__owner(graph: join__Graph!) on OBJECT | INTERFACE
directive @join__graph(name: String!, url: String!) on ENUM_VALUE
scalar join__FieldSet
enum join__Graph { A @join__graph(name: "a" url: "http://127.0.0.1/a") }
type Query { x: Int @join__field(graph: A) }
`;
