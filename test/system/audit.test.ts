import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AuditLog } from '../../gateway/audit/audit-log';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, MAIN, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const sha256 = (key: string) => createHash('sha256').update(key).digest('hex');
const KEYS = { ci: 'publishing-key', ops: 'steering-key', mobile: 'client-key' };

const configuration = (level: string) => `server: { listen: "127.0.0.1:0", drain_timeout: 200ms }
admin:
  token: root-token
  keys:
    - { name: ci, sha256: ${sha256(KEYS.ci)}, scopes: [ "publish:default/*", read ] }
    - { name: ops, sha256: ${sha256(KEYS.ops)}, scopes: [ admin ] }
authentication: { require: true, api_keys: { keys: [ { name: mobile, sha256: ${sha256(KEYS.mobile)} } ] } }
log: { level: debug }
limits: { max_depth: ${level} }
planning: { deadline: 1m }
audit: { path: ./audit.jsonl }
`;

interface Line {
  readonly action: string;
  readonly outcome: string;
  readonly actor: string | null;
  readonly address: string | null;
  readonly request: string | null;
  readonly target: Readonly<Record<string, unknown>>;
  readonly before?: Readonly<Record<string, unknown>>;
  readonly after?: Readonly<Record<string, unknown>>;
  readonly status?: number;
  readonly code?: string;
}

