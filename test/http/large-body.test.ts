import { once } from 'node:events';
import { ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { until } from '../fixtures/held-time';

/** Of ten slices and a bit; no two of them are the same. */
const BODY = Buffer.from(Array.from({ length: 650_000 }, (_, at) => `${at}`.padStart(8, '.')).join(''));
const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;

describe('a large body', () => {
  let server: HttpServer;
  let url: string;
  let port: number;

  beforeEach(async () => {
    const way = httpStack(
      [
        { method: 'GET', path: '/large', handle: () => ({ status: 200, body: BODY }) },
        { method: 'GET', path: '/small', handle: () => ({ status: 200, body: 'small' }) },
      ],
      null,
      null,
    );
    const listen = { host: '127.0.0.1', port: 0 };
    server = new HttpServer({
      name: 'server',
      listen,
      portRemedy: '',
      way,
      requestBytesMax: 1,
      requestTimeoutMs: 60_000,
    });
    ({ url, port } = await server.listen());
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await server.close();
  });

  it('is written in slices, and arrives as it is', async () => {
    const written = jest.spyOn(ServerResponse.prototype, 'write');
    const response = await fetch(`${url}/large`);
    expect(response.headers.get('content-length')).toBe(String(BODY.length));
    expect(BODY.equals(Buffer.from(await response.arrayBuffer()))).toBe(true);
    expect(written.mock.calls.map(([slice]) => (slice as Buffer).length)).toEqual(Array(10).fill(512_000)); // as: it is one
    expect(response.headers.get('connection')).toBe('keep-alive');
  });

  it('arrives whole behind others of its connection, and before others', async () => {
    const client = connect(port, '127.0.0.1');
    client.write(GET('/small') + GET('/large').repeat(3) + GET('/small'));
    const chunks: Buffer[] = [];
    let bytes = 0;
    client.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
    });
    await until(() => bytes > 3 * BODY.length && (chunks.at(-1)?.toString('latin1').endsWith('small') ?? false));
    const bodies = Buffer.concat(chunks)
      .toString('latin1')
      .split(/HTTP\/1\.1[\s\S]*?\r\n\r\n/)
      .slice(1);
    expect(bodies.map((body) => body.length)).toEqual([5, BODY.length, BODY.length, BODY.length, 5]);
    expect(bodies[2] === BODY.toString('latin1')).toBe(true);
    client.destroy();
  });

  it('is not sent to HEAD', async () => {
    const response = await fetch(`${url}/large`, { method: 'HEAD' });
    expect([response.headers.get('content-length'), await response.text()]).toEqual([String(BODY.length), '']);
  });

  it('ends when its client goes away', async () => {
    const written = jest.spyOn(ServerResponse.prototype, 'write');
    const client = connect(port, '127.0.0.1');
    client.write(GET('/large').repeat(10));
    await once(client, 'data');
    client.destroy();
    await until(() => server.connections.open === 0);
    const before = written.mock.calls.length;
    expect((await fetch(`${url}/small`)).status).toBe(200);
    expect(before).toBeLessThan(90);
    expect(written.mock.calls.length).toBe(before);
  });
});
