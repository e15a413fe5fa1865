import { getIntrospectionQuery } from 'graphql';
import { HeadgateError } from '../../../gateway/errors';
import { introspectionThread } from '../../../gateway/supergraph/thread/introspection-thread';
import type { Answer } from '../../fixtures/federation';
import { type GuardedFederation, startGuarded } from '../../fixtures/guarded-federation';

const SUBGRAPH = {
  sdl: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@authenticated", "@requiresScopes", "@policy"])
    type Query {
      open(like: Shown): String
      openness: String
      secret(by: SecretInput!): SecretThing @requiresScopes(scopes: [["read"]])
      node: Node
      me: Me
      own: String @policy(policies: [["own"]])
    }
    interface Node { id: ID! }
    type Me implements Node { id: ID! name: String nickname: String @authenticated }
    type SecretThing implements Node @requiresScopes(scopes: [["read"]]) { id: ID! hush: SecretKind }
    enum SecretKind { SECRET_ONE }
    input SecretInput { secretly: Int!, maybe: Int }
    input Shown { kind: Int, kindness: Int }
  `,
  resolvers: { Query: { open: () => 'o', me: () => ({ id: 1, name: 'I', nickname: 'N' }), secret: () => null } },
};

const everything = getIntrospectionQuery();
const READER = { scopes: ['read'] };

/** Kinds of types that no specification has, by name. */
const typesIn = ({ data }: Answer): Record<string, string> => {
  const { types } = (data as { __schema: { types: { name: string; kind: string }[] } }).__schema; // as: that is asked
  const own = types.filter(({ name }) => !name.startsWith('__') && !/^(?:String|Boolean|Int|ID)$/.test(name));
  return Object.fromEntries(own.map(({ name, kind }) => [name, kind]));
};
const messages = ({ errors = [] }: Answer) => errors.map(({ message }) => message);

describe('introspection: filter', () => {
  let federation: GuardedFederation;
  beforeAll(async () => {
    federation = await startGuarded({ one: SUBGRAPH }, { introspection: 'filter' });
  });
  afterAll(async () => {
    await federation?.close();
    await introspectionThread.close();
  });
  afterEach(() => federation.change({ introspection: 'filter' }));

  it('shows what whoever asks may have', async () => {
    expect(typesIn(await federation.ask(everything))).toEqual({
      Query: 'OBJECT',
      Shown: 'INPUT_OBJECT',
      // Its fields may not be asked of the interface, but of a type.
      Node: 'UNION',
      Me: 'OBJECT',
    });
    const of = async (asker: object) => {
      const { data } = await federation.ask(
        '{ q: __type(name: "Query") { fields { name } } s: __type(name: "SecretThing") { name } m: __type(name: "Me") { fields { name } } }',
        asker,
      );
      return JSON.parse(JSON.stringify(data).replaceAll('{"name":', '').replaceAll('"}', '"'));
    };
    expect(await of({})).toEqual({
      q: { fields: ['open', 'openness', 'node', 'me'] },
      s: null,
      m: { fields: ['id', 'name'] },
    });
    expect(await of({ scopes: [] })).toEqual({
      q: { fields: ['open', 'openness', 'node', 'me'] },
      s: null,
      m: { fields: ['id', 'name', 'nickname'] },
    });
    expect(await of(READER)).toEqual({
      q: { fields: ['open', 'openness', 'secret', 'node', 'me'] },
      s: 'SecretThing',
      m: { fields: ['id', 'name', 'nickname'] },
    });
    expect(typesIn(await federation.ask(everything, READER))).toMatchObject({
      Node: 'INTERFACE',
      SecretInput: 'INPUT_OBJECT',
    });
  });

  it('keeps answers of different rights apart, asked at once', async () => {
    const askers = [{}, READER, { scopes: [] }, {}, READER];
    const ask = (asker: object) => federation.ask('{ __schema { types { name } } }', asker);
    const together = await Promise.all(askers.map(ask));
    const alone = [];
    for (const asker of askers) alone.push(await ask(asker));
    expect(together).toEqual(alone);
    expect(together.map((answer) => JSON.stringify(answer).includes('SecretThing'))).toEqual([
      false,
      true,
      false,
      false,
      true,
    ]);
  });

  it('is as without it for whoever may have everything, in dry run, and where it is off', async () => {
    await federation.change({ introspection: 'all' });
    const whole = await federation.ask(everything);
    expect(typesIn(whole)).toHaveProperty('SecretKind');
    await federation.change({ introspection: 'filter', dryRun: true });
    expect(await federation.ask(everything)).toEqual(whole);
    await federation.change({ introspection: 'filter', enabled: false });
    expect(await federation.ask(everything)).toEqual(whole);
  });

  it('stands beside data, refused and not', async () => {
    expect(await federation.ask('{ me { name nickname } __type(name: "SecretThing") { name } }')).toMatchObject({
      data: { me: { name: 'I', nickname: null }, __type: null },
      errors: [{ path: ['me', 'nickname'], extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }],
    });
  });

  it('says the same of a hidden field and of none, in a document that is not valid, and suggests what is seen', async () => {
    const of = async (query: string, asker = {}) => messages(await federation.ask(query, asker));
    expect(await of('{ secret(by: {}) { hush } nothing opennes }')).toEqual([
      'Cannot query field "secret" on type "Query".',
      'Cannot query field "nothing" on type "Query".',
      'Cannot query field "opennes" on type "Query". Did you mean "openness" or "open"?',
    ]);
    expect(await of('{ secre { hush } node { id } ... on SecretThin { id } }')).toEqual([
      'Cannot query field "secre" on type "Query".',
      'Cannot query field "id" on type "Node". Did you mean to use an inline fragment on "Me"?',
      'Unknown type "SecretThin".',
    ]);
    expect(await of('query ($v: SecretInpu) { secret(by: $v) { nope } }')).toEqual([
      'Unknown type "SecretInpu".',
      'Cannot query field "secret" on type "Query".',
    ]);
    expect((await of('{ secre }', READER))[0]).toMatch(/Did you mean "secret"/);
    const { errors } = await federation.ask('{\n  nothing }');
    expect(errors).toEqual([
      {
        message: 'Cannot query field "nothing" on type "Query".',
        locations: [{ line: 2, column: 3 }],
        extensions: { http: { status: 400 }, code: 'GRAPHQL_VALIDATION_FAILED' },
      },
    ]);
  });

  it('answers who knows a hidden field as ever, and tells nothing of its arguments', async () => {
    const query = 'query ($by: SecretInput!) { secret(by: $by) { id } open }';
    const refused = { data: { secret: null, open: 'o' }, errors: [expect.objectContaining({ path: ['secret'] })] };
    expect(await federation.ask(query, { variables: { by: { secretl: 1 } } })).toEqual(refused);
    expect(await federation.ask(query, {})).toEqual(refused);
    const [message = ''] = messages(await federation.ask(query, { ...READER, variables: { by: { secretl: 1 } } }));
    expect(message).toContain('secretly');
  });

  it('tells that a document is wrong, and no more, when nobody can look', async () => {
    const busy = new HeadgateError('PLANNING_OVERLOADED', 'too many ask');
    const run = jest.spyOn(introspectionThread, 'run').mockRejectedValue(busy);
    try {
      expect(messages(await federation.ask('{ secretThing { nobodyElseAskedThis } }'))).toEqual([
        'the document is not valid',
      ]);
    } finally {
      run.mockRestore();
    }
  });
});
