import { connect as connectPlain } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { CLIENT_CERTIFICATE } from '../../../gateway/client-certificate';
import { subscribe } from '../../../gateway/events';
import { jsonAnswer } from '../../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../../gateway/http/server';
import type { ServerTlsOptions } from '../../../gateway/http/tls/options';
import { httpStack } from '../../../gateway/pipeline';
import { until } from '../../fixtures/held-time';
import { proxyV2 } from '../../fixtures/proxy-header';
import { RawSocket } from '../../fixtures/raw-socket';
import { TestAuthority } from '../../fixtures/test-authority';

const LOCAL = ['127.0.0.0/8'];
const GET = 'GET /who HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';

describe('a server that speaks TLS', () => {
  const authority = new TestAuthority();
  const server1 = authority.issue('first');
  const server2 = authority.issue('second');
  let server: HttpServer;
  let port: number;
  const reasons: string[] = [];
  const stop = subscribe('tls.refused', ({ reason }) => reasons.push(reason));
  afterAll(() => stop());
  beforeEach(() => {
    reasons.length = 0;
  });
  afterEach(() => server.close());

  async function start(tls: Partial<ServerTlsOptions> = {}, options: Partial<HttpServerOptions> = {}): Promise<void> {
    const routes = [
      {
        method: 'GET' as const,
        path: '/who',
        handle: ({ remoteAddress, facts }: Parameters<Parameters<typeof httpStack>[0][number]['handle']>[0]) =>
          jsonAnswer(200, { remoteAddress, certificate: facts.get(CLIENT_CERTIFICATE) ?? null }),
      },
    ];
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(routes, null, LOCAL, undefined, { certificates: true }),
      tls: { ...server1, clientCa: null, clientAuth: 'none', ...tls },
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
    ({ port } = await server.listen());
  }

  /** @returns the answer, and the connection that it came on; what it failed with otherwise */
  function ask(
    options: ConnectionOptions = {},
    text = GET,
  ): Promise<{ text: string; socket: TLSSocket; error?: string }> {
    return new Promise((resolve) => {
      let received = '';
      const socket = connect({ host: '127.0.0.1', port, ca: authority.cert, ...options });
      let error: string | undefined;
      socket.on('secureConnect', () => socket.write(text));
      socket.setEncoding('latin1').on('data', (chunk: string) => {
        received += chunk;
      });
      socket.on('error', ({ code, message }: NodeJS.ErrnoException) => {
        error = code ?? message;
      });
      socket.on('close', () => resolve({ text: received, socket, ...(error !== undefined && { error }) }));
    });
  }
  const told = async (options?: ConnectionOptions) => JSON.parse((await ask(options)).text.split('\r\n\r\n')[1] ?? '');

  it('answers over TLS 1.3 and 1.2 with ciphers that authenticate, and tells its URL', async () => {
    await start();
    expect((await server.connections).open).toBe(0);
    expect(await told()).toEqual({ remoteAddress: '127.0.0.1', certificate: null });
    const { text } = await ask({ maxVersion: 'TLSv1.2' });
    expect(text).toMatch(/^HTTP\/1.1 200 /);
  });

  it.each([
    ['TLS 1.1', { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'ALL@SECLEVEL=0' }],
    ['CBC', { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA256:ECDHE-ECDSA-AES256-SHA' }],
  ] as const)('refuses %s', async (_, options) => {
    await start();
    expect((await ask(options)).error).toMatch(/ALERT|UNSUPPORTED|NO_PROTOCOLS/);
    await until(() => reasons.length > 0);
  });

  it('closes who speaks something else, and goes on', async () => {
    await start();
    const client = await RawSocket.open(port);
    client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
    await client.untilClosed();
    expect(client.received).not.toContain('HTTP/1.1 200');
    expect(reasons).toEqual(['ERR_SSL_HTTP_REQUEST']);
    expect((await ask()).text).toMatch(/^HTTP\/1.1 200 /);
  });

  it('lives through clients that reset their connections', async () => {
    for (const options of [{}, { proxyProtocol: LOCAL }]) {
      await start({}, options);
      for (const sent of [
        '',
        'PROXY',
        proxyV2({ source: [192, 0, 2, 7] }).toString('latin1'),
        '\x16\x03\x01\x02\x00\x01',
      ]) {
        const client = await RawSocket.open(port);
        client.send(sent);
        await new Promise((resolve) => setImmediate(resolve));
        client.reset();
      }
      await until(() => server.connections.open === 0);
      const plain = connectPlain(port, '127.0.0.1');
      if ('proxyProtocol' in options) plain.write('PROXY UNKNOWN\r\n');
      expect((await ask({ socket: plain })).text).toMatch(/^HTTP\/1.1 200 /);
      await server.close();
    }
  });

  it('takes many requests that are sent ahead', async () => {
    await start();
    const one = GET.replace('connection: close\r\n', '');
    const { text } = await ask({}, one.repeat(150) + GET);
    expect(text.match(/HTTP\/1.1 200/g)).toHaveLength(151);
  });

  it('ends handshakes when it closes', async () => {
    await start();
    const client = await RawSocket.open(port);
    await ask();
    await server.close();
    expect(await client.untilClosed()).toBe('');
  });

  it('changes its certificate while connections go on', async () => {
    await start();
    const name = (socket: TLSSocket) => socket.getPeerCertificate().subject?.CN;
    const held = connect({ host: '127.0.0.1', port, ca: authority.cert }).setEncoding('latin1');
    await new Promise((resolve) => held.once('secureConnect', resolve));
    const names: unknown[] = [name(held)];
    server.certify({ ...server2, clientCa: null, clientAuth: 'none' });
    const fresh = connect({ host: '127.0.0.1', port, ca: authority.cert });
    await new Promise((resolve) => fresh.once('secureConnect', resolve));
    names.push(name(fresh));
    fresh.destroy();
    expect(names).toEqual(['first', 'second']);
    let answer = '';
    held.on('data', (chunk: string) => {
      answer += chunk;
    });
    held.write(GET);
    await new Promise((resolve) => held.once('close', resolve));
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
  });

  it('knows the client behind a PROXY header', async () => {
    await start({}, { proxyProtocol: LOCAL });
    const plain = connectPlain(port, '127.0.0.1');
    plain.write(proxyV2({ source: [192, 0, 2, 7] }));
    const { text } = await ask({ socket: plain });
    expect(text).toContain('"remoteAddress":"192.0.2.7"');
  });

  describe('with client certificates', () => {
    const other = new TestAuthority('another');
    const right = authority.issue('alice');
    const wrong = other.issue('mallory');
    const expired = authority.issue('bob', { expired: true });

    it.each(['request', 'require'] as const)('takes the right one: %s', async (clientAuth) => {
      await start({ clientCa: authority.cert, clientAuth });
      expect(await told(right)).toMatchObject({
        certificate: {
          subject: { O: 'tests', CN: 'alice' },
          alternativeNames: [
            'DNS:localhost',
            'DNS:alice.example.com',
            'IP Address:127.0.0.1',
            'URI:spiffe://tests/alice',
          ],
          fingerprint: expect.stringMatching(/^([0-9A-F]{2}:){31}[0-9A-F]{2}$/),
        },
      });
    });

    it.each([
      ['of another authority', 'request', wrong],
      ['of another authority', 'require', wrong],
      ['that has expired', 'request', expired],
      ['that has expired', 'require', expired],
      ['that is not there', 'require', {}],
    ] as const)('refuses one %s: %s', async (_, clientAuth, pair) => {
      await start({ clientCa: authority.cert, clientAuth });
      for (const maxVersion of ['TLSv1.2', 'TLSv1.3'] as const)
        expect((await ask({ ...pair, maxVersion })).text).toBe('');
    });

    it('takes who has none where they are only asked for, and looks at none where they are not', async () => {
      await start({ clientCa: authority.cert, clientAuth: 'request' });
      expect(await told()).toMatchObject({ certificate: null });
      await server.close();
      await start({ clientCa: authority.cert, clientAuth: 'none' });
      expect(await told(wrong)).toMatchObject({ certificate: null });
    });
  });
});
