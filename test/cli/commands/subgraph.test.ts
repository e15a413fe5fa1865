import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { type LocalRegistry, ownSdl, startLocalRegistry } from '../../fixtures/local-registry';
import { reservedPort } from '../../fixtures/reserved-port';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const MAIN = join(__dirname, '../../../gateway/main.js');

let local: LocalRegistry;
let files: string;
beforeAll(async () => {
  files = newDirectory();
});
beforeEach(async () => {
  local = await startLocalRegistry(newDirectory());
});
afterEach(() => local.close());
afterAll(() => closeCompositionThread());

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function headgate(args: readonly string[], env: Record<string, string> = {}, stdin = ''): Promise<Run> {
  const environment = { PATH: process.env.PATH, HEADGATE_ADMIN_URL: local.url, NO_COLOR: '1', ...env };
  const child = spawn(process.execPath, [MAIN, ...args], { env: environment });
  child.stdin.end(stdin);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code, stdout, stderr };
}

function sdlFile(name: string, sdl = ownSdl(name)): string {
  const path = join(files, `${name}.graphql`);
  writeFileSync(path, sdl);
  return path;
}

const publish = (name: string, ...more: readonly string[]) =>
  headgate(['subgraph', 'publish', name, '--schema', sdlFile(name), '--url', `http://127.0.0.1:4001/${name}`, ...more]);

/** A server that takes a request and goes away without an answer. */
async function startVanishing(): Promise<{ url: string; server: Server }> {
  const server = createServer((socket) => socket.once('data', () => socket.destroy()));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return { url: `http://127.0.0.1:${address.port}`, server };
}

describe('headgate subgraph publish', () => {
  it('publishes instances with their weights, prints what changed, exits 0', async () => {
    const urls = ['--url', 'http://h:1/', '--weight', '3', '--url', 'http://h:2/', '--message', 'first'];
    const run = await headgate(['subgraph', 'publish', 'products', '--schema', sdlFile('products'), ...urls]);
    expect(run).toMatchObject({ code: 0, stderr: '' });
    expect(run.stdout).toContain('products: added at http://h:1/ (weight 3), http://h:2/');
    expect(run.stdout).toContain('revision 1 is current');
    const { state } = await local.registry.subgraph('default', 'products');
    expect(state.instances).toEqual([
      { url: 'http://h:1/', weight: 3 },
      { url: 'http://h:2/', weight: 1 },
    ]);
  });

  it('prints the envelope with --format json', async () => {
    const run = await publish('products', '--format', 'json');
    expect(JSON.parse(run.stdout)).toMatchObject({
      json_version: '1',
      data: { revision: 1, supergraph_was_updated: true, subgraph_was_created: true },
      error: null,
    });
  });

  it('reads the schema from stdin', async () => {
    const args = ['subgraph', 'publish', 'a', '--schema', '-', '--url', 'http://h/'];
    expect((await headgate(args, {}, ownSdl('a'))).code).toBe(0);
    expect((await local.registry.subgraph('default', 'a')).sdl).toBe(ownSdl('a'));
  });

  it('exits 1 when it does not compose, naming subgraph, line and column on stderr, and changes nothing', async () => {
    await publish('products');
    const broken = sdlFile('reviews', 'type Query {\n  reviews: [Review]\n}\n');
    const args = ['subgraph', 'publish', 'reviews', '--schema', broken, '--url', 'http://h/'];
    const run = await headgate(args);
    expect(run).toMatchObject({ code: 1, stdout: '' });
    expect(run.stderr).toMatch(/^reviews:2:\d+ \S+ .*Review/m);
    const json = await headgate([...args, '--format', 'json']);
    expect(json.code).toBe(1);
    expect(JSON.parse(json.stdout)).toMatchObject({
      data: null,
      error: { code: 'COMPOSITION_FAILED', details: { problems: [{ subgraph: 'reviews', line: 2 }] } },
    });
    expect((await local.registry.head('default'))?.revision.revision).toBe(1);
  });

  it('exits 1 for a name that looks like an existing one, until --create is given', async () => {
    await publish('products');
    const refused = await publish('productz');
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain('did you mean products?');
    expect((await publish('productz', '--create')).code).toBe(0);
  });

  it('exits 2 when the answer is lost after the request was sent', async () => {
    const { url, server } = await startVanishing();
    const run = await publish('products', '--admin', url, '--format', 'json');
    server.close();
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { code: 'MUTATION_OUTCOME_UNKNOWN' } });
  });

  it('exits 3 when nobody listens, naming the address and the option', async () => {
    const url = `http://127.0.0.1:${await reservedPort()}`;
    const run = await publish('products', '--admin', url);
    expect(run.code).toBe(3);
    expect(run.stderr).toContain(url);
    expect(run.stderr).toContain('--admin');
  });

  it.each([
    ['without a schema', ['subgraph', 'publish', 'a', '--url', 'http://h/']],
    ['with a schema file that is not there', ['subgraph', 'publish', 'a', '--schema', '/nowhere/a.graphql']],
    ['with an admin address that is none', ['subgraph', 'list', '--admin', 'nowhere']],
    ['with a timeout that is none', ['subgraph', 'list', '--timeout', 'soon']],
    ['to a revision that is none', ['supergraph', 'rollback', 'one']],
  ])('exits 3 when called %s', async (_, args) => {
    const run = await headgate(args);
    expect(run).toMatchObject({ code: 3, stdout: '' });
    expect(run.stderr).not.toBe('');
  });

  it('sends the token, and exits 1 without it', async () => {
    await local.close();
    local = await startLocalRegistry(newDirectory(), 'secret');
    const without = await headgate(['subgraph', 'list']);
    expect(without).toMatchObject({ code: 1, stderr: expect.stringContaining('send the admin token as') });
    const wrong = await headgate(['subgraph', 'list', '--token', 'guess']);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('the token is wrong: it is neither admin.token'),
    });
    expect(wrong.stderr).not.toContain('guess');
    expect((await headgate(['subgraph', 'list', '--token', 'secret'])).code).toBe(0);
    expect((await headgate(['subgraph', 'list'], { HEADGATE_ADMIN_TOKEN: 'secret' })).code).toBe(0);
    expect((await headgate(['subgraph', 'list', '--help'], { HEADGATE_ADMIN_TOKEN: 'secret' })).stdout).not.toContain(
      'secret',
    );
  });
});

