import { composeServices } from '@apollo/composition';
import { parse } from 'graphql';
import { isHeadgateError } from '../../../gateway/errors';
import {
  connectSubgraphs,
  readConnectors,
  readConnectorsFromSdl,
  sourcesOf,
} from '../../../gateway/transport/rest/connectors';
import type { ConnectProblem } from '../../../gateway/transport/rest/model/problems';
import { adapterSdl } from '../../fixtures/rest-adapter';

const RENAMED = `
  extend schema
    @link(url: "https://specs.apollo.dev/federation/v2.12", import: [{ name: "@key", as: "@id" }])
    @link(url: "https://specs.apollo.dev/connect/v0.3", as: "http", import: [{ name: "@connect", as: "@rest" }])
    @http__source(name: "api", http: { baseURL: "https://users.internal:8443/v1/", queryParams: "key: $config.key" })
  type Query {
    user(id: ID!): User @rest(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name", entity: true)
    plain: [User!] @rest(http: { GET: "http://other.internal/users" }, selection: "id name")
  }
  type User @id(fields: "id") { id: ID! name: String }
`;

const OTHER = `
  extend schema @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  type Query { me: User }
  type User @key(fields: "id") { id: ID! nick: String }
`;

function compose(): string {
  const { supergraphSdl, errors } = composeServices([
    { name: 'users', url: '', typeDefs: parse(RENAMED) },
    { name: 'others', url: 'http://others', typeDefs: parse(OTHER) },
  ]);
  if (supergraphSdl === undefined) throw new Error(errors?.map(String).join('\n'));
  return supergraphSdl;
}

/** What is wrong with an adapter, one line a problem: code, coordinate, line and column. */
function problemsOf(sdl: string): readonly ConnectProblem[] {
  try {
    readConnectorsFromSdl(sdl, 'users');
    return [];
  } catch (error) {
    if (!isHeadgateError(error, 'CONNECT_INVALID')) throw error;
    return error.details?.problems as readonly ConnectProblem[];
  }
}

const codes = (sdl: string) => problemsOf(sdl).map(({ code, coordinate }) => `${code} ${coordinate}`);

describe('readConnectors', () => {
  it('reads the same connectors out of a supergraph as out of the SDL, whatever the directives are called', () => {
    const fromSdl = readConnectorsFromSdl(RENAMED, 'users');
    const fromSupergraph = readConnectors(compose(), 'users');
    for (const read of [fromSdl, fromSupergraph]) {
      expect(
        [...read.fields].map(([field, { coordinate, method, source }]) => [field, coordinate, method, source]),
      ).toEqual([
        ['Query.user', 'users:Query.user@connect[0]', 'GET', 'api'],
        ['Query.plain', 'users:Query.plain@connect[0]', 'GET', 'http://other.internal'],
      ]);
      expect(read.entities.get('User')).toMatchObject([{ kind: 'one', keys: [['id']] }]);
      expect(read.keys.get('User')).toEqual([[['id']]]);
      expect(Object.keys(read.schema.getType('User')?.toConfig().astNode ?? {})).not.toHaveLength(0);
    }
  });

  it('keeps fields of other subgraphs out', () => {
    const { schema } = readConnectors(compose(), 'users');
    expect(schema.getQueryType()?.getFields()).not.toHaveProperty('me');
    expect(schema.getType('User')).toHaveProperty('_fields.name');
    expect(schema.getType('User')).not.toHaveProperty('_fields.nick');
  });

  it('says which pools are needed', () => {
    expect(sourcesOf(readConnectorsFromSdl(RENAMED, 'users'))).toEqual({
      api: { origin: 'https://users.internal:8443', basePath: '/v1' },
      'http://other.internal': { origin: 'http://other.internal', basePath: '' },
    });
  });

  it('names the subgraphs of a supergraph that are REST adapters', () => {
    expect(connectSubgraphs(compose())).toEqual(['users']);
    expect(connectSubgraphs('type Query { a: Int }')).toEqual([]);
    expect(() => readConnectors(compose(), 'others')).toThrow('no subgraph others that links the connect directives');
  });
});

