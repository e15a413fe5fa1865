import { once } from 'node:events';
import { chmodSync, existsSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import type { ListenOptions } from '../../gateway/http/options';
import { jsonAnswer, type Route } from '../../gateway/http/route';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { staleSocket } from '../fixtures/stale-socket';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const LOCAL = { host: '127.0.0.1', port: 0 };

describe('a server of several addresses', () => {
  const directory = temporaryDirectories();
  let path: string;
  const servers: HttpServer[] = [];
  beforeEach(() => {
    path = join(directory(), 'gateway.sock');
  });
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  function serve(listen: readonly ListenOptions[], proxies: readonly string[] = []): HttpServer {
    const routes: readonly Route[] = [
      { method: 'GET', path: '/who', handle: ({ remoteAddress }) => jsonAnswer(200, remoteAddress) },
    ];
    const way = httpStack(routes, null, proxies);
    const server = new HttpServer({
      name: 'server',
      listen,
      portRemedy: 'choose another',
      way,
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    servers.push(server);
    return server;
  }

  function ask(to: { socketPath: string } | { port: number }, headers = {}): Promise<unknown> {
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', ...to, path: '/who', headers: { connection: 'close', ...headers } }, (response) => {
        let text = '';
        response.setEncoding('utf8').on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      })
        .on('error', reject)
        .end();
    });
  }

  it('answers at each of them, and tells the first over TCP', async () => {
    const server = serve([{ path, mode: 0o600 }, LOCAL, LOCAL]);
    const { port, url } = await server.listen();
    expect(url).toBe(`http://127.0.0.1:${port}`);
    expect(await ask({ port })).toBe('127.0.0.1');
    expect(await ask({ socketPath: path })).toBe('unix:');
  });

  it('tells a Unix socket where there is nothing else', async () => {
    expect(await serve([{ path, mode: 0o600 }]).listen()).toEqual({ url: `unix:${path}`, port: 0 });
  });

  it('believes a proxy that comes by a Unix socket where it is trusted', async () => {
    const headers = { 'x-forwarded-for': '192.0.2.1' };
    await serve([{ path, mode: 0o600 }], ['127.0.0.1', 'unix:']).listen();
    expect(await ask({ socketPath: path }, headers)).toBe('192.0.2.1');
    const other = join(directory(), 'other.sock');
    await serve([{ path: other, mode: 0o600 }], ['127.0.0.1']).listen();
    expect(await ask({ socketPath: other }, headers)).toBe('unix:');
  });

  it('gives a Unix socket its permissions, and removes it', async () => {
    for (const end of ['close', 'drain'] as const) {
      const server = serve([{ path, mode: 0o640 }]);
      await server.listen();
      expect(statSync(path).mode & 0o777).toBe(0o640);
      await server[end](0);
      expect(existsSync(path)).toBe(false);
    }
  });

  it('replaces the socket of a process that is gone', async () => {
    staleSocket(path);
    expect(existsSync(path)).toBe(true);
    await serve([{ path, mode: 0o600 }]).listen();
    expect(await ask({ socketPath: path })).toBe('unix:');
  });

  it('takes nobody’s place: not of one who listens, not of another file', async () => {
    await serve([{ path, mode: 0o600 }]).listen();
    await expect(serve([{ path, mode: 0o600 }]).listen()).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `unix:${path} is taken: choose another`,
    });
    expect(await ask({ socketPath: path })).toBe('unix:');
    const file = join(directory(), 'file');
    writeFileSync(file, 'precious');
    chmodSync(file, 0o600);
    await expect(serve([{ path: file, mode: 0o600 }]).listen()).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    expect(statSync(file).size).toBe(8);
  });

  it('listens nowhere when it cannot listen everywhere', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number }; // as: it listens on TCP
    await expect(
      serve([
        { path, mode: 0o600 },
        { ...LOCAL, port },
      ]).listen(),
    ).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    taken.close();
    await once(taken, 'close');
    expect(existsSync(path)).toBe(false);
  });
});