describe('the other commands of subgraphs', () => {
  it('check, list, fetch and delete', async () => {
    const checked = await headgate(['subgraph', 'check', 'products', '--schema', sdlFile('products')]);
    expect(checked).toMatchObject({ code: 0, stdout: expect.stringContaining('it composes') });
    // It has no address yet, and none is made up.
    expect(checked.stdout).toContain('products: added; to publish it, name an instance (--url)\n');
    await publish('products');
    await publish('reviews');
    expect((await headgate(['subgraph', 'list'])).stdout).toBe(
      'products\thttp://127.0.0.1:4001/products\tweight 1\nreviews\thttp://127.0.0.1:4001/reviews\tweight 1\n',
    );
    expect((await headgate(['subgraph', 'fetch', 'products'])).stdout).toBe(ownSdl('products'));
    expect((await headgate(['subgraph', 'delete', 'reviews', '--dry-run'])).stdout).toContain('reviews: removed');
    expect((await local.registry.head('default'))?.revision.revision).toBe(2);
    expect((await headgate(['subgraph', 'delete', 'reviews'])).stdout).toContain('revision 3 is current');
    expect(await headgate(['subgraph', 'fetch', 'reviews'])).toMatchObject({ code: 1, stdout: '' });
  });

  it('check exits 1 for a schema that does not compose', async () => {
    const run = await headgate(['subgraph', 'check', 'a', '--schema', sdlFile('a', 'type Query {')]);
    expect(run).toMatchObject({ code: 1, stderr: expect.stringMatching(/^a:1:\d+ /m) });
  });
});

describe('headgate supergraph', () => {
  it('fetches, tells history and difference, rolls back', async () => {
    await publish('products', '--message', 'hello');
    await publish('reviews');
    const fetched = await headgate(['supergraph', 'fetch']);
    expect(fetched.stdout).toContain('graph: REVIEWS');
    const output = join(files, 'supergraph.graphql');
    expect((await headgate(['supergraph', 'fetch', '--revision', '1', '--output', output])).stdout).toBe('');
    expect(readFileSync(output, 'utf8')).not.toContain('REVIEWS');
    const history = (await headgate(['supergraph', 'history'])).stdout.trimEnd().split('\n');
    expect(history).toEqual([
      expect.stringMatching(/^1\t\d{4}-\d\d-\d\dT\S+\tpublish\tproducts\tloopback\thello$/),
      expect.stringMatching(/^2\t\S+\tpublish\treviews\tloopback$/),
    ]);
    expect((await headgate(['supergraph', 'diff', '1', '2'])).stdout).toContain('reviews: added');
    const rollback = await headgate(['supergraph', 'rollback', '1', '--reason', 'too early']);
    expect(rollback).toMatchObject({ code: 0, stdout: expect.stringContaining('revision 3 is current and equals 1') });
    expect((await local.registry.head('default'))?.revision).toMatchObject({ kind: 'rollback', message: 'too early' });
    expect((await headgate(['supergraph', 'rollback', '9'])).code).toBe(1);
  });
});
