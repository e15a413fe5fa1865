import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { sdlHash } from '../../../gateway/pool/health/sdl-hash';

const SDL = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
  type Query { a: Int b(x: Int = 1, y: String): String }
  type T @key(fields: "id sku") @shareable { id: ID! sku: ID! old: Int @deprecated }
  enum E { A B }
  union U = T | Query
`;

describe('sdlHash', () => {
  it.each([
    ['the layout, comments and descriptions', (sdl: string) => `# hello\n${sdl.replace('type T', '"A type"\ntype T')}`],
    [
      'the order of definitions',
      (sdl: string) => `type Z { z: Int }${sdl}`,
      (sdl: string) => `${sdl}type Z { z: Int }`,
    ],
    ['the order of fields', (sdl: string) => sdl.replace('A B', 'B A').replace('id: ID! sku: ID!', 'sku: ID! id: ID!')],
    ['the order of arguments', (sdl: string) => sdl.replace('x: Int = 1, y: String', 'y: String, x: Int = 1')],
    ['extend', (sdl: string) => sdl.replace('type Query', 'extend type Query')],
    ['types in several parts', (sdl: string) => sdl.replace('a: Int', '').concat('extend type Query { a: Int }')],
    ['the layout of key fields', (sdl: string) => sdl.replace('"id sku"', '"id, \\n sku"')],
    ['custom directives', (sdl: string) => `directive @x on OBJECT ${sdl.replace('type T', 'type T @x')}`],
    ['prefixes of federation', (sdl: string) => sdl.replace('@key(', '@federation__key(')],
    ['the default reason', (sdl: string) => sdl.replace('@deprecated', '@deprecated(reason: "No longer supported")')],
    [
      'what servers add',
      (sdl: string) =>
        `${sdl} scalar _Any scalar federation__FieldSet union _Entity = T type _Service { sdl: String }
         extend type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! } schema { query: Query }`,
    ],
  ])('is the same whatever %s', (_, change, other = (sdl: string) => sdl) => {
    expect(change(SDL)).not.toBe(other(SDL));
    expect(sdlHash(change(SDL))).toBe(sdlHash(other(SDL)));
  });

  it.each([
    ['a field', 'a: Int', 'a: Int!'],
    ['an argument', 'x: Int = 1', 'x: Int = 2'],
    ['a key', '"id sku"', '"id"'],
    ['a directive of federation', ' @shareable', ''],
    ['an enum value', 'A B', 'A'],
    ['a member of a union', 'T | Query', 'T'],
    ['the name of a root type', 'enum E', 'schema { query: T } enum E'],
  ])('differs when %s does', (_, before, after) => {
    expect(SDL).toContain(before);
    expect(sdlHash(SDL.replace(before, after))).not.toBe(sdlHash(SDL));
  });

  describe.each([
    ['only entities', ''],
    ['only mutations', 'type Mutation { rename(id: ID!): T }'],
    ['a mutation root of another name', 'schema { mutation: Writes } type Writes { rename(id: ID!): T }'],
  ])('of a subgraph without queries of its own, with %s', (_, more) => {
    const own = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.7", import: ["@key"])
      type T @key(fields: "id") { id: ID! } ${more}`;
    const service = 'scalar _Any union _Entity = T type _Service { sdl: String }';
    const fields = '_entities(representations: [_Any!]!): [_Entity]! _service: _Service!';

    it.each([
      ['a Query of federation’s fields', `${own} ${service} type Query { ${fields} }`],
      ['an extended Query', `${own} ${service} extend type Query { ${fields} }`],
      [
        'a Query in two parts',
        `${own} ${service} type Query { _service: _Service! } extend type Query { _service: _Service! }`,
      ],
      ['a Query of _service only', `${own} type _Service { sdl: String! } type Query { _service: _Service }`],
      ['an empty Query', `${own} type Query`],
      ['a Query with a stand-in, as graphql-java has it', `${own} type Query { _dummy: String }`],
      ['a directive on Query', `${own} type Query @shareable { _service: _Service! }`],
      ['a query root of another name', `${own} extend schema { query: QueryRoot } type QueryRoot { ${fields} }`],
      ['descriptions', `${own} "All queries" type Query { "For the gateway" _service: _Service! }`],
    ])('is that of what its server shows: %s', (_, shown) => {
      expect(sdlHash(shown)).toBe(sdlHash(own));
    });

    it('differs once there is a query', () => {
      expect(sdlHash(`${own} type Query { a: Int }`)).not.toBe(sdlHash(own));
    });
  });

  it.each([
    [
      'graphql-java',
      `schema @link(import : ["@key", "@shareable"], url : "https://specs.apollo.dev/federation/v2.3"){ query: Query }
       directive @key(fields: federation__FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE
       directive @link(as: String, for: link__Purpose, import: [link__Import], url: String!) repeatable on SCHEMA
       enum link__Purpose { EXECUTION SECURITY }  scalar federation__FieldSet  scalar link__Import  scalar _Any
       union _Entity = T   type _Service { sdl: String! }
       enum E { A B }   union U = Query | T
       type Query { _entities(representations: [_Any!]!): [_Entity]! _service: _Service! a: Int b(x: Int = 1, y: String): String }
       type T @key(fields : "id sku", resolvable : true) @shareable { id: ID! old: Int @deprecated(reason : "No longer supported") sku: ID! }`,
    ],
    [
      'gqlgen',
      `extend schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"])
       type Query { a: Int b(x: Int = 1, y: String): String }
       type T @key(fields: "id sku") @shareable { id: ID! sku: ID! old: Int @deprecated }
       enum E { A B } union U = T | Query
       scalar _Any  union _Entity = T  type _Service { sdl: String }
       extend type Query { _entities(representations: [_Any!]!): [_Entity]!  _service: _Service! }`,
    ],
    [
      'Strawberry',
      `schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: ["@key", "@shareable"]) { query: Query }
       enum E {\n  A\n  B\n}
       type Query { _entities(representations: [_Any!]!): [_Entity]!  _service: _Service!  a: Int  b(x: Int = 1, y: String): String }
       type T @key(fields: "id sku") @shareable { id: ID!  sku: ID!  old: Int @deprecated(reason: "No longer supported") }
       union U = T | Query   scalar _Any   union _Entity = T   type _Service { sdl: String! }`,
    ],
    [
      'HotChocolate',
      `schema @link(url: "https://specs.apollo.dev/federation/v2.3", import: [ "@key", "@shareable", "FieldSet" ]) { query: Query }
       "A thing." type T @key(fields: "id, sku") @shareable { id: ID! sku: ID! old: Int @deprecated(reason: "No longer supported") }
       type Query { a: Int b(x: Int = 1 y: String): String _service: _Service! _entities(representations: [_Any!]!): [_Entity]! }
       union U = T | Query  union _Entity = T  enum E { A B }
       "Representation of an entity" scalar _Any  scalar FieldSet  type _Service { sdl: String! }
       "Defines keys" directive @key("Fields" fields: FieldSet!, resolvable: Boolean = true) repeatable on OBJECT | INTERFACE`,
    ],
    [
      'a server with names of its own',
      `extend schema @link(url: "https://specs.apollo.dev/link/v1.0") @link(url: "https://specs.apollo.dev/federation/v2.3", as: "fed", import: [{ name: "@key", as: "@id" }, { name: "FieldSet", as: "Keys" }])
       scalar Keys  scalar fed__Scope  directive @id(fields: Keys!) repeatable on OBJECT
       type Query { a: Int b(x: Int = 1, y: String): String }
       type T @id(fields: "id ,  sku") @fed__shareable { id: ID! sku: ID! old: Int @deprecated }
       enum E { A B } union U = T | Query`,
    ],
  ])('is the same as %s prints it', (_, shown) => {
    expect(sdlHash(shown)).toBe(sdlHash(SDL));
  });

  it('is the same however nested selections of a key are laid out', () => {
    const of = (fields: string) =>
      sdlHash(`type Query { t: T } type T @key(fields: "${fields}") { id: ID! o: O } type O { a: ID! b: ID! }`);
    expect(of('id o{a b}')).toBe(of(' id, o { a, b } '));
    expect(of('id o{a b}')).not.toBe(of('id o{a}'));
  });

  it('is defined for what is not SDL', () => {
    expect(sdlHash('{')).toBe(sdlHash(' {\n'));
    expect(sdlHash('{')).not.toBe(sdlHash('}'));
  });

  it.each(['accounts', 'products', 'reviews'])(
    'knows subgraph %s of the example in what its server shows',
    async (name) => {
      const sdl = readFileSync(join(process.cwd(), 'schema', `${name}.graphql`), 'utf8');
      const answer = await graphql({ schema: buildSubgraphSchema(parse(sdl)), source: '{ _service { sdl } }' });
      // as: the query asks for it
      const { _service } = answer.data as { _service: { sdl: string } };
      const { sdl: shown } = _service;
      expect(shown).not.toBe(sdl);
      expect(sdlHash(shown)).toBe(sdlHash(sdl));
    },
  );
});