describe.each([
  ['one process', []],
  ['two workers', ['--workers', '2']],
])('the audit log of a gateway of %s', (_name, args) => {
  const directory = temporaryDirectories();
  let folder: string;
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess;

  const path = () => join(folder, 'audit.jsonl');
  const lines = (action: string): Line[] =>
    readFileSync(path(), 'utf8')
      .split('\n')
      .filter((text) => text !== '')
      .map((text) => JSON.parse(text))
      .filter((line) => line.action === action);

  async function call(key: string | null, method: string, at: string, body?: string) {
    const response = await fetch(new URL(at, headgate.admin), {
      method,
      headers: key === null ? {} : { authorization: `Bearer ${key}` },
      ...(body === undefined ? {} : { body }),
    });
    const id = response.headers.get('x-request-id');
    return { status: response.status, id, text: await response.text() };
  }

  const subgraph = (name = 'echo') =>
    `/registry/graphs/default/subgraphs/${name}?url=${encodeURIComponent(echo.url)}&message=first`;

  /** Of refused access nobody waits until it is written. */
  async function deniedOf(listener: string, count: number): Promise<readonly Line[]> {
    for (;;) {
      const found = lines('access').filter(({ target }) => target.listener === listener);
      if (found.length >= count) return found;
      await pause(20);
    }
  }

  async function start(): Promise<void> {
    headgate = await startHeadgate(['serve', ...args], { cwd: folder });
  }

  beforeAll(async () => {
    folder = directory();
    echo = await startEchoSubgraph('north');
    writeFileSync(join(folder, 'headgate.yaml'), configuration('50'));
    await start();
  });

  afterAll(async () => {
    await headgate?.stop();
    await echo?.kill();
  });

  it('says who published what, from where, and from which revision to which', async () => {
    const { status, id } = await call(KEYS.ci, 'PUT', subgraph(), ECHO_SDL);
    expect(status).toBe(201);
    const about = { actor: 'key ci', address: '127.0.0.1', request: id, target: { graph: 'default', name: 'echo' } };
    expect(lines('registry.publish')).toMatchObject([
      { ...about, outcome: 'begun' },
      { ...about, outcome: 'done', status: 201, before: { revision: 0 }, after: { revision: 1, message: 'first' } },
    ]);
    expect(id).not.toBeNull();
  });

  it('has what was refused, with the code', async () => {
    expect((await call(KEYS.ci, 'PUT', subgraph('broken'), 'type Query {')).status).toBe(422);
    expect(lines('registry.publish').at(-1)).toMatchObject({
      outcome: 'refused',
      actor: 'key ci',
      target: { name: 'broken' },
      status: 422,
    });
  });

  it('has a rollback, and no check: that changes nothing', async () => {
    expect((await call('root-token', 'POST', subgraph().replace('echo?', 'echo/check?'), ECHO_SDL)).status).toBe(200);
    const body = JSON.stringify({ revision: 1, reason: 'as it was' });
    expect((await call('root-token', 'POST', '/registry/graphs/default/rollback', body)).status).toBe(200);
    expect(lines('registry.rollback').at(-1)).toMatchObject({
      actor: 'token',
      outcome: 'done',
      before: { revision: 1 },
      after: { message: 'as it was' },
    });
    expect(readFileSync(path(), 'utf8')).not.toContain('/check');
  });

  it('has what an operator does to an instance, before and after', async () => {
    const instance = `/pools/echo/instances/127.0.0.1:${echo.port}`;
    expect((await call(KEYS.ops, 'PUT', `${instance}/weight`, '{"weight": 7, "reason": "new machine"}')).status).toBe(
      200,
    );
    expect((await call(KEYS.ops, 'POST', `${instance}/drain`)).status).toBe(200);
    expect((await call(KEYS.ops, 'POST', `${instance}/resume`)).status).toBe(200);
    expect(lines('instance.weight')).toMatchObject([
      { outcome: 'begun', actor: 'key ops' },
      { outcome: 'done', before: { weight: 1 }, after: { weight: 7, reason: 'new machine' } },
    ]);
    expect(lines('instance.drain').at(-1)).toMatchObject({
      before: { state: 'healthy' },
      after: { state: 'draining' },
    });
    expect(lines('instance.resume').at(-1)).toMatchObject({ outcome: 'done', target: { pool: 'echo' } });
  });

  it('has operators who were not let in', async () => {
    const nobody = await call('wrong-token', 'GET', '/pools');
    expect(nobody.status).toBe(401);
    const outside = await call(KEYS.ci, 'POST', `/pools/echo/instances/127.0.0.1:${echo.port}/drain`);
    expect(outside.status).toBe(403);
    expect(await deniedOf('admin', 2)).toMatchObject([
      {
        outcome: 'denied',
        actor: null,
        status: 401,
        address: '127.0.0.1',
        request: nobody.id,
        target: { path: '/pools' },
      },
      { outcome: 'denied', actor: 'key ci', status: 403, request: outside.id, target: { method: 'POST' } },
    ]);
    expect(lines('instance.drain')).toHaveLength(2);
  });

  it('has clients who were not let in, and not each time that they come again', async () => {
    for (let count = 0; count < 20; count++) expect((await ask(headgate.graphql, '{ __typename }')).status).toBe(401);
    const denied = await deniedOf('server', 1);
    expect(denied.length).toBeLessThanOrEqual(args.length === 0 ? 1 : 2);
    expect(denied[0]).toMatchObject({
      outcome: 'denied',
      status: 401,
      address: '127.0.0.1',
      target: { path: '/graphql' },
    });
  });

  it('has a configuration that was taken over, with what changed, and one that was refused', async () => {
    const write = (text: string) => {
      writeFileSync(join(folder, 'next.yaml'), text);
      renameSync(join(folder, 'next.yaml'), join(folder, 'headgate.yaml'));
    };
    write(configuration('40'));
    await headgate.logged('"config.reloaded"');
    write(configuration('none'));
    await headgate.logged('"config.refused"');
    await call('root-token', 'POST', '/registry/graphs/default/rollback', '{}');
    expect(lines('config.reload')).toMatchObject([
      { outcome: 'done', before: { 'limits.max_depth': 50 }, after: { 'limits.max_depth': 40 } },
      { outcome: 'refused', after: { message: expect.stringContaining('max_depth') } },
    ]);
    write(configuration('40'));
  });

  it('refuses changes while it cannot be written, and answers clients all the same', async () => {
    rmSync(path());
    mkdirSync(path());
    const refused = await call(KEYS.ci, 'PUT', subgraph('other'), ECHO_SDL);
    expect([refused.status, JSON.parse(refused.text).error.code]).toEqual([503, 'AUDIT_UNAVAILABLE']);
    expect((await call(KEYS.ci, 'GET', '/registry/graphs/default/subgraphs')).text).not.toContain('other');
    expect((await call(KEYS.ci, 'GET', '/metrics')).text).toMatch(/^headgate_audit_failing(\{worker="0"\})? 1$/m);
    const client = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': KEYS.mobile },
      body: '{"query":"{ __typename }"}',
    });
    expect(client.status).toBe(200);
    rmSync(path(), { recursive: true });
    expect((await call('root-token', 'POST', '/registry/graphs/default/rollback', '{}')).status).toBe(400);
  });

  // Starting takes long, and is the same with workers.
  if (args.length > 0) return;

  it('goes on after a restart, and holds nothing of a key or a token', async () => {
    await headgate.stop();
    rmSync(path());
    rmSync(`${path()}.head`);
    await start();
    await call('root-token', 'POST', '/registry/graphs/default/rollback', '{"revision": 1}');
    await headgate.stop();
    const verified = await runHeadgate(['audit', 'verify'], { cwd: folder });
    expect(verified).toMatchObject({ code: 0, stdout: expect.stringContaining('are as they were written') });
    const text = readFileSync(path(), 'utf8');
    for (const secret of [...Object.values(KEYS), 'root-token', ...Object.values(KEYS).map(sha256)])
      expect(text).not.toContain(secret);
  });
});

