import { HeadgateError } from '../../../gateway/errors';
import type { HeaderRule } from '../../../gateway/transport/options';
import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { headerHints } from '../../../gateway/transport/rest/validate/check-headers';
import { newFlight } from '../../fixtures/flight';
import { adapterSdl, type RestAdapter, type RestAdapterOptions, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson, type Script } from '../../fixtures/scripted-server';

const SDL = adapterSdl(
  `
  type Query {
    me: User @connect(source: "api", http: { GET: "/me" }, selection: "id")
    own: User @connect(source: "api", selection: "id", http: { GET: "/own", headers: [
      { name: "Authorization", value: "{$args.none}" }, { name: "x-mixed", value: "a{$config.key}b" } ] })
    user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name tags: tag_ids")
    configured: User @connect(source: "api", selection: "id",
      http: { GET: "/c/{$config.key}", queryParams: "env: $env.REGION client: $request.headers.'x-client'->first" })
  }
  type Mutation {
    add(input: Input!): User @connect(source: "api", selection: "id", http: { POST: "/users", body: """
      name: $args.input.name
      tags: $args.input.tags
      kind: $("new")
    """ })
    form(input: Input!): User @connect(source: "api", selection: "id", http: { POST: "/form", body: "$args.input",
      headers: [{ name: "content-type", value: "application/x-www-form-urlencoded" }] })
    charset(input: Input!): User @connect(source: "api", selection: "id", http: { POST: "/form", body: "name: $args.input.name more: $($args.input.more ?? '')",
      headers: [{ name: "Content-Type", value: "Application/X-WWW-Form-Urlencoded; charset=utf-8" }] })
    literal: User @connect(source: "api", selection: "id", http: { PATCH: "/literal", body: "$({ a: 1, b: [null, true] })" })
    text(body: String!): User @connect(source: "api", selection: "id", http: { PUT: "/text", body: "$args.body",
      headers: [{ name: "content-type", value: "text/plain" }] })
    remove(id: ID!): User @connect(source: "api", selection: "id", http: { DELETE: "/users/{$args.id}" })
  }
  input Input { name: String tags: [String] more: Input }
  type User { id: ID name: String tags: [String] }
`.replace('{$args.none}', '{$config.none}'),
  '',
).replace(
  'baseURL: "http://127.0.0.1:1/v1"',
  'baseURL: "http://127.0.0.1:1/v1?key=1", queryParams: "region: $env.REGION", headers: [{ name: "authorization", from: "authorization" }, { name: "X-Fixed", value: "fixed" }]',
);

const allow = (...names: readonly string[]): readonly HeaderRule[] =>
  names.map((named) => ({ kind: 'propagate', named, rename: null, default: null }));

const SETTINGS = { config: { key: 'k/1' }, env: { REGION: 'eu', SECRET: 'hunter2' } };

let adapter: RestAdapter | undefined;

async function start(script: Script = answerJson({ id: 1 }), options: RestAdapterOptions = {}): Promise<RestAdapter> {
  const subgraph = {
    env: { api: ['REGION'] },
    requestHeaders: allow('authorization', 'x-client'),
    ...options.subgraph,
  };
  adapter = await startRestAdapter(SDL, script, { settings: SETTINGS, ...options, subgraph });
  return adapter;
}

afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

const QUERY = '?key=1&region=eu';

describe('headers', () => {
  it('come from the client where the source says so, and from text otherwise', async () => {
    const { ask, service } = await start();
    await ask('{ me { id } }', {}, newFlight({ headers: { authorization: 'Bearer t', cookie: 'c' } }));
    expect(service.received[0]?.headers).toMatchObject({
      authorization: 'Bearer t',
      'x-fixed': 'fixed',
      accept: 'application/json',
    });
    expect(service.received[0]?.headers).not.toHaveProperty('cookie');
  });

  it('of the connector hide those of the source, and are left out without a value', async () => {
    const settings = { ...SETTINGS, seesAllHeaders: true };
    const { ask, service } = await start(undefined, { settings, subgraph: { requestHeaders: [] } });
    await ask('{ own { id } }', {}, newFlight({ headers: { authorization: 'Bearer t' } }));
    expect(service.received[0]?.headers).not.toHaveProperty('authorization');
    expect(service.received[0]?.headers).toMatchObject({ 'x-mixed': 'ak/1b', 'x-fixed': 'fixed' });
  });

  it('of the configuration win over those of the adapter', async () => {
    const requestHeaders = [{ kind: 'insert', name: 'x-fixed', value: 'rule' }] as const;
    const responseHeaders = [{ named: 'x-seen', algorithm: 'last' }] as const;
    const { ask, service } = await start(answerJson({ id: 1 }, 200, { 'x-seen': 'yes' }), {
      subgraph: { requestHeaders, responseHeaders },
    });
    const flight = newFlight();
    await ask('{ me { id } }', {}, flight);
    expect(service.received[0]?.headers['x-fixed']).toBe('rule');
    expect(flight.answerHeaders.get('x-seen')).toEqual(['yes']);
  });
});

