import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../gateway/package-root';
import { configFolders } from '../fixtures/config-folder';
import { MAIN, runHeadgate } from '../fixtures/headgate-process';
import { blocks, filesIn } from '../fixtures/markdown';
import { linesOf } from '../fixtures/process-lines';
import { adapterSdl } from '../fixtures/rest-adapter';

const SDL = adapterSdl(
  `
  type Query {
    user(id: ID!, limit: Int = 5): User
      @connect(source: "api", http: { GET: "/users/{$args.id}", queryParams: "limit: $args.limit", headers: [{ name: "x-trace", from: "x-trace" }, { name: "x-key", value: "{$config.key}" }] }, selection: "id name: full_name")
    plain: String @connect(source: "api", http: { GET: "/plain" }, selection: "$")
  }
  type Mutation {
    rename(id: ID!, name: String!): User
      @connect(source: "api", http: { POST: "/users", body: "id: $args.id name: $args.name" }, selection: "id name: full_name")
  }
  type User @key(fields: "id")
    @connect(source: "api", http: { GET: "/users", queryParams: "id: $batch.id" }, selection: "id name: full_name")
    @connect(source: "api", http: { GET: "/users/{$this.id}" }, selection: "id name: full_name") {
    id: ID!
    name: String
  }`,
  'errors: { message: "error.message", extensions: "code: error.code" }',
);

const GOOD = `
config: { schema: ./users.rest.graphql, name: users }
tests:
  - name: a user
    target: Query.user
    variables: { $args: { id: a/b }, $config: { key: k1 }, $requestHeaders: { X-Trace: t1 } }
    apiResponseBody: '{ "id": 1, "full_name": "Ann", "age": 3 }'
    expect:
      connectorRequest:
        url: "http://127.0.0.1:1/v1/users/a%2Fb?limit=5"
        headers: { X-Trace: t1, x-key: k1 }
        body: null
      connectorResponse: '{ "name": "Ann", "id": 1.0 }'
  - name: parts of a request
    connector: Query.user
    variables: { $args: { id: 7, limit: "2" } }
    apiResponseBody: { id: 175928847299117063 }
    expect:
      connectorRequest: { method: GET, scheme: http, origin: "127.0.0.1:1", path: /v1/users/7, queryParams: { limit: 2 } }
  - name: digits stay
    target: Query.user
    variables: { $args: { id: 7 } }
    apiResponseBodyFile: ./digits.json
    expect: { connectorResponse: '{ "id": 175928847299117063 }' }
  - name: text
    target: Query.plain
    apiResponseHeaders: { Content-Type: text/plain }
    apiResponseBody: hello
    expect: { connectorResponse: '"hello"', connectorResponseHeaders: { content-type: text/plain } }
  - name: a body
    target: Mutation.rename
    variables: { $args: { id: 1, name: Bo } }
    expect: { connectorRequest: { method: POST, url: "http://127.0.0.1:1/v1/users", body: '{ "name": "Bo", "id": "1" }' }, connectorResponse: null }
  - name: many
    target: User
    variables: { $batch: [ { id: "1" }, { id: "2" } ] }
    apiResponseBody: '[{ "id": "1", "full_name": "A" }, { "id": "2" }]'
    expect:
      connectorRequest: { url: "http://127.0.0.1:1/v1/users?id=2&id=1" }
      connectorResponse: [ { id: "1", name: A }, { id: "2" } ]
  - name: one
    target: User[1]
    variables: { $this: { id: "1" } }
    expect: { connectorRequest: { path: /v1/users/1 } }
  - name: a failure
    target: Query.user
    variables: { $args: { id: 9 } }
    status: 404
    apiResponseBody: '{ "error": { "message": "no such user", "code": "NOPE" } }'
    expect: { errors: [ { message: no such user, extensions: { code: NOPE, http: { status: 404 } } } ] }
  - name: what may not be sent
    target: Query.user
    variables: { $args: { id: ".." } }
    expect: { connectorRequest: null, error: { contains_message: "path" } }
  - name: what the mapping found nothing for
    target: Query.user
    variables: { $args: { id: 7 } }
    apiResponseBody: '{ "id": 7 }'
    expect: { connectorResponse: { id: 7 }, problems: [ { path: name, contains_message: full_name } ] }
  - { name: later, target: Query.user, skip: true }
`;

