import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');

describe.each([
  ['one process', []],
  ['two workers', ['--workers', '2']],
])('steering instances with keys, of %s', (_name, args) => {
  const directory = temporaryDirectories();
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess;

  beforeAll(async () => {
    const folder = directory();
    echo = await startEchoSubgraph('north');
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
admin:
  keys:
    - { name: dashboard, sha256: ${sha256('reading-key')}, scopes: [ read ] }
    - { name: night-shift, sha256: ${sha256('steering-key')}, scopes: [ admin ] }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }
`,
    );
    headgate = await startHeadgate(['serve', ...args], { cwd: folder });
  });

  afterAll(async () => {
    await headgate?.stop();
    await echo?.kill();
  });

  async function call(key: string | null, method: string, path: string, body?: string) {
    const headers = key === null ? {} : { authorization: `Bearer ${key}` };
    const response = await fetch(new URL(path, headgate.admin), {
      method,
      headers,
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, text: await response.text() };
  }

  const instance = () => `/pools/echo/instances/127.0.0.1:${echo.port}`;

  it.each([
    ['POST', 'drain', undefined],
    ['POST', 'resume', undefined],
    ['POST', 'eject', undefined],
    ['PUT', 'weight', '{"weight":2}'],
  ])('%s %s is for those with the scope admin', async (method, action, body) => {
    const path = `${instance()}/${action}`;
    expect((await call(null, method, path, body)).status).toBe(401);
    const refused = await call('reading-key', method, path, body);
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([403, 'FORBIDDEN']);
    const done = await call('steering-key', method, path, body);
    expect([done.status, JSON.parse(done.text).actor]).toEqual([200, 'key night-shift']);
    await headgate.logged('instance.overridden', `"action":"${action}"`, 'key night-shift');
  });

  it('looking is for those with the scope read', async () => {
    for (const path of ['/pools', '/metrics', '/pools/echo/explain']) {
      expect((await call(null, 'GET', path)).status).toBe(401);
      expect((await call('reading-key', 'GET', path)).status).toBe(200);
    }
  });
});