describe('headgate audit', () => {
  const directory = temporaryDirectories();

  it('prints the last lines, and finds a line that was edited', async () => {
    const folder = directory();
    const script = `
      const { AuditLog } = require(${JSON.stringify(join(MAIN, '..', 'audit', 'audit-log.js'))});
      (async () => {
        const { log } = await AuditLog.open({ path: 'audit.jsonl', denied: true, onError: 'refuse', fileBytesMax: 600, filesMax: 9 });
        for (let n = 1; n <= 12; n++) await log.end({ action: 'a' + n, outcome: 'done', actor: 'key ci', address: null, request: null, target: {} });
        await log.close();
      })();`;
    writeFileSync(join(folder, 'write.js'), script);
    spawnSync(process.execPath, ['write.js'], { cwd: folder });
    const last = await runHeadgate(['audit', 'tail', 'audit.jsonl', '-n', '1'], { cwd: folder });
    expect(last.stdout).toMatch(/^12 \S+ a12 done, key ci, \{\}\n$/);
    const json = await runHeadgate(['audit', 'tail', 'audit.jsonl', '-n', '1', '--format', 'json'], { cwd: folder });
    expect(JSON.parse(json.stdout)).toMatchObject({ seq: 12 });
    const verified = await runHeadgate(['audit', 'verify', 'audit.jsonl', '--format', 'json'], { cwd: folder });
    expect(JSON.parse(verified.stdout).data).toMatchObject({ lines: 12, first: 1, last: 12, fault: null });
    writeFileSync(
      join(folder, 'audit.jsonl'),
      readFileSync(join(folder, 'audit.jsonl'), 'utf8').replace('key ci', 'key me'),
    );
    const edited = await runHeadgate(['audit', 'verify', 'audit.jsonl'], { cwd: folder });
    expect(edited).toMatchObject({
      code: 1,
      stdout: expect.stringMatching(/audit\.jsonl, line 1: it is not as it was written/),
    });
  });

  it('prints the lines that come, through files that are put aside', async () => {
    const folder = directory();
    const write = async (from: number, to: number) => {
      const path = join(folder, 'audit.jsonl');
      const { log } = await AuditLog.open({ path, denied: true, onError: 'refuse', fileBytesMax: 600, filesMax: 9 });
      for (let at = from; at <= to; at++)
        await log.end({ action: `a${at}`, outcome: 'done', actor: null, address: null, request: null, target: {} });
      await log.close();
    };
    await write(1, 2);
    const tail = spawn(process.execPath, [MAIN, 'audit', 'tail', 'audit.jsonl', '-n', '1', '-f'], { cwd: folder });
    let printed = '';
    tail.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
    });
    while (!printed.includes('a2 done')) await pause(20);
    await write(3, 20);
    while (!printed.includes('a20 done')) await pause(20);
    tail.kill();
    const numbers = printed.split('\n').map((line) => Number(line.split(' ')[0]));
    expect(numbers.slice(0, -1)).toEqual(Array.from({ length: 19 }, (_, index) => index + 2));
  });

  it('names what is missing: a log, a section', async () => {
    const folder = directory();
    writeFileSync(join(folder, 'headgate.yaml'), '{}');
    expect(await runHeadgate(['audit', 'verify'], { cwd: folder })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('no section audit'),
    });
    expect(await runHeadgate(['audit', 'tail', 'none.jsonl'], { cwd: folder })).toMatchObject({
      code: 3,
      stderr: expect.stringContaining('none.jsonl cannot be read (ENOENT)'),
    });
  });
});