describe('headgate rest test', () => {
  const folders = configFolders();

  function folder(suite: string, sdl = SDL) {
    const at = folders();
    at.write('users.rest.graphql', sdl);
    at.write('digits.json', '{ "id": 175928847299117063 }');
    return { ...at, path: at.write('users.connector.yaml', suite) };
  }

  it('passes where requests and answers are as expected', async () => {
    const { path } = folder(GOOD);
    const { code, stdout, stderr } = await runHeadgate(['rest', 'test', path]);
    expect([stdout, stderr]).toEqual([expect.stringMatching(/\n10 passed, 0 failed, 1 skipped\n$/), '']);
    expect(stdout).toMatch(/^users \(.*users\.rest\.graphql\)\n {2}ok {4}a user\n/);
    expect(code).toBe(0);
  });

  it('shows what differs, and exits with 1', async () => {
    const { path } = folder(`
config: { schema: ./users.rest.graphql }
tests:
  - name: wrong in every way
    target: Query.user
    variables: { $args: { id: 1 } }
    apiResponseBody: '{ "id": 1, "full_name": "Ann" }'
    expect:
      connectorRequest: { method: POST, url: "http://127.0.0.1:1/v1/user/1", headers: { x-trace: t }, body: "{}" }
      connectorResponse: '{ "id": 2, "name": "Ann" }'
  - { name: no place, target: Query.usr, expect: { connectorRequest: { method: GET } } }
  - { name: no argument, target: Query.user, variables: { $args: { id: 1, x: 1, limit: many } }, expect: { connectorRequest: {} } }
  - { name: unexpected, target: Query.user, variables: { $args: { id: 1 } }, status: 503, expect: { connectorResponse: "{}" } }
  - { name: no failure, target: Query.plain, expect: { error: { message: broken } } }
  - { name: problems, target: Query.user, variables: { $args: { id: 1 } }, apiResponseBody: { id: 1 }, expect: { problems: [ { path: id } ] } }
`);
    const { code, stdout } = await runHeadgate(['rest', 'test', path]);
    expect(stdout.slice(stdout.indexOf('\n'))).toBe(`
  FAIL  wrong in every way: Query.user (${path}:4)
        request method
        - POST
        + GET
        request url
        - http://127.0.0.1:1/v1/user/1
        + http://127.0.0.1:1/v1/users/1?limit=5
        request header x-trace
        - t
        + nothing
        request body
        - {}
        + none
        response id
        - 2
        + 1
  FAIL  no place: Query.usr (${path}:11)
        target
        - Query.usr
        + there is no @connect at Query.usr; did you mean Query.user?
  FAIL  no argument: Query.user (${path}:12)
        variables $args
        - what GraphQL takes
        + Query.user has no argument x
        variables $args
        - what GraphQL takes
        + Query.user(limit:) Int cannot represent non-integer value: "many"
  FAIL  unexpected: Query.user (${path}:13)
        error
        - none
        + UPSTREAM_ERROR the REST service answered with status 503
  FAIL  no failure: Query.plain (${path}:14)
        error
        - broken
        + none
  FAIL  problems: Query.user (${path}:15)
        problem
        - {"path":"id"}
        + none
        problem
        - none
        + name: there is no \`full_name\` in the object; it has id

without a test: Mutation.rename, User, User[1]
0 passed, 6 failed, 0 skipped
`);
    expect(code).toBe(1);
  });

  it('tells the place of what is wrong with a file', async () => {
    const { path } = folder(`config: { schema: ./users.rest.graphql }
tests:
  - name: a
    target: Query.user
    expect: { conectorRequest: {}, connectorResponse: null }
  - name: b
    variables: { $args: 3 }
    expect: { connectorResponse: "{" }
  - { name: c, target: Query.user }
`);
    const { code, stderr } = await runHeadgate(['rest', 'test', path]);
    expect(code).toBe(3);
    expect(
      stderr.replaceAll(path, 'FILE'),
    ).toBe(`error[CONFIG_INVALID] FILE:5:15 tests.0.expect.conectorRequest: unknown key
FILE:7:25 tests.1.variables.$args: expected keys and values, found 3
FILE:9:5 tests.2.expect: expects nothing
`);
    const broken = folder('config: {}\ntests:\n  - { name: b, expect: { connectorResponse: "{" } }\n');
    const second = await runHeadgate(['rest', 'test', broken.path]);
    expect(
      second.stderr.replaceAll(broken.path, 'FILE'),
    ).toBe(`error[CONFIG_INVALID] FILE:1:9 config: names no schema: add config.schema, or use --schema
FILE:3:5 tests.0: names no connector: add target: Type.field
FILE:3:45 tests.0.expect.connectorResponse: is no JSON
`);
  });

  it('tells what is wrong with the adapter', async () => {
    const { path } = folder(GOOD, SDL.replace('$args.limit', '$args.limt'));
    const { code, stderr } = await runHeadgate(['rest', 'test', path]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/CONNECT_INVALID[\s\S]*\$args\.limt/)]);
  });

  it('takes what all tests of a file have from one place, and bodies from files', async () => {
    const { write, path } = folder(`
config:
  schema: ./nowhere.graphql
  common:
    target: Query.user
    variables: { $args: { id: 1 }, $requestHeaders: { x-trace: t } }
    apiResponseBodyFile: ./ann.json
    apiResponseHeaders: { x-a: "1" }
    expectedRequestUrl: "http://127.0.0.1:1/v1/users/1?limit=5"
    expectedResponseFile: ./mapped.json
tests:
  - { name: all of it, expect: { connectorRequest: { headers: { x-trace: t } }, connectorResponseHeaders: { x-a: 1, x-b: 2 } }, apiResponseHeaders: { x-b: 2 } }
  - { name: another, variables: { $args: { id: 2 } }, expect: { connectorRequest: { url: "http://127.0.0.1:1/v1/users/2?limit=5" } } }
`);
    write('ann.json', '{ "id": 1, "full_name": "Ann" }');
    write('mapped.json', '{ "id": 1, "name": "Ann" }');
    const adapter = join(path, '..', 'users.rest.graphql');
    const { code, stdout } = await runHeadgate([
      'rest',
      'test',
      '--schema',
      adapter,
      join(path, '..'),
      '--format',
      'json',
    ]);
    expect(JSON.parse(stdout).data).toMatchObject({
      untested: ['Query.plain', 'Mutation.rename', 'User', 'User[1]'],
      passed: 2,
      failed: 0,
      suites: [{ path, schema: adapter }],
    });
    expect(code).toBe(0);
  });

  it('writes JUnit XML', async () => {
    const { folder: at, path } = folder(`
config: { schema: ./users.rest.graphql }
tests:
  - { name: "a <b> & \\"c\\"", target: Query.plain, expect: { connectorRequest: { path: /x } } }
  - { name: d, target: Query.plain, skip: true }
`);
    const file = join(at, 'results.xml');
    await runHeadgate(['rest', 'test', path, '--junit', file]);
    expect(
      readFileSync(file, 'utf8')
        .replaceAll(path, 'FILE')
        .replace(/time="[\d.]+"/g, 'time=""'),
    ).toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="FILE" file="FILE" tests="2" failures="1" skipped="1">
    <testcase name="a &lt;b&gt; &amp; &quot;c&quot;" classname="Query.plain" file="FILE" line="4" time="">
      <failure message="request path">request path
- /x
+ /v1/plain</failure>
    </testcase>
    <testcase name="d" classname="Query.plain" file="FILE" line="5" time="">
      <skipped/>
    </testcase>
  </testsuite>
</testsuites>
`);
  });

  it('finds no tests where there are none', async () => {
    const { folder: at } = folders();
    const { code, stderr } = await runHeadgate(['rest', 'test', at]);
    expect([code, stderr]).toEqual([3, `error[USAGE] ${at} has no *.connector.yaml\n`]);
  });

  it('runs again when a file changes, also one that was wrong', async () => {
    const { path, write } = folder(GOOD, SDL.replace('$args.limit', '$args.limt'));
    const child = spawn(process.execPath, [MAIN, 'rest', 'test', '--watch', path], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const waits: (() => void)[] = [
      () => write('users.rest.graphql', SDL),
      () => write('users.connector.yaml', GOOD.replace('"Ann", "age"', '"Bo", "age"')),
      () => write('digits.json', '{}'),
      () => child.kill('SIGTERM'),
    ];
    let told = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      if (text.includes('waiting for changes')) waits.shift()?.();
    });
    const lines = await linesOf(child);
    expect(told).toMatch(/CONNECT_INVALID/);
    expect(lines.filter((line) => line.includes('passed'))).toEqual([
      '10 passed, 0 failed, 1 skipped',
      '9 passed, 1 failed, 1 skipped',
      '8 passed, 2 failed, 1 skipped',
    ]);
    expect(child.exitCode).toBe(0);
  });

  it('passes as docs/rest.md has it', async () => {
    const page = { path: 'docs/rest.md', text: readFileSync(join(packageRoot, 'docs/rest.md'), 'utf8') };
    const at = folders();
    at.write('inventory.rest.graphql', blocks(page, 'graphql').find((block) => block.includes('Warehouse')) ?? '');
    at.write('inventory.connector.yml', filesIn(page).get('inventory.connector.yml') ?? '');
    const { stdout } = await runHeadgate(['rest', 'test', at.folder]);
    expect(stdout).toMatch(/\n3 passed, 0 failed, 0 skipped\n$/);
  });
});
