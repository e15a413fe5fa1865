import { configOf } from '../../gateway/config/object-config';
import { type Events, subscribe } from '../../gateway/events';
import { type GuardedFederation, startGuarded } from '../fixtures/guarded-federation';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key", "@authenticated", "@requiresScopes", "@policy"])`;

const SUBGRAPH = {
  sdl: `${LINK}
    type Query {
      open: String
      a: String @requiresScopes(scopes: [["a"]])
      own: String @policy(policies: [["own"]])
      both: String @policy(policies: [["own", "late"], ["root"]])
      ${'abcdefghijklmnopqrstuvwxyz'
        .split('')
        .map((name) => `${name}1: String @requiresScopes(scopes: [["${name}1"]])`)
        .join('\n')}
    }
  `,
  resolvers: { Query: { open: () => 'o', a: () => 'a', own: () => 'own', both: () => 'both' } },
};

const error = (...path: string[]) => ({
  message: 'Unauthorized field or type',
  path,
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' },
});

const rejected = (...path: string[]) => ({
  ...error(...path),
  extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE', http: { status: 403 } },
});

const { policies } = configOf({
  authorization: {
    policies: {
      own: 'request.auth.claims.sub == request.headers["x-user"] && operation.type == "query"',
      root: 'request.auth.claims.?root.orValue(false)',
    },
  },
}).authorization ?? { policies: new Map() };