describe('headers of clients', () => {
  const headers = { authorization: 'Bearer t', cookie: 'session=1', 'x-client': 'web' };
  const TAKEN = adapterSdl(`
    type Query {
      me: User @connect(source: "api", selection: "id seen: $request->jsonStringify", http: { GET: "/me", headers: [
        { name: "x-auth", from: "Authorization" }, { name: "x-session", from: "cookie" },
        { name: "x-made", value: "{$request.headers.'x-client'->first}" }, { name: "x-all", value: "{$request->jsonStringify}" }] })
    }
    type User { id: ID seen: String }`);
  const ask = async (requestHeaders: readonly HeaderRule[], settings = {}) => {
    adapter = await startRestAdapter(TAKEN, answerJson({ id: 1 }), { subgraph: { requestHeaders }, settings });
    const { data } = await adapter.ask('{ me { seen } }', {}, newFlight({ headers }));
    const {
      'x-auth': auth,
      'x-session': session,
      'x-made': made,
      'x-all': all,
    } = adapter.service.received[0]?.headers ?? {};
    return { auth, session, made, all, data };
  };

  it('reach neither a service nor a mapping unless a header rule lets them through', async () => {
    const { all, data, ...others } = await ask([]);
    expect(others).toEqual({ auth: undefined, session: undefined, made: undefined });
    expect([all, data]).toEqual(['{"headers":{}}', { me: { seen: '{"headers":{}}' } }]);
  });

  it.each<[string, readonly HeaderRule[], object]>([
    ['by name', allow('AUTHORIZATION'), { auth: 'Bearer t', session: undefined, made: undefined }],
    ['by a pattern', [{ kind: 'propagate-matching', matching: /^x-/ }], { auth: undefined, made: 'web' }],
    [
      'under the name that it gives',
      [{ kind: 'propagate', named: 'authorization', rename: 'x-client', default: null }],
      { auth: undefined, made: 'Bearer t' },
    ],
    [
      'and none takes them away',
      [...allow('authorization', 'cookie'), { kind: 'remove', named: 'cookie' }],
      { session: undefined },
    ],
    [
      'and none puts something in their place',
      [...allow('authorization'), { kind: 'insert', name: 'authorization', value: 's3cret' }],
      { auth: undefined },
    ],
    [
      'when it applies',
      [{ ...allow('authorization')[0], when: 'request.headers["x-client"] == "app"' } as HeaderRule],
      { auth: undefined },
    ],
  ])('are there when a rule lets them through, %s', async (_how, rules, seen) => {
    expect(await ask(rules)).toMatchObject(seen);
  });

  it('are not what rules themselves give', async () => {
    const rules: readonly HeaderRule[] = [
      { kind: 'insert', name: 'x-key', value: 's3cret' },
      { kind: 'propagate', named: 'x-none', rename: null, default: 's3cret' },
      ...allow('x-client'),
    ];
    expect(JSON.stringify(await ask(rules))).not.toContain('s3cret');
  });

  it('are all there for whoever runs an adapter of their own', async () => {
    expect(await ask([], { seesAllHeaders: true })).toMatchObject({
      auth: 'Bearer t',
      session: 'session=1',
      made: 'web',
    });
  });

  it('that no rule lets through are told with the rule to write', () => {
    const connectors = readConnectorsFromSdl(TAKEN, 'users');
    const told = (rules: readonly HeaderRule[]) => headerHints(connectors, rules).map(({ message }) => message);
    expect(told([])).toHaveLength(3);
    expect(told([])[0]).toContain('headers.subgraphs.users.request: [ { propagate: { named: authorization } } ]');
    expect(told(allow('Authorization', 'cookie', 'x-client'))).toEqual([]);
    expect(told([{ kind: 'propagate-matching', matching: /^(x-|cookie|auth)/ }])).toEqual([]);
    expect(told([{ kind: 'propagate', named: 'authorization', rename: 'x-other', default: null }])).toHaveLength(3);
  });
});

describe('URLs', () => {
  it('take parts of the source first, then those of the connector, with $config, $env and $request', async () => {
    const { ask, sent } = await start();
    await ask('{ configured { id } }', {}, newFlight({ headers: { 'x-client': 'web' } }));
    expect(sent()).toEqual([`GET /v1/c/k%2F1${QUERY}&env=eu&client=web`]);
  });
});

