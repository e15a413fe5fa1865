import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';

describe('a request body', () => {
  let server: HttpServer;
  let url: string;
  beforeAll(async () => {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(
        [{ method: 'POST', path: '/', handle: async (request) => ({ status: 200, body: await request.text() }) }],
        null,
        null,
      ),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
    });
    ({ url } = await server.listen());
  });
  afterAll(() => server.close());

  async function post(body: Buffer | string, headers: Record<string, string> = {}): Promise<[number, string]> {
    const response = await fetch(url, { method: 'POST', headers, body: new Uint8Array(Buffer.from(body)) });
    const text = await response.text();
    return [response.status, response.ok ? text : JSON.parse(text).error.code];
  }

  const text = '{"é":"😀"}';

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['GZIP', gzipSync],
    ['identity', Buffer.from],
  ])('is read with content-encoding %s', async (encoding, compress) => {
    expect(await post(compress(Buffer.from(text)), { 'content-encoding': encoding })).toEqual([200, text]);
  });

  it.each(['gzip, gzip', 'zstd', 'gzip, identity'])('is refused with content-encoding %s', async (encoding) => {
    expect(await post(gzipSync(text), { 'content-encoding': encoding })).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
  ])('is refused when its %s data is cut off', async (encoding, compress) => {
    const whole = compress(Buffer.from(text.repeat(20)));
    expect(await post(whole.subarray(0, -6), { 'content-encoding': encoding })).toEqual([400, 'BAD_REQUEST']);
  });

  it('is decompressed also when many are at once', async () => {
    const texts = Array.from({ length: 50 }, (_, at) => `${at} ${text}`);
    const answers = texts.map((one, at) =>
      post(gzipSync(at % 5 === 0 ? 'x'.repeat(2_000) : one), { 'content-encoding': 'gzip' }),
    );
    const expected = texts.map((one, at) => (at % 5 === 0 ? [413, 'REQUEST_TOO_LARGE'] : [200, one]));
    expect(await Promise.all(answers)).toEqual(expected);
  });

  it('is refused when it is not compressed as it says', async () => {
    expect(await post(text, { 'content-encoding': 'gzip' })).toEqual([400, 'BAD_REQUEST']);
  });

  it('may be as large as the limit', async () => {
    expect(await post('x'.repeat(1_000))).toEqual([200, 'x'.repeat(1_000)]);
  });

  it('is refused one byte beyond the limit', async () => {
    expect(await post('x'.repeat(1_001))).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it('is refused when it outgrows the limit without announcing its length', async () => {
    const body = new ReadableStream({
      start: (controller) => {
        for (let chunk = 0; chunk < 100; chunk += 1) controller.enqueue(Buffer.alloc(100, 'x'));
        controller.close();
      },
    });
    const response = await fetch(url, { method: 'POST', body, duplex: 'half' } as RequestInit);
    expect(response.status).toBe(413);
  });

  it.each([
    ['gzip', gzipSync],
    ['br', brotliCompressSync],
  ])('is refused when it grows beyond the limit by %s', async (encoding, compress) => {
    const bomb = compress(Buffer.alloc(500_000));
    expect(bomb.length).toBeLessThan(1_000);
    expect(await post(bomb, { 'content-encoding': encoding })).toEqual([413, 'REQUEST_TOO_LARGE']);
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'application/json;charset="UTF-8"'])(
    'is text as %s',
    async (type) => {
      expect(await post(text, { 'content-type': type })).toEqual([200, text]);
    },
  );

  it.each(['utf-16', 'iso-8859-1', 'utf-7'])('is refused in charset %s', async (charset) => {
    const headers = { 'content-type': `application/json; charset=${charset}` };
    expect(await post(text, headers)).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('is refused when it is not valid utf-8', async () => {
    expect(await post(Buffer.from([0x22, 0xff, 0x22]))).toEqual([400, 'BAD_REQUEST']);
  });
});