describe('checks of an adapter', () => {
  const query = (connect: string, type = 'User', args = '') =>
    adapterSdl(`type Query { user${args}: ${type} @connect(${connect}) }\ntype User { id: ID! name: String }`);
  const SELECTION = 'selection: "id name"';

  it.each([
    ['an unknown source', query(`source: "nope", http: { GET: "/u" }, ${SELECTION}`), 'SOURCE_UNKNOWN Query.user'],
    ['an unknown method', query(`source: "api", http: { FETCH: "/u" }, ${SELECTION}`), 'ARGUMENT_INVALID Query.user'],
    ['two methods', query(`source: "api", http: { GET: "/u", PUT: "/u" }, ${SELECTION}`), 'METHOD_INVALID Query.user'],
    [
      'an unknown argument',
      query(`source: "api", http: { GET: "/u/{$args.nope}" }, ${SELECTION}`),
      'ARGUMENT_UNKNOWN Query.user',
    ],
    ['another protocol', query(`http: { GET: "ftp://host/u" }, ${SELECTION}`), 'URL_INVALID Query.user'],
    ['a path without a source', query(`http: { GET: "/u" }, ${SELECTION}`), 'URL_INVALID Query.user'],
    [
      'a full URL with a source',
      query(`source: "api", http: { GET: "http://host/u" }, ${SELECTION}`),
      'URL_INVALID Query.user',
    ],
    [
      'a host from an argument',
      query(`http: { GET: "http://{$args.h}/u" }, ${SELECTION}`, 'User', '(h: String)'),
      'URL_INVALID Query.user',
    ],
    [
      'part of a host from an argument',
      query(`http: { GET: "http://a{$args.h}/u" }, ${SELECTION}`, 'User', '(h: String)'),
      'URL_INVALID Query.user',
    ],
    ['a password in the URL', query(`http: { GET: "http://me:pw@host/u" }, ${SELECTION}`), 'URL_INVALID Query.user'],
    ['dots in the path', query(`source: "api", http: { GET: "/a/../b" }, ${SELECTION}`), 'URL_INVALID Query.user'],
    [
      'entity: true on a list',
      query(`source: "api", http: { GET: "/u" }, ${SELECTION}, entity: true`, '[User]'),
      'ENTITY_INVALID Query.user',
    ],
    [
      'an argument that no key gives',
      query(`source: "api", http: { GET: "/{$args.k}" }, ${SELECTION}, entity: true`, 'User', '(k: ID!)'),
      'ENTITY_INVALID Query.user',
    ],
    [
      'wrong mapping syntax',
      query('source: "api", http: { GET: "/u" }, selection: "id name: {"'),
      'MAPPING_SYNTAX Query.user',
    ],
    [
      'an unknown mapping method',
      query('source: "api", http: { GET: "/u" }, selection: "id name: name->upper"'),
      'MAPPING_SYNTAX Query.user',
    ],
    [
      'a field that the type lacks',
      query('source: "api", http: { GET: "/u" }, selection: "id name nope"'),
      'FIELD_UNKNOWN Query.user',
    ],
    [
      'braces on a single value',
      query('source: "api", http: { GET: "/u" }, selection: "id name { first }"'),
      'FIELD_TAKES_NO_SELECTION Query.user',
    ],
    [
      'an object without braces',
      query('source: "api", http: { GET: "/u" }, selection: "$.data"'),
      'FIELD_NEEDS_SELECTION Query.user',
    ],
    [
      '$this on a root field',
      query(`source: "api", http: { GET: "/{$this.id}" }, ${SELECTION}`),
      'VARIABLE_NOT_AVAILABLE Query.user',
    ],
    [
      'the response in a request',
      query(`source: "api", http: { GET: "/{id}" }, ${SELECTION}`),
      'VARIABLE_NOT_AVAILABLE Query.user',
    ],
    [
      'an unknown variable',
      query(`source: "api", http: { GET: "/{$nope}" }, ${SELECTION}`),
      'VARIABLE_UNKNOWN Query.user',
    ],
    [
      'a header of the connection',
      query(`source: "api", http: { GET: "/u", headers: [{ name: "Transfer-Encoding", value: "x" }] }, ${SELECTION}`),
      'HEADER_INVALID Query.user',
    ],
    [
      'a header with two origins',
      query(`source: "api", http: { GET: "/u", headers: [{ name: "x", value: "x", from: "y" }] }, ${SELECTION}`),
      'HEADER_INVALID Query.user',
    ],
    [
      'a field that nobody gives',
      query('source: "api", http: { GET: "/u" }, selection: "id"'),
      'FIELD_UNRESOLVED User.name',
    ],
    ['a Query field without @connect', adapterSdl('type Query { user: ID }'), 'ROOT_FIELD_WITHOUT_CONNECT Query.user'],
    [
      'a type that does not exist',
      adapterSdl('type Query { user: Nope @connect(source: "api", http: { GET: "/u" }, selection: "$") }'),
      'SDL_INVALID schema',
    ],
    ['text that is no SDL', 'type Query {', 'SDL_INVALID schema'],
    ['SDL without the link', 'type Query { a: Int }', 'LINK_MISSING schema'],
    [
      'a mapping in the language of a later version',
      query('source: "api", http: { GET: "/u" }, selection: "id ...names { name }"'),
      'VERSION_TOO_EARLY Query.user',
    ],
    [
      'a URL in the language of a later version',
      query(`source: "api", http: { GET: "/u/{$args.id ?? 1}" }, ${SELECTION}`),
      'VERSION_TOO_EARLY Query.user',
    ],
    [
      'a version that nobody knows',
      adapterSdl('type Query { a: ID }').replace('connect/v0.3', 'connect/v0.9'),
      'VERSION_UNSUPPORTED schema',
    ],
    [
      'a second source of one name',
      adapterSdl(
        'extend schema @source(name: "api", http: { baseURL: "http://b" }) type Query { a: ID @connect(source: "api", http: { GET: "/u" }, selection: "$") }',
      ),
      'SOURCE_DUPLICATE schema',
    ],
    [
      'a relative base URL',
      adapterSdl('type Query { a: ID @connect(source: "api", http: { GET: "/u" }, selection: "$") }').replace(
        'http://127.0.0.1:1/v1',
        '/v1',
      ),
      'URL_INVALID schema',
    ],
  ])('refuse %s', (_what, sdl, expected) => {
    expect(codes(sdl)).toContain(expected);
  });

  it('name the feature, the version that has it, and the line to write', () => {
    const sdl = query('source: "api", http: { GET: "/u" }, selection: "id ...names { name }"');
    const [problem] = problemsOf(sdl).filter(({ code }) => code === 'VERSION_TOO_EARLY');
    expect(problem?.message).toBe(
      'a spread (`...`) came with connect v0.4, and this document links v0.3: write a path with braces, such as `$.path { a b }`, or write @link(url: "https://specs.apollo.dev/connect/v0.4", import: ["@connect", "@source"])',
    );
    expect(codes(sdl.replace('connect/v0.3', 'connect/v0.4'))).toEqual([]);
  });

  const user = (connect: string, field = '') =>
    adapterSdl(`
      type Query { ids: [User] @connect(source: "api", http: { GET: "/ids" }, selection: "id") }
      type User @key(fields: "id") ${connect} { id: ID! name: String ${field} }`);

  it.each([
    ['an entity that nothing loads', user(''), 'ENTITY_UNRESOLVED User'],
    [
      'a type connector without a key',
      user('@connect(source: "api", http: { GET: "/u" }, selection: "id name")'),
      'ENTITY_INVALID User',
    ],
    [
      'a bulk lookup that does not give its key',
      user('@connect(source: "api", http: { GET: "/u", queryParams: "id: $batch.id" }, selection: "name")'),
      'BATCH_INVALID User',
    ],
    [
      'a batch of none',
      user(
        '@connect(source: "api", http: { GET: "/u", queryParams: "id: $batch.id" }, batch: { maxSize: 0 }, selection: "id name")',
      ),
      'BATCH_INVALID User',
    ],
    [
      'batch without $batch',
      user('@connect(source: "api", http: { GET: "/u/{$this.id}" }, batch: { maxSize: 5 }, selection: "id name")'),
      'BATCH_INVALID User',
    ],
    [
      'a field of $this that is not there',
      user('@connect(source: "api", http: { GET: "/u/{$this.nope}" }, selection: "id name")'),
      'THIS_FIELD_UNKNOWN User',
    ],
    [
      '$batch on a field',
      user(
        '@connect(source: "api", http: { GET: "/u/{$this.id}" }, selection: "id name")',
        'tags: [String] @connect(source: "api", http: { GET: "/t/{$batch.id}" }, selection: "$")',
      ),
      'VARIABLE_NOT_AVAILABLE User.tags',
    ],
  ])('refuse %s', (_what, sdl, expected) => {
    expect(codes(sdl)).toContain(expected);
  });

  it('accept an entity that is loaded by key', () => {
    expect(codes(user('@connect(source: "api", http: { GET: "/u/{$this.id}" }, selection: "id name")'))).toEqual([]);
  });

  it('point at the line and column inside strings', () => {
    const sdl = [
      'extend schema @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect"])',
      'type Query {',
      '  user: User @connect(http: { GET: "http://h/{$args.nope}" }, selection: """',
      '    id',
      '      nope: $.name',
      '  """)',
      '}',
      'type User { id: ID }',
    ].join('\n');
    expect(problemsOf(sdl).map(({ code, line, column }) => [code, line, column])).toEqual([
      ['ARGUMENT_UNKNOWN', 3, 47],
      ['FIELD_UNKNOWN', 5, 7],
    ]);
  });

  it('name every problem at once, in the order of the text', () => {
    const sdl = query('source: "nope", http: { GET: "/{$args.x}" }, selection: "id nope"');
    expect(codes(sdl)).toEqual([
      'SOURCE_UNKNOWN Query.user',
      'ARGUMENT_UNKNOWN Query.user',
      'FIELD_UNKNOWN Query.user',
      'FIELD_UNRESOLVED User.name',
    ]);
  });
});