describe('rules of authorization', () => {
  let federation: GuardedFederation;
  const told: Events['operation.unauthorized'][] = [];
  const stop = subscribe('operation.unauthorized', (event) => told.push(event));
  beforeAll(async () => {
    federation = await startGuarded({ one: SUBGRAPH });
  });
  afterEach(() => {
    told.length = 0;
    federation.planned();
    federation.askedOfAll();
  });
  afterAll(async () => {
    stop();
    await federation.close();
  });

  it('reject: an operation is not executed at all, unless what is refused is not asked for', async () => {
    await federation.change({ mode: 'reject' });
    expect(await federation.ask('{ open x: a }')).toEqual({ errors: [rejected('x')] });
    expect(federation.planned()).toEqual([]);
    const query = 'query Q ($i: Boolean!) { open a @include(if: $i) }';
    expect(await federation.ask(query, { variables: { i: true } })).toEqual({ errors: [rejected('a')] });
    expect(federation.askedOfAll()).toEqual([]);
    expect(await federation.ask(query, { variables: { i: false } })).toEqual({ data: { open: 'o' } });
    expect(await federation.ask('{ open x: a }', { scopes: ['a'] })).toEqual({ data: { open: 'o', x: 'a' } });
    expect(told.map(({ mode, paths, operationName }) => [mode, paths, operationName])).toEqual([
      ['reject', ['x'], null],
      ['reject', ['a'], 'Q'],
    ]);
  });

  it('dry_run: all is given, and what would be refused is told', async () => {
    await federation.change({ mode: 'reject', dryRun: true });
    expect(await federation.ask('{ open a }')).toEqual({ data: { open: 'o', a: 'a' } });
    expect(told).toEqual([expect.objectContaining({ mode: 'dry_run', paths: ['a'], count: 1 })]);
  });

  it('errors: where they are told', async () => {
    await federation.change({ errors: 'extensions' });
    const data = { open: 'o', a: null };
    expect(await federation.ask('{ open a }')).toEqual({ data, extensions: { authorizationErrors: [error('a')] } });
    await federation.change({ errors: 'disabled' });
    expect(await federation.ask('{ open a }')).toEqual({ data });
    await federation.change({ enabled: false });
    expect(await federation.ask('{ open a }')).toEqual({ data: { open: 'o', a: 'a' } });
    await federation.change({ errors: 'errors' });
    expect(await federation.ask('{ open a }')).toEqual({ data, errors: [error('a')] });
    await federation.change({ mode: 'reject' });
    expect(await federation.ask('{ open a }')).toEqual({ errors: [rejected('a')] });
  });

  it('policies: by expressions, each of which is false where it fails', async () => {
    const failed: Events['policy.failed'][] = [];
    const stopFailed = subscribe('policy.failed', (event) => failed.push(event));
    await federation.change({ policies });
    const anna = { scopes: [], claims: { sub: 'anna' }, headers: { 'x-user': 'anna' } };
    expect((await federation.ask('{ own both open }', anna)).data).toEqual({ own: 'own', both: null, open: 'o' });
    expect((await federation.ask('{ own open }', { ...anna, headers: { 'x-user': 'b' } })).data).toMatchObject({
      own: null,
    });
    expect(failed).toEqual([]);
    expect((await federation.ask('{ own open }')).data).toMatchObject({ own: null });
    expect(failed).toEqual([{ id: '', policy: 'own', reason: expect.any(String) }]);
    const root = { scopes: [], claims: { root: true } };
    expect((await federation.ask('{ both open }', root)).data).toEqual({ both: 'both', open: 'o' });
    stopFailed();
  });

  it('policies: by code, once for each operation, where there is no expression', async () => {
    const asked: (readonly string[])[] = [];
    const decide = (answers: Record<string, boolean | null>) => async (names: readonly string[]) => {
      asked.push(names);
      return answers;
    };
    await federation.change({ policies });
    federation.operations.decidePoliciesBy([decide({ late: null, root: true }), decide({ late: true })]);
    const anna = { scopes: [], claims: { sub: 'anna' }, headers: { 'x-user': 'anna' } };
    expect((await federation.ask('{ own both open }', anna)).data).toMatchObject({ both: 'both' });
    expect(asked).toEqual([['late'], ['late']]);
    federation.operations.decidePoliciesBy([]);
  });

  it('policies that nobody decides are told when the supergraph comes into service', async () => {
    const missing: Events['policies.missing'][] = [];
    const stopMissing = subscribe('policies.missing', (event) => missing.push(event));
    await federation.change({ policies });
    expect(missing).toEqual([{ policies: ['late'] }]);
    stopMissing();
  });

  it('a client that comes with ever other scopes drives out variants of its own operation only', async () => {
    await federation.change({});
    const names = 'abcdefghijklmnopqrstuvwxyz'.split('').map((name) => `${name}1`);
    const query = `{ open ${names.join(' ')} }`;
    for (const name of names) await federation.ask(query, { scopes: [name] });
    await federation.ask('{ open a }');
    federation.planned();
    await federation.ask('{ open a }');
    await federation.ask(query, { scopes: ['z1'] });
    expect(federation.planned()).toEqual([]);
    await federation.ask(query, { scopes: ['a1'] });
    expect(federation.planned()).toHaveLength(1);
  });

  it('variants in use are planned before the next version is served', async () => {
    await federation.change({});
    await federation.ask('{ open a }');
    await federation.ask('{ open a }', { scopes: ['a'] });
    await federation.ask('{ open b1 }');
    federation.planned();
    await federation.change({});
    expect(federation.planned().length).toBeGreaterThanOrEqual(3);
    expect((await federation.ask('{ open a }')).data).toEqual({ open: 'o', a: null });
    expect((await federation.ask('{ open a }', { scopes: ['a'] })).data).toEqual({ open: 'o', a: 'a' });
    expect((await federation.ask('{ open b1 }', { scopes: ['a'] })).errors).toEqual([error('b1')]);
    expect(federation.planned()).toEqual([]);
  });
});

describe('authorization in a file', () => {
  it.each([
    ['request.auth.claims.sub ==', /authorization\.policies\.own: this is no expression/],
    ['request.auth.scopes', /list<?.*bool is expected|bool is expected/],
    ['nothing', /nothing/],
  ])('names a policy that is none: %s', (own, message) => {
    expect(() => configOf({ authorization: { policies: { own } } })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) }),
    );
  });

  it('is not there by default', () => {
    expect(configOf({}).authorization).toBeNull();
    expect(configOf({ authorization: {} }).authorization).toEqual({
      enabled: true,
      mode: 'filter',
      introspection: 'all',
      dryRun: false,
      errors: 'errors',
      policies: new Map(),
    });
  });
});
