import type { SecureClientSessionOptions } from 'node:http2';
import { request as requestSecurely } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { CLIENT_CERTIFICATE } from '../../../gateway/client-certificate';
import { jsonAnswer, type Route } from '../../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../../gateway/http/server';
import type { ServerTlsOptions } from '../../../gateway/http/tls/options';
import { httpStack } from '../../../gateway/pipeline';
import { hold, letGo, until } from '../../fixtures/held-time';
import { Http2Client } from '../../fixtures/http2-client';
import { FRAME, FrameSocket, request } from '../../fixtures/http2-frames';
import { proxyV2 } from '../../fixtures/proxy-header';
import { RawSocket } from '../../fixtures/raw-socket';
import { TestAuthority } from '../../fixtures/test-authority';

const LOCAL = ['127.0.0.0/8'];

describe('connections by HTTP/2', () => {
  const authority = new TestAuthority();
  const stranger = new TestAuthority('other').issue('mallory');
  const pair = authority.issue('first');
  let server: HttpServer;
  let port: number;
  let held = 0;
  let finish: (() => void)[] = [];
  const clients: { destroy(): void }[] = [];

  const ROUTES: readonly Route[] = [
    {
      method: 'GET',
      path: '/who',
      handle: ({ remoteAddress, facts, headers }) =>
        jsonAnswer(200, {
          remoteAddress,
          name: facts.get(CLIENT_CERTIFICATE)?.subject.CN ?? null,
          host: headers['x-forwarded-host'] ?? headers.host,
        }),
    },
    {
      method: 'GET',
      path: '/held',
      handle: () => {
        held += 1;
        return new Promise((resolve) => finish.push(() => resolve({ status: 200, body: 'held' })));
      },
    },
  ];

  async function start(options: Partial<HttpServerOptions> = {}): Promise<void> {
    held = 0;
    finish = [];
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(ROUTES, null, LOCAL, undefined, { certificates: true }),
      http2: true,
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
    ({ port } = await server.listen());
  }

  const tls = (more: Partial<ServerTlsOptions> = {}): ServerTlsOptions => ({
    ...pair,
    clientCa: null,
    clientAuth: 'none',
    ...more,
  });
  function secure(options: SecureClientSessionOptions = {}): Http2Client {
    const client = new Http2Client(`https://localhost:${port}`, { ca: authority.cert, ...options });
    clients.push(client);
    return client;
  }
  async function frames(): Promise<FrameSocket> {
    const client = await FrameSocket.open(port);
    clients.push(client);
    return client;
  }
  const who = async (client: Http2Client, headers: Record<string, string> = {}) =>
    JSON.parse((await client.get('/who', headers)).body);

  afterEach(async () => {
    letGo();
    for (const client of clients.splice(0)) client.destroy();
    await server.close();
  });

  it('are chosen in the TLS handshake, and see another certificate from then on', async () => {
    await start({ tls: tls() });
    const client = secure();
    expect(await who(client)).toEqual({ remoteAddress: '127.0.0.1', name: null, host: `localhost:${port}` });
    expect(client.session.alpnProtocol).toBe('h2');
    const { socket } = client.session;
    server.certify(tls(authority.issue('second')));
    expect((await client.get('/who')).status).toBe(200);
    const next = secure();
    await who(next);
    const names = [socket, next.session.socket].map(
      (one) => (one as TLSSocket).getPeerCertificate().subject.CN, // as: over TLS
    );
    expect(names).toEqual(['first', 'second']);
  });

  it('are not chosen by others, or where they are switched off', async () => {
    await start({ tls: tls() });
    const body = await new Promise<string>((resolve) =>
      requestSecurely({ host: 'localhost', port, path: '/who', ca: authority.cert, agent: false }, (response) =>
        response.on('data', (chunk) => resolve(String(chunk))),
      ).end(),
    );
    expect(JSON.parse(body).remoteAddress).toBe('127.0.0.1');
    await server.close();
    await start({ tls: tls(), http2: false });
    await expect(who(secure())).rejects.toThrow();
  });

  it('know who has shown a certificate', async () => {
    await start({ tls: tls({ clientCa: authority.cert, clientAuth: 'request' }) });
    expect(await who(secure(authority.issue('alice')))).toMatchObject({ name: 'alice' });
    expect(await who(secure())).toMatchObject({ name: null });
    await expect(who(secure(stranger))).rejects.toThrow();
  });

  it('stand behind a PROXY header', async () => {
    await start({ proxyProtocol: LOCAL });
    const client = await FrameSocket.open(port, Buffer.alloc(0), proxyV2({ source: [192, 0, 2, 1] }));
    clients.push(client);
    client.send(request(1, '/who'));
    const answer = await client.until(({ type }) => type === FRAME.data);
    expect(JSON.parse(String(answer?.payload))).toMatchObject({ remoteAddress: '192.0.2.1' });
  });

  it('have the client of a trusted proxy, and its name of the request', async () => {
    await start();
    const client = new Http2Client(`http://127.0.0.1:${port}`);
    clients.push(client);
    const { headers, body } = await client.get('/who', { 'x-forwarded-for': '192.0.2.9', 'x-request-id': 'mine' });
    expect([JSON.parse(body).remoteAddress, headers['x-request-id']]).toEqual(['192.0.2.9', 'mine']);
  });

  it('count as connections: the longest idle one makes room, and none that is in use', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    await start({ connections: { max: 2 } });
    const [first, second] = [await frames(), await frames()];
    first.send(request(1, '/held'));
    await until(() => held === 1);
    second.send(request(1, '/who'));
    await second.until(({ type }) => type === FRAME.data);
    const third = await frames();
    await third.untilClosed();
    expect(server.connections).toEqual({ open: 2, max: 2, refused: 1 });
    jest.advanceTimersByTime(1_500);
    const fourth = await frames();
    await second.untilClosed();
    fourth.send(request(1, '/held'));
    await until(() => held === 2);
    const fifth = await frames();
    await fifth.untilClosed();
    expect([first.ended, fourth.ended]).toEqual([false, false]);
  });

  it('that have not said what they speak make room as well, and have their time', async () => {
    hold('performance', 'setTimeout', 'clearTimeout');
    await start({ connections: { max: 2 }, headersTimeoutMs: 5_000 });
    const [first, second] = [await RawSocket.open(port), await RawSocket.open(port)];
    second.send('PRI * HT');
    await until(() => server.connections.open === 2);
    jest.advanceTimersByTime(1_500);
    const third = await RawSocket.open(port);
    await first.untilClosed();
    expect(server.connections.open).toBe(2);
    while (server.connections.open > 0) {
      jest.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await second.untilClosed();
    await third.untilClosed();
  });

  it('end when their client has ended its side', async () => {
    await start();
    const client = await frames();
    client.send(request(1, '/held'));
    await until(() => held === 1);
    client.end();
    await client.untilClosed();
    await until(() => server.connections.open === 0);
  });

  it('are told to leave when the listener drains: what has begun is answered', async () => {
    await start();
    const [idle, busy] = [await frames(), await frames()];
    idle.send(request(1, '/who'));
    busy.send(request(1, '/held'), request(3, '/held'));
    await idle.until(({ type }) => type === FRAME.data);
    await until(() => held === 2);
    const drained = server.drain(60_000);
    // Until whoever is in front has noticed, it is answered.
    busy.send(request(5, '/who'));
    const late = await frames();
    late.send(request(1, '/held'));
    await busy.until(({ type, stream }) => type === FRAME.data && stream === 5);
    await until(() => held === 3);
    await idle.untilClosed();
    expect(idle.goawayCode).toBe(0);
    const goaway = await busy.until(({ type }) => type === FRAME.goaway);
    expect([goaway?.payload.readUInt32BE(0), goaway?.payload.readUInt32BE(4)]).toEqual([5, 0]);
    // Its client is to ask elsewhere.
    busy.send(request(7, '/held'));
    for (const one of finish) one();
    await busy.until(({ type, stream }) => type === FRAME.data && stream === 3);
    await busy.untilClosed();
    await late.untilClosed();
    await drained;
    expect(held).toBe(3);
    expect(busy.frames.filter(({ type }) => type === FRAME.data).map(({ stream }) => stream)).toEqual([5, 1, 3]);
    expect(late.frames.filter(({ type }) => type === FRAME.data)).toHaveLength(1);
  });

  it('are cut off when the time for draining is over', async () => {
    await start();
    const client = await frames();
    client.send(request(1, '/held'));
    await until(() => held === 1);
    await server.drain(100);
    await client.untilClosed();
  });
});
