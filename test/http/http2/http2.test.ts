import { brotliDecompressSync, gzipSync } from 'node:zlib';
import { compression } from '../../../gateway/http/compression/compress';
import { jsonAnswer, type Route } from '../../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';
import { until } from '../../fixtures/held-time';
import { answerOf, Http2Client } from '../../fixtures/http2-client';
import { RawSocket } from '../../fixtures/raw-socket';

const LARGE = Buffer.alloc(3_000_000, 'x');

describe('HTTP/2 by prior knowledge', () => {
  let server: HttpServer;
  let url: string;
  let client: Http2Client;
  const released: string[] = [];
  let finish: (() => void)[] = [];

  const ROUTES: readonly Route[] = [
    {
      method: 'GET',
      path: '/seen',
      handle: ({ method, path, search, headers, remoteAddress }) =>
        jsonAnswer(200, { method, path, search, headers, remoteAddress }),
    },
    { method: 'POST', path: '/echo', handle: async (request) => ({ status: 200, body: await request.bytes() }) },
    { method: 'POST', path: '/unread', handle: () => ({ status: 200, body: 'not read' }) },
    { method: 'GET', path: '/large', handle: () => ({ status: 200, body: LARGE }) },
    { method: 'GET', path: '/empty', handle: () => ({ status: 204 }) },
    {
      method: 'GET',
      path: '/connection',
      handle: () => ({
        status: 200,
        headers: { connection: 'close', 'keep-alive': 'timeout=5', 'set-cookie': ['a=1', 'b=2'], 'x-own': 'of all' },
        own: [['x-own', 'mine']],
        body: 'x',
      }),
    },
    { method: 'GET', path: '/unsendable', handle: () => ({ status: 200, headers: { 'x-a': 'a\nb' } }) },
    {
      method: 'GET',
      path: '/held',
      handle: ({ gone }) =>
        new Promise((resolve) => {
          gone.onCancel(() => released.push('gone'));
          finish.push(() => resolve({ status: 200, body: 'held' }));
        }),
    },
    {
      method: 'GET',
      path: '/made',
      handle: () => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: (async function* () {
          yield 'one ';
          yield 'two';
        })(),
        trailers: () => ({ 'x-made': '2' }),
      }),
    },
    { method: 'GET', path: '/text', handle: () => jsonAnswer(200, 'x'.repeat(5_000)) },
  ];

  async function start(options: Partial<HttpServerOptions> = {}): Promise<void> {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(ROUTES, null, ['10.0.0.0/8'], undefined, {
        compression: compression({ bytesMin: 1_000, codings: ['br', 'gzip'] }),
      }),
      http2: true,
      requestBytesMax: 100_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
    ({ url } = await server.listen());
    client = new Http2Client(url);
  }

  beforeEach(() => {
    released.length = 0;
    finish = [];
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  it('answers as by HTTP/1.1, which is spoken at the same address', async () => {
    await start();
    const { status, headers, body } = await client.get('/seen?a=1', { 'x-own': 'mine', cookie: 'a=1; b=2' });
    expect(status).toBe(200);
    const host = new URL(url).host;
    expect(JSON.parse(body)).toEqual({
      method: 'GET',
      path: '/seen',
      search: '?a=1',
      headers: { host, 'x-own': 'mine', cookie: 'a=1; b=2' },
      remoteAddress: '127.0.0.1',
    });
    expect(headers).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'content-length': String(body.length),
      'x-content-type-options': 'nosniff',
      'x-request-id': expect.stringMatching(/./),
      date: expect.stringMatching(/GMT$/),
    });
    const old = await fetch(`${url}/seen`);
    expect([old.status, await old.json()]).toMatchObject([200, { path: '/seen' }]);
    expect(server.connections.open).toBe(2);
  });

  it('reads bodies: plain, compressed, too large, and in pieces', async () => {
    await start();
    expect((await client.post('/echo', 'hello')).body).toBe('hello');
    const compressed = await client.post('/echo', gzipSync('compressed'), { 'content-encoding': 'gzip' });
    expect(compressed.body).toBe('compressed');
    const announced = await client.post('/echo', 'x'.repeat(100_001), { 'content-length': '100001' });
    expect([announced.status, JSON.parse(announced.body).error.code]).toEqual([413, 'REQUEST_TOO_LARGE']);
    const tooLarge = await client.post('/echo', 'x'.repeat(2_000_000));
    expect(tooLarge.status).toBe(413);
    expect((await client.post('/echo', 'x'.repeat(99_999))).body).toHaveLength(99_999);
  });

  it('answers requests whose body nobody reads, and goes on', async () => {
    await start();
    expect((await client.post('/unread', 'x'.repeat(500_000))).body).toBe('not read');
    expect((await client.get('/seen')).status).toBe(200);
  });

  it('asks for a body when its client waits to be asked, and not for one that is too large', async () => {
    await start();
    const ask = async (length: number) => {
      const stream = client.begin(
        { ':method': 'POST', ':path': '/echo', expect: '100-continue', 'content-length': String(length) },
        false,
      );
      stream.on('continue', () => stream.end('x'.repeat(length)));
      return answerOf(stream);
    };
    const { status, body } = await ask(5);
    expect([status, body]).toEqual([200, 'xxxxx']);
    expect((await ask(200_000)).status).toBe(413);
    const other = await client.post('/echo', 'x', { expect: 'more' });
    expect(other.status).toBe(417);
  });

  it('answers HEAD and OPTIONS, and sends no body where there is none', async () => {
    await start();
    const head = await client.ask({ ':method': 'HEAD', ':path': '/text' });
    expect([head.status, head.body, head.headers['content-length']]).toEqual([200, '', '5002']);
    const options = await client.ask({ ':method': 'OPTIONS', ':path': '/echo' });
    expect([options.status, options.headers.allow]).toEqual([204, 'POST, OPTIONS']);
    expect((await client.get('/empty')).status).toBe(204);
    expect((await client.ask({ ':method': 'HEAD', ':path': '/made' })).body).toBe('');
    expect((await client.get('/nothing')).status).toBe(404);
  });

  it('sends large answers, compressed ones, and those that are made meanwhile, with trailers', async () => {
    await start();
    expect((await client.get('/large')).body).toHaveLength(LARGE.length);
    const stream = client.begin({ ':path': '/text', 'accept-encoding': 'br' });
    const bytes: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => bytes.push(chunk));
    await new Promise((resolve) => stream.once('end', resolve));
    expect(brotliDecompressSync(Buffer.concat(bytes)).length).toBe(5_002);
    const { body, trailers } = await client.get('/made');
    expect([body, trailers]).toEqual(['one two', expect.objectContaining({ 'x-made': '2' })]);
  });

  it('sends no headers of connections, several of one name, and none that cannot be sent', async () => {
    await start();
    const { headers } = await client.get('/connection');
    expect([headers['set-cookie'], headers['x-own']]).toEqual([['a=1', 'b=2'], 'mine']);
    expect(headers.connection ?? headers['keep-alive']).toBeUndefined();
    await expect(client.get('/unsendable')).rejects.toThrow('NGHTTP2_INTERNAL_ERROR');
    expect((await client.get('/seen')).status).toBe(200);
  });

  it('gives up the work of a request that is reset, and of no other', async () => {
    await start();
    const first = client.begin({ ':path': '/held' });
    const second = client.get('/held');
    await until(() => finish.length === 2);
    first.close(8);
    await until(() => released.length === 1);
    for (const one of finish) one();
    expect((await second).body).toBe('held');
    expect(released).toEqual(['gone']);
  });

  it('gives up all work of a connection that is gone, with its requests that wait', async () => {
    await start();
    for (let at = 0; at < 40; at += 1) client.begin({ ':path': '/held' }).on('error', () => undefined);
    await until(() => finish.length === 40);
    client.destroy();
    await until(() => released.length === 40);
    await until(() => server.connections.open === 0);
  });

  it('speaks HTTP/1.1 with whoever begins with something else, however it is cut', async () => {
    await start();
    const slow = await RawSocket.open(Number(new URL(url).port));
    for (const char of 'PRI HTTP/1.1\r\n\r\n') slow.send(char);
    expect(await slow.untilClosed()).toMatch(/^HTTP\/1.1 400 /);
    const post = await RawSocket.open(Number(new URL(url).port));
    for (const part of ['P', 'OST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\nab']) {
      post.send(part);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await post.until('ab')).toMatch(/^HTTP\/1.1 200 /);
    post.destroy();
  });

  it('is refused where it is not spoken', async () => {
    await start({ http2: false });
    await expect(client.get('/seen')).rejects.toThrow();
  });
});
