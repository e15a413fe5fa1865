import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readAdapterFile } from '../../gateway/cli/rest/adapter-file';
import { checkFiles } from '../../gateway/cli/rest/check';
import { type RestServer, startRestServer } from '../../gateway/cli/rest/server';
import { loadConfig } from '../../gateway/config/load';
import { isHeadgateError } from '../../gateway/errors';
import { RawSocket } from '../fixtures/raw-socket';
import { adapterSdl, routes } from '../fixtures/rest-adapter';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const TYPES = `
  type Query { user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name", entity: true) }
  type User @key(fields: "id") { id: ID! name: String }`;

const SETTINGS = `
  supergraph: { source: registry }
  limits: { request_bytes: 10KB }
  traffic_shaping: { router: { timeout: 2s } }
`;

let release = () => {};
const released = new Promise<void>((resolve) => {
  release = resolve;
});
let folder: string;
let service: ScriptedServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'headgate-rest-'));
  const known = routes({ 'GET /v1/users/1': () => ({ id: 1, name: 'Ann' }) });
  service = await startScriptedServer((request, response, socket) => {
    if (request.url === '/v1/users/slow') return;
    if (request.url !== '/v1/users/late') return known(request, response, socket);
    void released.then(() => answerJson({ id: 'late', name: 'Late' })(request, response, socket));
  });
});

afterAll(async () => {
  await service.kill();
  await rm(folder, { recursive: true });
});

async function fileOf(name: string, sdl: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, sdl);
  return path;
}

describe('headgate rest check', () => {
  it('accepts adapters without problems', async () => {
    const path = await fileOf('good.graphql', adapterSdl(TYPES));
    expect(await checkFiles([path])).toEqual([{ file: path, problems: [], warnings: [] }]);
  });

  it('names file, line, column and code of each problem', async () => {
    const good = await fileOf('fine.graphql', adapterSdl(TYPES));
    const bad = await fileOf('bad.graphql', adapterSdl(TYPES.replace('$args.id', '$args.nope')));
    const failure: unknown = await checkFiles([good, bad]).catch((error: unknown) => error);
    if (!isHeadgateError(failure, 'CONNECT_INVALID')) throw failure;
    expect(failure.message).toMatch(/^1 problem\n.*bad\.graphql:\d+:\d+ ARGUMENT_UNKNOWN Query\.user: `\$args\.nope`/);
    expect(failure.details?.files).toMatchObject([{ problems: [] }, { problems: [{ code: 'ARGUMENT_UNKNOWN' }] }]);
  });

  it('refuses a file that is not there as wrong usage', async () => {
    await expect(checkFiles([join(folder, 'none.graphql')])).rejects.toMatchObject({ code: 'USAGE' });
  });
});

async function serve(name: string): Promise<RestServer> {
  const sdl = adapterSdl(TYPES).replace('127.0.0.1:1', `127.0.0.1:${service.port}`);
  const file = await readAdapterFile(await fileOf(`${name}.rest.graphql`, sdl));
  const { config } = await loadConfig({ path: await fileOf(`${name}.yaml`, SETTINGS) });
  return startRestServer(file, config, { host: '127.0.0.1', port: 0 });
}

