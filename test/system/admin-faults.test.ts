import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ECHO_SDL, type EchoSubgraph, startEchoSubgraph } from '../fixtures/echo-subgraph';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const TOKEN = 'right-token-of-the-operator';
const HEAD = 'server: { listen: "127.0.0.1:0" }\nplanning: { deadline: 1m }\n';
const ESCAPES = ['\u001b', '\u0007', '\u009b', '\u202e'];
const acting = (text: string) => ESCAPES.filter((one) => text.includes(one));

describe('the registry and its admin listener', () => {
  const directory = temporaryDirectories();
  let folder: string;
  let echo: EchoSubgraph;
  let headgate: HeadgateProcess | undefined;

  beforeEach(async () => {
    folder = directory();
    echo = await startEchoSubgraph('north');
    writeFileSync(join(folder, 'echo.graphql'), ECHO_SDL);
  });
  afterEach(async () => {
    await headgate?.stop();
    headgate = undefined;
    await echo.kill();
  });

  async function start(lines: string, env: Record<string, string> = {}): Promise<HeadgateProcess> {
    writeFileSync(join(folder, 'headgate.yaml'), `${HEAD}${lines}`);
    headgate = await startHeadgate(['serve'], { cwd: folder, env });
    return headgate;
  }

  const url = (path: string) => new URL(path, headgate?.admin ?? '').href;
  const put = (name: string, sdl: string, headers: Record<string, string> = {}, query = '') =>
    fetch(url(`/registry/graphs/default/subgraphs/${name}?create=true&url=${encodeURIComponent(echo.url)}${query}`), {
      method: 'PUT',
      headers,
      body: sdl,
    });

  it('serves from the checkpoint when a line of the journal is damaged, refuses publishes and says so', async () => {
    await start('');
    expect((await put('echo', ECHO_SDL)).status).toBe(201);
    expect((await ask(headgate?.graphql ?? '', '{ echo }')).body).toEqual({ data: { echo: 'north' } });
    await headgate?.stop();
    const journal = join(folder, '.headgate/registry/journal.jsonl');
    const text = readFileSync(journal, 'utf8');
    writeFileSync(journal, `${text.replace('"publish"', '"publisH"')}${text}`);
    const damaged = readFileSync(journal, 'utf8');
    await start('');
    expect(await headgate?.logged('supergraph.refused', 'REGISTRY_CORRUPT')).toContain('line 1');
    expect((await ask(headgate?.graphql ?? '', '{ echo }')).body).toEqual({ data: { echo: 'north' } });
    const refused = await put('echo', ECHO_SDL.replace('echo', 'other: Int echo'));
    expect(refused.status).toBe(503);
    expect(await refused.json()).toMatchObject({ error: { code: 'REGISTRY_CORRUPT' } });
    const history = await runHeadgate(['supergraph', 'history', '--admin', url('/')], { cwd: folder });
    expect(history.stderr).toContain('the registry is damaged');
    expect(readFileSync(journal, 'utf8')).toBe(damaged);
  });

  it('says whose token it was, nothing of a header that nobody looked at, and no text that a terminal acts upon', async () => {
    await start('');
    const message = encodeURIComponent('harmless \u001b[2J\u001b]0;title\u0007 \u009b31m \u202etxt\r\nforged line');
    const { status } = await put('echo', ECHO_SDL, { authorization: 'Bearer whatever' }, `&message=${message}`);
    expect(status).toBeLessThan(500);
    const { revisions } = (await (await fetch(url('/registry/graphs/default/revisions'))).json()) as {
      revisions: { actor: string }[];
    };
    expect(revisions.map(({ actor }) => actor)).toEqual(['loopback']);
    for (const args of [
      ['supergraph', 'history'],
      ['supergraph', 'history', '--format', 'json'],
    ]) {
      const { stdout } = await runHeadgate([...args, '--admin', url('/')], { cwd: folder });
      expect(acting(stdout)).toEqual([]);
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    }
    const wrong = await runHeadgate(['supergraph', 'history', '--admin', 'http://\u001b[2J'], { cwd: folder });
    expect(acting(wrong.stderr)).toEqual([]);
  });

  it('counts and logs wrong tokens, takes the right one at once, and no adapter that reads it', async () => {
    await start(`admin: { token: ${TOKEN} }\n`, { HEADGATE_ADMIN_TOKEN: TOKEN });
    const call = (token: string) => fetch(url('/pools'), { headers: { authorization: `Bearer ${token}` } });
    const answers = await Promise.all(['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'].map(call));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(401));
    expect((await call(TOKEN)).status).toBe(200);
    expect(await headgate?.logged('admin.refused', '127.0.0.1')).not.toContain(TOKEN);
    const metrics = await (await fetch(url('/metrics'), { headers: { authorization: `Bearer ${TOKEN}` } })).text();
    expect(metrics).toMatch(/headgate_admin_wrong_tokens_total [1-9]/);
    // What the operator did not give to the adapter.
    const adapter = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.11", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@source", "@connect"])
  @source(name: "api", http: { baseURL: "${new URL(echo.url).origin}" })
type Query { me: User @connect(source: "api", http: { GET: "/me", queryParams: "t: $env.HEADGATE_ADMIN_TOKEN" }, selection: "id") }
type User { id: ID }`;
    const refused = await put('team', adapter, { authorization: `Bearer ${TOKEN}` });
    expect(refused.status).toBe(422);
    const text = await refused.text();
    expect(text).toContain('subgraphs.team.sources.api.env');
    expect(text).not.toContain(TOKEN);
    expect(echo.received).toHaveLength(0);
  });

  it('names the folder that cannot be written to and the key that moves it', async () => {
    writeFileSync(join(folder, 'file'), '');
    writeFileSync(join(folder, 'headgate.yaml'), `${HEAD}registry: { directory: ./file/registry }\n`);
    const { code, stderr } = await runHeadgate(['serve'], { cwd: folder });
    expect(code).toBe(3);
    expect(stderr).toMatch(/error\[CONFIG_INVALID\] registry\.directory: .*file\/registry cannot be written to/);
    expect(stderr).not.toMatch(/\n\s+at |INTERNAL|internal\.error/);
  });

  it('goes on without a checkpoint that cannot be written, and names the key', async () => {
    writeFileSync(join(folder, 'file'), '');
    await start(`supergraph: { source: subgraphs, checkpoint: ./file/last-good }
subgraphs: { echo: { schema: { file: ./echo.graphql }, url: "${echo.url}" } }\n`);
    await headgate?.logged('config.notice', 'supergraph.checkpoint');
    expect((await ask(headgate?.graphql ?? '', '{ echo }')).body).toEqual({ data: { echo: 'north' } });
    expect(headgate?.lines('internal.error')).toEqual([]);
  });

  it('removes what killed processes left half written, and nothing of living ones', async () => {
    const state = join(folder, '.headgate');
    mkdirSync(join(state, 'registry', 'blobs'), { recursive: true });
    const dead = ['last-good.999999999-1.tmp', 'registry/blobs/abc-01.new'];
    const kept = [`last-good.${process.pid}-7.tmp`, 'mine.tmp'];
    for (const name of [...dead, ...kept]) writeFileSync(join(state, name), 'half');
    await start('');
    expect((await put('echo', ECHO_SDL)).status).toBe(201);
    await ask(headgate?.graphql ?? '', '{ echo }');
    for (const name of dead) expect([name, existsSync(join(state, name))]).toEqual([name, false]);
    for (const name of kept) expect([name, existsSync(join(state, name))]).toEqual([name, true]);
  });

  it('keeps its state where HEADGATE_STATE says, as the image does', async () => {
    const state = join(folder, 'state');
    await start('', { HEADGATE_STATE: state });
    expect((await put('echo', ECHO_SDL)).status).toBe(201);
    expect(readdirSync(state).sort()).toEqual(expect.arrayContaining(['last-good', 'registry']));
    expect(existsSync(join(folder, '.headgate'))).toBe(false);
  });
});
