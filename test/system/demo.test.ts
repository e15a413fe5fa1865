import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { packageRoot } from '../../gateway/package-root';
import { reservedPort } from '../fixtures/reserved-port';
import { sampleOperations } from '../fixtures/sample-operations';

const schemaFolder = join(packageRoot, 'schema');
const main = join(__dirname, '..', '..', 'gateway', 'main.js');
const PORTS = ['4000', '4400', '4001', '4002', '4003', '4004', '4005', '4010'];

/** schema/headgate.yaml with other ports, so that a demo on this machine is left alone. */
async function movedConfig(folder: string): Promise<{ path: string; ports: Map<string, number> }> {
  const ports = new Map<string, number>();
  for (const port of PORTS) ports.set(port, await reservedPort());
  const yaml = readFileSync(join(schemaFolder, 'headgate.yaml'), 'utf8')
    .replaceAll(/127\.0\.0\.1:(\d+)/g, (_, port) => `127.0.0.1:${ports.get(port)}`)
    .replaceAll('./', `${schemaFolder}/`);
  const path = join(folder, 'headgate.yaml');
  writeFileSync(path, yaml);
  return { path, ports };
}

function demo(...args: string[]) {
  const child = spawn(process.execPath, [main, 'demo', '--log-level', 'silent', ...args], { stdio: 'pipe' });
  return { child, ended: once(child, 'exit') };
}

/** What a stream says until the text appears in it. */
function readUntil(stream: NodeJS.ReadableStream, wanted: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    stream.on('data', (chunk) => {
      said += String(chunk);
      if (said.includes(wanted)) resolve(said);
    });
    stream.on('end', () => reject(new Error(`the stream ended without "${wanted}":\n${said}`)));
  });
}

/** A connection that closes when the process at its other end is gone. */
async function connectTo(url: string): Promise<Socket> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  // A reset closes it just as well.
  return socket.on('error', () => undefined).resume();
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('headgate demo', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-demo-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  describe('while it runs', () => {
    let child: ChildProcess;
    let ended: Promise<unknown>;
    let said: string;
    let graphql: string;
    let complaints: NodeJS.ReadableStream;

    beforeAll(async () => {
      const { path } = await movedConfig(folder);
      const started = demo('--config', path, '--port', '0');
      ({ child, ended } = started);
      complaints = started.child.stderr;
      complaints.resume();
      said = await readUntil(started.child.stdout, 'Press Ctrl-C to stop.');
      graphql = /GraphQL +(\S+)/.exec(said)?.[1] ?? '';
    });
    afterAll(() => child.kill('SIGKILL'));

    function pids(instance = '[a-z0-9-]+'): number[] {
      const rows = said.matchAll(new RegExp(`^  ${instance} .*pid (\\d+)$`, 'gm'));
      return [...rows].map(([, pid]) => Number(pid));
    }

    async function run({
      query,
      variables,
    }: {
      query: string;
      variables: unknown;
    }): Promise<{ data: unknown; errors?: unknown }> {
      const response = await fetch(graphql, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ query, variables }),
      });
      // A GraphQL answer has this form; the expectations check the rest.
      return (await response.json()) as { data: unknown; errors?: unknown };
    }

    it('names the address of everything', () => {
      expect(said).toMatch(/^ {2}admin +http:\/\/127\.0\.0\.1:\d+$/m);
      expect(said).toMatch(/^ {2}products-1 +graphql +http:\/\/127\.0\.0\.1:\d+\/graphql +weight 3 +pid \d+$/m);
      expect(pids()).toHaveLength(6);
    });

    it.each(sampleOperations())('answers $name', async (operation) => {
      const answer = await run(operation);
      expect(answer.errors).toBeUndefined();
      expect(answer.data).not.toBeNull();
    });

    it('goes on when an instance is killed, and says so', async () => {
      const [pid = 0] = pids('products-2');
      const news = readUntil(complaints, `products-2 (pid ${pid}) is gone: signal SIGKILL`);
      process.kill(pid, 'SIGKILL');
      await news;
      for (let count = 0; count < 6; count += 1) {
        const answer = await run({ query: '{ product(upc: "1001") { name inStock } }', variables: {} });
        expect(answer).toEqual({ data: { product: { name: 'The Keeper of the Northern Light', inStock: true } } });
      }
    });

    it('stops everything on Ctrl-C', async () => {
      child.kill('SIGINT');
      expect(await ended).toEqual([0, null]);
      expect(pids().filter(isRunning)).toEqual([]);
    });
  });

  it.each(['4000', '4400', '4002'])('refuses to begin when %s is taken', async (wanted) => {
    const { path, ports } = await movedConfig(folder);
    const port = ports.get(wanted) ?? 0;
    const other = createServer().listen(port, '127.0.0.1');
    await once(other, 'listening');
    const { child, ended } = demo('--config', path);
    const [complaint, output] = await Promise.all([text(child.stderr), text(child.stdout)]);
    expect(complaint).toContain(`port ${port} on 127.0.0.1, for `);
    expect(complaint).toMatch(/--port|HEADGATE_ADMIN_PORT|subgraphs\.products in /);
    expect(output).toBe('');
    expect(await ended).toEqual([3, null]);
    other.close();
  });

  it('takes its services along when it is killed', async () => {
    const { path } = await movedConfig(folder);
    const { child, ended } = demo('--config', path);
    child.stderr.resume();
    const said = await readUntil(child.stdout, 'Press Ctrl-C to stop.');
    const urls = [...said.matchAll(/^ {2}\S+ +(?:graphql|rest) +(\S+)/gm)].map(([, url]) => url ?? '');
    expect(urls).toHaveLength(6);
    const sockets = await Promise.all(urls.map(connectTo));
    const closed = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    child.kill('SIGKILL');
    await ended;
    await Promise.all(closed);
  });
});