describe('bodies', () => {
  const post = async (operation: string, variables: Record<string, unknown> = {}) => {
    const { ask, service } = await start();
    const { errors } = await ask(operation, variables);
    expect(errors).toEqual([]);
    const [request] = service.received;
    return { ...request, type: request?.headers['content-type'] };
  };

  it('are JSON, without what is absent', async () => {
    const { method, body, type } = await post('mutation { add(input: { name: "Ann" }) { id } }');
    expect([method, type, JSON.parse(body ?? '')]).toEqual(['POST', 'application/json', { name: 'Ann', kind: 'new' }]);
  });

  it('keep a null that the client gave', async () => {
    const { body } = await post('mutation($input: Input!) { add(input: $input) { id } }', {
      input: { name: null, tags: ['a'] },
    });
    expect(JSON.parse(body ?? '')).toEqual({ name: null, tags: ['a'], kind: 'new' });
  });

  it('are forms when the content type says so', async () => {
    const input = { name: 'A b&c', tags: ['x', null, 'z'], more: { name: 'n' } };
    const { body, type } = await post('mutation($input: Input!) { form(input: $input) { id } }', { input });
    expect(type).toBe('application/x-www-form-urlencoded');
    expect([...new URLSearchParams(body)]).toEqual([
      ['name', 'A b&c'],
      ['tags[0]', 'x'],
      ['tags[2]', 'z'],
      ['more[name]', 'n'],
    ]);
    expect(body).toContain('A+b%26c');
  });

  it('are forms also where the content type says more, and the mapping says how a null is written', async () => {
    const input = { name: 'A b', more: null };
    const { body, type } = await post('mutation($input: Input!) { charset(input: $input) { id } }', { input });
    expect([body, type]).toEqual(['name=A+b&more=', 'Application/X-WWW-Form-Urlencoded; charset=utf-8']);
  });

  it('may be literals', async () => {
    const { method, body } = await post('mutation { literal { id } }');
    expect([method, body]).toEqual(['PATCH', '{"a":1,"b":[null,true]}']);
  });

  it('are text when the content type is no JSON', async () => {
    const { body } = await post('mutation { text(body: "as it is") { id } }');
    expect(body).toBe('as it is');
  });

  it('are not sent when there is none', async () => {
    const { method, body, type } = await post('mutation { remove(id: 1) { id } }');
    expect([method, body, type]).toEqual(['DELETE', '', undefined]);
  });
});

describe('mutations', () => {
  it('run one after another in the order of the document, equal ones each', async () => {
    let open = 0;
    const { ask, sent } = await start((_request, response) => {
      open += 1;
      const concurrent = open;
      setImmediate(() => {
        open -= 1;
        response.writeHead(200).end(JSON.stringify({ id: concurrent }));
      });
    });
    const { data } = await ask('mutation { a: remove(id: 1) { id } b: literal { id } c: remove(id: 1) { id } }');
    expect(data).toEqual({ a: { id: '1' }, b: { id: '1' }, c: { id: '1' } });
    expect(sent()).toEqual([`DELETE /v1/users/1${QUERY}`, `PATCH /v1/literal${QUERY}`, `DELETE /v1/users/1${QUERY}`]);
  });
});

describe('operations', () => {
  const script = answerJson({ id: 175928847299, name: 'Ann', tag_ids: [1, 'two'] });

  it('with aliases, fragments, __typename, @skip and @include are answered as a GraphQL service would', async () => {
    const { ask } = await start(script);
    const operation = `query($yes: Boolean!, $id: ID!) {
      a: user(id: $id) { ...F key: id ... on User @include(if: $yes) { tags } name @skip(if: $yes) }
    } fragment F on User { __typename ... { name @skip(if: $yes) } }`;
    expect(await ask(operation, { yes: true, id: 'x' })).toEqual({
      data: { a: { __typename: 'User', key: '175928847299', tags: ['1', 'two'] } },
      errors: [],
    });
  });

  it('ask for nothing that is not selected', async () => {
    const { ask, sent } = await start(script);
    expect(await ask('query($no: Boolean!) { __typename me @include(if: $no) { id } }', { no: false })).toEqual({
      data: { __typename: 'Query' },
      errors: [],
    });
    expect(sent()).toEqual([]);
  });

  it('with variables that do not fit are errors without data', async () => {
    const { ask, sent } = await start(script);
    const { data, errors } = await ask('query($id: ID!) { user(id: $id) { id } }', {});
    expect([data, errors[0]?.extensions?.code, sent()]).toEqual([null, 'BAD_USER_INPUT', []]);
  });

  it('that the client leaves end', async () => {
    const flight = newFlight();
    const { ask, service } = await start(() => flight.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone')));
    await expect(ask('{ me { id } }', {}, flight)).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(service.received).toHaveLength(1);
  });
});
