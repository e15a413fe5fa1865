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
