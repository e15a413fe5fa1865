import { configFolders } from '../fixtures/config-folder';
import { type RunOptions, runHeadgate } from '../fixtures/headgate-process';
import { adapterSdl, routes } from '../fixtures/rest-adapter';
import { type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const SDL = adapterSdl(
  `
  type Query {
    user(id: ID!): User
      @connect(source: "api", http: { GET: "/users/{$args.id}", headers: [{ name: "x-trace", from: "x-trace" }] }, selection: "id name: full_name tags { text }")
  }
  type Mutation {
    rename(id: ID!, name: String!): User
      @connect(source: "api", http: { POST: "/users", body: "id: $args.id name: $args.name" }, selection: "id name: full_name")
  }
  type User @key(fields: "id") @connect(source: "api", http: { GET: "/users", queryParams: "id: $batch.id" }, selection: "id") {
    id: ID!
    name: String
    tags: [Tag]
  }
  type Tag { text: String }`,
  'errors: { message: "error.message" }',
).replace(
  'http: { baseURL: "http://127.0.0.1:1/v1" }',
  'http: { baseURL: "http://127.0.0.1:1/v1", headers: [{ name: "authorization", value: "Bearer {$env.USERS_TOKEN}" }, { name: "x-tenant", value: "{$config.tenant}" }] }',
);

const env = { USERS_TOKEN: 'a-token-that-is-secret' };

describe('headgate rest run', () => {
  const folders = configFolders();
  let service: ScriptedServer;
  beforeAll(async () => {
    service = await startScriptedServer(
      routes({
        'GET /v1/users/7': ({ headers }) => ({
          id: 175928847299117063n.toString(),
          name: 'Ann',
          tags: [{ text: 'a' }, {}],
          echo: headers.authorization,
        }),
        'GET /v1/users': () => [{ id: '1' }],
      }),
    );
  });
  afterAll(() => service.kill());

  function run(args: readonly string[], options: RunOptions = { env }) {
    const { write } = folders();
    const path = write('users.rest.graphql', SDL);
    const [target = '', ...more] = args;
    return runHeadgate(['rest', 'run', path, target, ...more], options);
  }

  const url = () => ['--url', `api=http://127.0.0.1:${service.port}`];

  it('shows the request, the answer, the mapping step by step, and no secret', async () => {
    const { code, stdout, stderr } = await run([
      'Query.user',
      '--args',
      '{"id": 7}',
      '--header',
      'X-Trace: t1',
      '--variables',
      '{"$config": {"tenant": "tenant-number-1"}}',
      ...url(),
    ]);
    expect([code, stderr]).toEqual([0, '']);
    expect(service.received.at(-1)?.headers).toMatchObject({
      authorization: 'Bearer a-token-that-is-secret',
      'x-tenant': 'tenant-number-1',
      'x-trace': 't1',
    });
    expect(stdout).not.toMatch(/a-token-that-is-secret|tenant-number-1/);
    expect(stdout).toContain('users:Query.user@connect[0]\nrequest\n  GET http://127.0.0.1:1/v1/users/7\n');
    expect(stdout).toContain('\n  authorization: [redacted]\n  x-tenant: [redacted]\n  x-trace: t1\n');
    expect(stdout).toMatch(/\nanswer\n {2}200 from 127\.0\.0\.1:\d+ in \d+ ms\n/);
    expect(stdout).toContain('"echo": "[redacted]"');
    expect(stdout).toMatch(/\nselection, step by step\n {2}id +\.id +1:1 +\{ .* → "175928847299117063"\n/);
    expect(stdout).toMatch(/\nproblems\n {2}selection 1:10 name: there is no `full_name` in the object/);
  });

  it('tells an error as a client would see it, and exits with 1', async () => {
    const { code, stdout } = await run(['Query.user', '--args', '{"id": "none"}', ...url()]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/\nerror\n {2}NOT_FOUND the REST service answered with status 404\n/);
    const refused = await run(['Query.user', '--args', '{"id": ".."}', ...url()]);
    expect(refused.stdout).toMatch(/\n {2}nothing was sent\nerror\n {2}BAD_USER_INPUT /);
  });

  it('takes an answer from a file, and sends nothing', async () => {
    const before = service.received.length;
    const file = folders().write('answer.json', '{ "id": 12345678901234567890, "full_name": "Bo" }');
    const { code, stdout } = await run(['Mutation.rename', '--args', '{"id": 1, "name": "Bo"}', '--response', file]);
    expect([code, service.received.length]).toEqual([0, before]);
    expect(stdout).toContain('\n  POST http://127.0.0.1:1/v1/users\n');
    expect(stdout).toContain('\nresult\n  {\n    "id": 12345678901234567890,\n    "name": "Bo"\n  }');
  });

  it('runs lookups of a type, and prints all of it as JSON', async () => {
    const { stdout } = await run(['User', '--batch', '[{"id": "1"}]', ...url(), '--format', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      data: {
        coordinate: 'users:User@connect[0]',
        request: { method: 'GET', url: 'http://127.0.0.1:1/v1/users?id=1', headers: { authorization: '[redacted]' } },
        answer: { status: 200 },
        mappings: [{ mapping: 'selection' }],
        value: [{ id: '1' }],
        problems: [],
      },
    });
  });

  it.each([
    ['a place where nothing is', ['Query.usr'], 'did you mean Query.user?'],
    ['an argument that is not there', ['Query.user', '--args', '{"x": 1}'], 'Query.user has no argument x'],
    ['what is no JSON', ['Query.user', '--args', '{'], '--args takes a JSON object, not {'],
    ['no URL', ['Query.user', '--url', 'http://a'], '--url takes SOURCE=URL, not http://a'],
    ['no header', ['Query.user', '--header', 'a'], "--header takes 'name: value', not a"],
    ['no file', ['Query.user', '--args', '{"id":1}', '--response', '/none'], 'cannot read /none: ENOENT'],
  ])('refuses %s', async (_what, args, message) => {
    const { code, stderr } = await run(args);
    expect([code, stderr]).toEqual([3, expect.stringContaining(message)]);
  });
});
