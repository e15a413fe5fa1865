import { type Federation, startFederation } from '../fixtures/federation';
import { FEDERATION } from './oracle/comparison';

/** A client may call things what it likes; the planner's own keys and requirements must not get mixed up with them. */
describe('response keys of the client', () => {
  const user = { __typename: 'User', id: '1', name: 'Ann', label: 'L', n: 0 };
  const org = { __typename: 'Org', id: '2', label: 'M', n: 'text', title: 'T' };
  let federation: Federation;

  beforeAll(async () => {
    federation = await startFederation({
      a: {
        sdl: `${FEDERATION}
          type Query { me: User nodes: [Node] }
          interface Node { id: ID! label: String }
          type User implements Node @key(fields: "id") { id: ID! name: String label: String n: Int comments(limit: Int = 2): [Comment!] fault: Int same: Int! @shareable }
          type Org implements Node @key(fields: "id") { id: ID! title: String label: String n: String same: Int }
          type Comment { text: String }`,
        resolvers: {
          Query: { me: () => user, nodes: () => [user, org] },
          User: {
            comments: (_user, { limit }: { limit: number }) =>
              Array.from({ length: limit }, (_, index) => ({ text: `comment ${index}` })),
            fault: () => {
              throw new Error('at fault');
            },
            same: () => 3,
          },
          Org: {
            same: () => {
              throw new Error('at fault as well');
            },
          },
        },
      },
      b: {
        sdl: `${FEDERATION}
          type User @key(fields: "id") { id: ID! age: Int zero: Int echo(text: String): String fault2: Int same: Int @shareable comments(limit: Int = 2): [Comment!] @external
            digest: String @requires(fields: "comments(limit: 3) { text }") }
          type Org @key(fields: "id") { id: ID! size: Int }
          type Comment { text: String @external }`,
        resolvers: {
          User: {
            __resolveReference: (reference: object) => ({ ...reference, age: 7, zero: 0 }),
            echo: (_user, { text }: { text: string }) => text,
            fault2: () => {
              throw new Error('at fault too');
            },
            digest: ({ comments }: { comments: { text: string }[] }) => comments.map(({ text }) => text).join(),
          },
          Org: { __resolveReference: (reference: object) => ({ ...reference, size: 9 }) },
        },
      },
    });
  });
  afterAll(() => federation.close());

  it.each([
    ['may be the name of a key', '{ me { id: name age } }', { me: { id: 'Ann', age: 7 } }],
    ['may swap names', '{ me { id: name name: id age: id x: age } }', { me: { id: 'Ann', name: '1', age: '1', x: 7 } }],
    ['may be __typename', '{ me { __typename: name age } }', { me: { __typename: 'Ann', age: 7 } }],
    [
      'may be __typename of an interface',
      '{ nodes { __typename: label ... on User { age } t: __typename } }',
      {
        nodes: [
          { __typename: 'L', age: 7, t: 'User' },
          { __typename: 'M', t: 'Org' },
        ],
      },
    ],
    [
      'may call the typename by another name',
      '{ nodes { id: __typename ... on User { age } ... on Org { size } } }',
      {
        nodes: [
          { id: 'User', age: 7 },
          { id: 'Org', size: 9 },
        ],
      },
    ],
    [
      'may look like an alias of the planner',
      '{ me { id__alias_0: label id: name __typename__alias_0: age } }',
      { me: { id__alias_0: 'L', id: 'Ann', __typename__alias_0: 7 } },
    ],
    [
      'may look like a private name',
      '{ me { _hg_id: name id: label _hg__hg_id: age } }',
      { me: { _hg_id: 'Ann', id: 'L', _hg__hg_id: 7 } },
    ],
    [
      'may be names of JavaScript',
      '{ me { constructor: age toString: label hasOwnProperty: name valueOf: id } }',
      { me: { constructor: 7, toString: 'L', hasOwnProperty: 'Ann', valueOf: '1' } },
    ],
    [
      'may be names of JavaScript for objects',
      '{ constructor: me { age } toString: __typename hasOwnProperty: __schema { queryType { name } } }',
      { constructor: { age: 7 }, toString: 'Query', hasOwnProperty: { queryType: { name: 'Query' } } },
    ],
  ])('%s', async (_what, query, data) => {
    expect(await federation.ask(query)).toEqual({ data });
  });

  it('may be __proto__, for values and for objects', async () => {
    const { data } = await federation.ask('{ me { __proto__: name } __proto__: me { name age } }');
    expect(JSON.stringify(data)).toBe('{"me":{"__proto__":"Ann"},"__proto__":{"name":"Ann","age":7}}');
  });

  it('may stand for different fields on different types', async () => {
    const query = '{ nodes { ... on User { z: age y: id } ... on Org { z: size y: id } } }';
    expect(await federation.ask(query)).toEqual({
      data: {
        nodes: [
          { z: 7, y: '1' },
          { z: 9, y: '2' },
        ],
      },
    });
  });

  it('keeps falsy values under the planner’s aliases', async () => {
    expect(await federation.ask('{ nodes { ... on User { z: zero } ... on Org { z: size } } }')).toEqual({
      data: { nodes: [{ z: 0 }, { z: 9 }] },
    });
  });

  it('does not mix the client’s arguments with those of a requirement', async () => {
    const three = 'comment 0,comment 1,comment 2';
    const one = [{ text: 'comment 0' }];
    expect(await federation.ask('{ me { comments(limit: 1) { text } digest } }')).toEqual({
      data: { me: { comments: one, digest: three } },
    });
    expect(await federation.ask('{ me { digest comments { text } } }')).toEqual({
      data: { me: { comments: [...one, { text: 'comment 1' }], digest: three } },
    });
    expect(await federation.ask('{ me { digest comments: label } }')).toEqual({
      data: { me: { digest: three, comments: 'L' } },
    });
  });

  it('puts errors at the client’s keys', async () => {
    const { data, errors } = await federation.ask('{ id: me { id: fault name: fault2 } }');
    expect(data).toEqual({ id: { id: null, name: null } });
    expect(errors).toMatchObject([
      { message: 'at fault', path: ['id', 'id'] },
      { message: 'at fault too', path: ['id', 'name'] },
    ]);
  });

  it('puts errors at the client’s keys where the planner needs an alias of its own', async () => {
    const { data, errors } = await federation.ask('{ nodes { ... on User { f: same } ... on Org { f: same } } }');
    expect(data).toEqual({ nodes: [{ f: 3 }, { f: null }] });
    expect(federation.asked('a').at(-1)?.query).toMatch(/f__alias_0/);
    expect(errors).toMatchObject([{ message: 'at fault as well', path: ['nodes', 1, 'f'] }]);
  });

  it('lets a variable be called $representations', async () => {
    const query = 'query ($representations: String) { me { echo(text: $representations) } }';
    expect(await federation.ask(query, { representations: 'hello' })).toEqual({ data: { me: { echo: 'hello' } } });
  });

  it('asks subgraphs for no variable $__proto__: many a graphql-js loses its value', async () => {
    federation.asked('b');
    const query = 'query ($__proto__: String) { me { echo(text: $__proto__) } }';
    expect(await federation.ask(query, JSON.parse('{"__proto__":"hello"}'))).toEqual({
      data: { me: { echo: 'hello' } },
    });
    expect(federation.asked('b')[0]?.query).not.toContain('$__proto__');
  });

  it('lets a condition be called $representations', async () => {
    const query =
      'query ($representations: Boolean!) { me { age @include(if: $representations) label @skip(if: $representations) } }';
    expect(await federation.ask(query, { representations: true })).toEqual({ data: { me: { age: 7 } } });
    expect(await federation.ask(query, { representations: false })).toEqual({ data: { me: { label: 'L' } } });
  });
});