describe('headgate rest serve', () => {
  let server: RestServer;
  beforeAll(async () => {
    server = await serve('users');
  });
  afterAll(() => server.close());

  async function post(body: unknown, type = 'application/json') {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const response = await fetch(server.url, { method: 'POST', headers: { 'content-type': type }, body: text });
    const answer = JSON.parse(await response.text());
    return { status: response.status, ...answer } as {
      status: number;
      data?: Record<string, unknown>;
      errors?: unknown[];
    };
  }

  it('answers queries from the REST service', async () => {
    expect(await post({ query: '{ user(id: 1) { name } }' })).toEqual({ status: 200, data: { user: { name: 'Ann' } } });
  });

  it('answers entity fetches', async () => {
    const query = 'query($r: [_Any!]!) { _entities(representations: $r) { ... on User { name } } }';
    const variables = { r: [{ __typename: 'User', id: '1' }] };
    expect((await post({ query, variables })).data).toEqual({ _entities: [{ name: 'Ann' }] });
  });

  it('answers what it has not with a problem', async () => {
    const response = await fetch(new URL('/nowhere', server.url));
    expect([response.status, response.headers.get('content-type')]).toEqual([405, 'application/problem+json']);
    expect(await response.json()).toMatchObject({ status: 405, code: 'METHOD_NOT_ALLOWED' });
  });

  it('answers the SDL for composition, without connect directives', async () => {
    const { data } = await post({ query: '{ _service { sdl } }' });
    const sdl = JSON.stringify(data);
    expect(sdl).toContain('@key(fields: \\"id\\")');
    expect(sdl).not.toMatch(/connect|@source|127\.0\.0\.1/);
  });

  it('answers introspection', async () => {
    expect((await post({ query: '{ __type(name: "User") { name fields { name } } }' })).data).toEqual({
      __type: { name: 'User', fields: [{ name: 'id' }, { name: 'name' }] },
    });
  });

  it.each([
    ['a field that is not there', { query: '{ nope }' }, 400],
    ['a syntax error', { query: '{' }, 400],
    ['no query', {}, 400],
    ['no JSON', '{', 400],
    ['variables of the wrong kind', { query: '{ user(id: 1) { id } }', variables: [] }, 400],
  ])('refuses %s', async (_what, body, status) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.errors).not.toHaveLength(0);
  });

  it('refuses bodies of another type', async () => {
    expect((await post('{}', 'text/plain')).status).toBe(415);
  });

  it('names the code of what it refuses', async () => {
    const codes = [];
    for (const query of ['{ nope }', '{', 'query A { __typename } query B { __typename }'])
      codes.push((await post({ query })).errors?.[0]);
    expect(codes).toMatchObject([
      { extensions: { code: 'GRAPHQL_VALIDATION_FAILED' }, locations: [{ line: 1, column: 3 }] },
      { extensions: { code: 'GRAPHQL_PARSE_FAILED' } },
      { extensions: { code: 'OPERATION_RESOLUTION_FAILURE' } },
    ]);
  });

  it('tells how it is, and what it answers', async () => {
    const health = await fetch(new URL('/health', server.url));
    expect([health.status, await health.json()]).toEqual([200, { data: 'ok' }]);
    const { status, headers } = await fetch(new URL('/graphql', server.url), { method: 'PUT' });
    expect([status, headers.get('allow')]).toEqual([405, 'POST, OPTIONS']);
  });

  it('refuses a body that is too large, before it has arrived', async () => {
    const socket = await RawSocket.open(Number(new URL(server.url).port));
    socket.send(
      'POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20000\r\n\r\n{',
    );
    expect(await socket.until('REQUEST_TOO_LARGE')).toMatch(/^HTTP\/1\.1 413 /);
    socket.destroy();
  });

  it('gives up a request that does not arrive', async () => {
    const socket = await RawSocket.open(Number(new URL(server.url).port));
    socket.send('POST /graphql HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: 20\r\n\r\n{');
    expect(await socket.untilClosed()).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('answers at its deadline, with the code of one that passed', async () => {
    const answer = await post({ query: '{ user(id: "slow") { name } }' });
    expect([answer.status, answer.errors]).toMatchObject([504, [{ extensions: { code: 'GATEWAY_TIMEOUT' } }]]);
  });
});

describe('the end of headgate rest serve', () => {
  it('answers what is in flight, and listens no more', async () => {
    const server = await serve('ending');
    const before = service.received.length;
    const asked = fetch(server.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ user(id: "late") { name } }' }),
    });
    await service.arrived(before + 1);
    const closed = server.close();
    release();
    expect(await (await asked).json()).toEqual({ data: { user: { name: 'Late' } } });
    await closed;
    await expect(fetch(server.url)).rejects.toThrow();
  });
});
