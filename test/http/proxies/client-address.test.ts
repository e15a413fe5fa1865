import { subscribe } from '../../../gateway/events';
import { jsonAnswer } from '../../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';
import { holdTimers, letGo } from '../../fixtures/held-time';
import { proxyV2 } from '../../fixtures/proxy-header';
import { RawSocket } from '../../fixtures/raw-socket';

const LOCAL = ['127.0.0.0/8'];
const GET = (lines = '', end = 'connection: close\r\n') =>
  `GET /who HTTP/1.1\r\nhost: gateway.internal\r\n${lines}${end}\r\n`;

describe('the address of a client', () => {
  let server: HttpServer;
  let port: number;
  const reasons: string[] = [];
  const stop = subscribe('proxy.refused', ({ reason }) => reasons.push(reason));
  afterAll(() => stop());
  afterEach(async () => {
    reasons.length = 0;
    await server.close();
  });

  async function start(proxies: readonly string[], options: Partial<HttpServerOptions> = {}): Promise<void> {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(
        [
          {
            method: 'GET',
            path: '/who',
            handle: ({ id, remoteAddress, headers: { host, ...headers } }) =>
              jsonAnswer(200, {
                id,
                remoteAddress,
                host,
                told: Object.keys(headers).filter((name) => /forw|real/.test(name)),
              }),
          },
        ],
        null,
        proxies,
      ),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
    ({ port } = await server.listen());
  }

  async function ask(...parts: string[]): Promise<string> {
    const client = await RawSocket.open(port);
    for (const part of parts) {
      client.send(part);
      await new Promise((resolve) => setImmediate(resolve));
    }
    return client.untilClosed();
  }
  const told = async (...parts: string[]) => JSON.parse((await ask(...parts)).split('\r\n\r\n')[1] ?? '');

  it('is the one that a trusted proxy names', async () => {
    await start(LOCAL);
    expect(
      await told(GET('x-forwarded-for: 192.0.2.1\r\nx-forwarded-host: api.example.com\r\nx-request-id: a\r\n')),
    ).toEqual({
      id: 'a',
      remoteAddress: '192.0.2.1',
      host: 'api.example.com',
      told: ['x-forwarded-for', 'x-forwarded-host'],
    });
    expect(await told(GET('forwarded: for=192.0.2.1;host=api.example.com\r\n'))).toMatchObject({
      remoteAddress: '192.0.2.1',
      host: 'api.example.com',
    });
  });

  it('is its own where it is no trusted proxy, and nothing behind gets to see what it says', async () => {
    await start(['10.0.0.0/8']);
    const lines =
      'x-forwarded-for: 192.0.2.1\r\nx-forwarded-host: a.example\r\nx-real-ip: 1.1.1.1\r\nforwarded: for=1.1.1.1\r\nx-request-id: a\r\n';
    expect(await told(GET(lines))).toEqual({
      id: expect.not.stringMatching(/^a$/),
      remoteAddress: '127.0.0.1',
      host: 'gateway.internal',
      told: [],
    });
  });

  it('is its own without trusted proxies', async () => {
    await start([]);
    expect(await told(GET('x-forwarded-for: 192.0.2.1\r\n'))).toMatchObject({ remoteAddress: '127.0.0.1' });
  });

  describe('in front of a connection', () => {
    const V1 = 'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n';
    const V2 = proxyV2({ source: [192, 0, 2, 7] }).toString('latin1');

    it.each([
      ['version 1', V1, '192.0.2.1'],
      ['version 2', V2, '192.0.2.7'],
      ['version 1, of nobody', 'PROXY UNKNOWN\r\n', '127.0.0.1'],
      ['version 2, of the proxy itself', proxyV2({ command: 0x20, source: [] }).toString('latin1'), '127.0.0.1'],
    ])('counts from a trusted proxy: %s', async (_, header, remoteAddress) => {
      await start(LOCAL, { proxyProtocol: LOCAL });
      for (const parts of [
        [header + GET()],
        [header, GET()],
        [...header, GET()],
        [header + GET().slice(0, 9), GET().slice(9)],
      ])
        expect(await told(...parts)).toMatchObject({ remoteAddress });
    });

    it('stays for all requests of the connection, and proxies behind it are looked at by its address', async () => {
      await start([...LOCAL, '192.0.2.1'], { proxyProtocol: LOCAL });
      const client = await RawSocket.open(port);
      client.send(V1 + GET('', ''));
      await client.until('"remoteAddress":"192.0.2.1"');
      client.send(GET('x-forwarded-for: 203.0.113.5\r\n'));
      expect(await client.untilClosed()).toContain('"remoteAddress":"203.0.113.5"');
    });

    it('is sent ahead of many requests', async () => {
      await start(LOCAL, { proxyProtocol: LOCAL });
      const received = await ask(V1 + GET('', '').repeat(150) + GET());
      expect(received.match(/"remoteAddress":"192.0.2.1"/g)).toHaveLength(151);
    });

    it('has to be there', async () => {
      await start(LOCAL, { proxyProtocol: LOCAL });
      expect(await ask(GET())).toBe('');
      expect(reasons).toEqual(['the connection of a trusted proxy begins with no PROXY header']);
    });

    it('is malformed HTTP from anybody else', async () => {
      await start(['10.0.0.0/8'], { proxyProtocol: ['10.0.0.0/8'] });
      expect(await ask(V1 + GET())).toMatch(/^HTTP\/1.1 400 /);
      expect(await told(GET())).toMatchObject({ remoteAddress: '127.0.0.1' });
      expect(reasons).toEqual([]);
    });

    it('has a deadline', async () => {
      await start(LOCAL, { proxyProtocol: LOCAL });
      holdTimers();
      try {
        const client = await RawSocket.open(port);
        client.send('PROXY TCP4');
        // Connections are accepted in the order in which they were made.
        await told(V1 + GET());
        jest.advanceTimersByTime(5_000);
        expect(await client.untilClosed()).toBe('');
        expect(reasons).toEqual(['no PROXY header within 5000 ms']);
      } finally {
        letGo();
      }
    });

    it('is not waited for when the server closes', async () => {
      await start(LOCAL, { proxyProtocol: LOCAL });
      const client = await RawSocket.open(port);
      client.send('PROXY TCP4');
      const other = await told(V1 + GET());
      expect(other).toMatchObject({ remoteAddress: '192.0.2.1' });
      await server.close();
      expect(await client.untilClosed()).toBe('');
    });
  });
});
