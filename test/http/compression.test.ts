import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import * as zlib from 'node:zlib';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { chooser, isPossible } from '../../gateway/http/compression/codings';
import { compression } from '../../gateway/http/compression/compress';
import type { ContentCoding } from '../../gateway/http/compression/options';
import type { Answer, Route } from '../../gateway/http/route';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';

const TEXT = JSON.stringify({ data: { names: Array.from({ length: 500 }, (_, index) => `name ${index}`) } });
const JSON_TYPE = { 'content-type': 'application/graphql-response+json; charset=utf-8' };

interface Received {
  readonly coding: string | undefined;
  readonly vary: string | undefined;
  readonly length: number;
  readonly body: Buffer;
}

describe('compressed answers', () => {
  let server: HttpServer;
  let port: number;
  afterEach(() => server.close());

  const answers: Readonly<Record<string, () => Answer>> = {
    '/text': () => ({ status: 200, headers: JSON_TYPE, body: TEXT }),
    '/bytes': () => ({ status: 200, headers: JSON_TYPE, body: Buffer.from(TEXT) }),
    '/small': () => ({ status: 200, headers: JSON_TYPE, body: '{"data":null}' }),
    '/varied': () => ({ status: 200, headers: { ...JSON_TYPE, vary: 'origin' }, body: TEXT }),
    '/image': () => ({ status: 200, headers: { 'content-type': 'image/png' }, body: TEXT }),
    '/coded': () => ({ status: 200, headers: { ...JSON_TYPE, 'content-encoding': 'br' }, body: TEXT }),
    '/kept': () => ({ status: 200, headers: { ...JSON_TYPE, 'cache-control': 'no-transform' }, body: TEXT }),
    '/noise': () => ({ status: 200, headers: JSON_TYPE, body: randomBytes(4_000) }),
    '/stream': () => ({
      status: 200,
      headers: JSON_TYPE,
      body: (async function* () {
        yield TEXT;
      })(),
    }),
  };

  async function start(codings: readonly ContentCoding[] = ['br', 'gzip']): Promise<void> {
    const routes = Object.entries(answers).map(([path, handle]): Route => ({ method: 'GET', path, handle }));
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(routes, null, null, undefined, { compression: compression({ bytesMin: 1_000, codings }) }),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    ({ port } = await server.listen());
  }

  function get(path: string, accepted?: string, method = 'GET'): Promise<Received> {
    return new Promise((resolve, reject) => {
      const headers = { connection: 'close', ...(accepted !== undefined && { 'accept-encoding': accepted }) };
      request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk) => chunks.push(chunk));
        response.on('end', () => {
          const { 'content-encoding': coding, vary, 'content-length': length } = response.headers;
          resolve({ coding, vary, length: Number(length), body: Buffer.concat(chunks) });
        });
      })
        .on('error', reject)
        .end();
    });
  }

  it.each(['/text', '/bytes'])('hold what others do: %s', async (path) => {
    await start();
    const brotli = await get(path, 'gzip, br');
    expect(brotli).toMatchObject({ coding: 'br', vary: 'accept-encoding', length: brotli.body.length });
    expect(brotliDecompressSync(brotli.body).toString()).toBe(TEXT);
    const gzip = await get(path, 'gzip');
    expect(gzip.coding).toBe('gzip');
    expect(gunzipSync(gzip.body).toString()).toBe(TEXT);
    const plain = await get(path);
    expect(plain).toMatchObject({ coding: undefined, vary: 'accept-encoding', length: TEXT.length });
  });

  it('are told of by HEAD as by GET', async () => {
    await start();
    const { length } = await get('/text', 'gzip');
    expect(await get('/text', 'gzip', 'HEAD')).toMatchObject({ coding: 'gzip', length, body: Buffer.alloc(0) });
  });

  it('keep what they vary by already', async () => {
    await start();
    expect(await get('/varied', 'gzip')).toMatchObject({ coding: 'gzip', vary: 'origin, accept-encoding' });
  });

  it('are no answers that are small, that do not become smaller, or that are no texts', async () => {
    await start();
    for (const path of ['/small', '/noise'])
      expect(await get(path, 'br')).toMatchObject({ coding: undefined, vary: 'accept-encoding' });
    for (const path of ['/image', '/kept', '/stream'])
      expect(await get(path, 'br')).toMatchObject({ coding: undefined, vary: undefined });
    expect((await get('/coded', 'gzip')).coding).toBe('br');
    expect((await get('/stream', 'br')).body.toString()).toBe(TEXT);
  });

  it('keep nobody waiting: of many at once, those beyond a limit are sent as they are', async () => {
    await start();
    const all = await Promise.all(Array.from({ length: 200 }, () => get('/text', 'br')));
    for (const { coding, body } of all)
      expect((coding === 'br' ? brotliDecompressSync(body) : body).toString()).toBe(TEXT);
    expect(all.some(({ coding }) => coding === 'br')).toBe(true);
    expect((await get('/text', 'br')).coding).toBe('br');
  });

  it('have zstd where Node has it, and leave it out where not', async () => {
    await start(['zstd', 'gzip']);
    const { coding, body } = await get('/text', 'zstd, gzip');
    const { zstdDecompressSync } = zlib as { zstdDecompressSync?: (bytes: Buffer) => Buffer };
    expect(isPossible('zstd')).toBe(zstdDecompressSync !== undefined);
    expect(coding).toBe(zstdDecompressSync === undefined ? 'gzip' : 'zstd');
    expect((zstdDecompressSync ?? gunzipSync)(body).toString()).toBe(TEXT);
  });
});

describe('the choice of a coding', () => {
  const choose = chooser(['br', 'gzip']);

  it.each([
    ['', null],
    ['gzip, deflate, br', 'br'],
    ['gzip;q=1.0, br;q=0.9', 'gzip'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['*', 'br'],
    ['*;q=0.5, gzip;q=0.4', 'br'],
    ['br;q=0, *', 'gzip'],
    ['gzip;q=0.5, identity', null],
    ['gzip;q=0.5, identity;q=0.5', 'gzip'],
    ['identity;q=0', null],
    ['gzip;q=nonsense', null],
    ['*;q=0', null],
    ['deflate', null],
  ])('by %j is %j', (header, coding) => {
    expect(choose(header)).toBe(coding);
  });
});
