import { createHash } from 'node:crypto';
import { HeadgateError } from '../../gateway/errors';
import { subscribe } from '../../gateway/events';
import type { Guard } from '../../gateway/http/admin-guard';
import { jsonAnswer, type Route } from '../../gateway/http/route';
import { upgradesOf } from '../../gateway/http/router';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { until } from '../fixtures/held-time';
import { RawSocket } from '../fixtures/raw-socket';

const KEY = 'dGhlIHNhbXBsZSBub25jZQ==';
const ACCEPT = createHash('sha1').update(`${KEY}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest('base64');

function handshake(path = '/echo', upgrade = 'websocket', rest = ''): string {
  return `GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: Upgrade\r\nupgrade: ${upgrade}\r\nsec-websocket-key: ${KEY}\r\n${rest}\r\n`;
}

describe('a handshake', () => {
  let server: HttpServer;
  let port: number;
  let taken: number;
  let told: string[];
  let guards: (() => void)[];
  let defects: unknown[];
  let unsubscribe: () => void;
  const clients: RawSocket[] = [];

  const ROUTES: readonly Route[] = [
    {
      method: 'GET',
      path: '/echo',
      when: ({ query }) => !query.has('other'),
      handle: () => jsonAnswer(200, 'asked'),
      upgrade({ headers, query, gone }, { socket, head, closing }) {
        taken += 1;
        if (query.has('refused')) throw new HeadgateError('FORBIDDEN', 'not for you');
        if (query.has('broken')) throw new Error('password=hunter2');
        socket.write(`HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: websocket\r\n`);
        socket.write(`sec-websocket-accept: ${ACCEPT}\r\nx-key: ${headers['sec-websocket-key']}\r\n\r\n`);
        if (query.has('late')) throw new Error('after the answer');
        gone.onCancel(() => told.push('gone'));
        closing.onCancel(() => {
          told.push('closing');
          if (query.has('polite')) socket.end('bye');
        });
        socket.write(head);
        socket.pipe(socket);
      },
    },
    { method: 'GET', path: '/echo', handle: () => jsonAnswer(200, 'other') },
    { method: 'POST', path: '/echo', handle: async (request) => ({ status: 200, body: await request.text() }) },
    { method: 'GET', path: '/plain', handle: () => ({ status: 200, body: 'plain' }) },
    { method: 'GET', path: '/held', handle: () => new Promise<never>(() => {}) },
    {
      method: 'GET',
      path: '/unsendable',
      when: ({ query }) => query.has('upgrade'),
      handle: () => ({ status: 200 }),
      upgrade: () => undefined,
    },
    { method: 'GET', path: '/unsendable', handle: () => ({ status: 200, headers: { 'x-a': 'a\nb' } }) },
  ];

  async function start(options: Partial<HttpServerOptions> = {}, guard: Guard | null = null): Promise<void> {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(ROUTES, guard, []),
      upgrades: upgradesOf(ROUTES),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      ...options,
    });
    ({ port } = await server.listen());
  }

  async function open(sent: string): Promise<RawSocket> {
    const client = await RawSocket.open(port);
    clients.push(client);
    client.send(sent);
    return client;
  }

  beforeEach(() => {
    taken = 0;
    told = [];
    guards = [];
    defects = [];
    unsubscribe = subscribe('internal.error', ({ error }) => defects.push(error));
  });
  afterEach(async () => {
    unsubscribe();
    for (const client of clients.splice(0)) client.destroy();
    await server.close();
  });

  it('gives the connection to its route, with what came behind it', async () => {
    await start();
    const client = await open(`${handshake()}early `);
    expect(await client.until('early ')).toContain(`x-key: ${KEY}\r\n\r\nearly `);
    client.send('late\r\n\r\nGET /plain HTTP/1.1\r\n\r\n');
    expect(await client.until('GET /plain HTTP/1.1\r\n\r\n')).not.toContain('200');
    expect([taken, server.connections.open, defects]).toEqual([1, 1, []]);
    client.destroy();
    await until(() => server.connections.open === 0);
    expect(told).toEqual(['gone']);
  });

  it('is taken on a connection that was used before', async () => {
    await start();
    const client = await open('GET /plain HTTP/1.1\r\nhost: x\r\n\r\n');
    await client.until('plain');
    client.send(`${handshake()}hello`);
    expect(await client.until('hello')).toContain('101 Switching');
  });

  it.each([
    ['refused', 'HTTP/1.1 403 Forbidden', 'not for you'],
    ['broken', 'HTTP/1.1 500 Internal Server Error', 'INTERNAL'],
  ])('is answered when its route throws: %s', async (query, status, words) => {
    await start();
    const received = await (await open(handshake(`/echo?${query}`))).untilClosed();
    expect(received.startsWith(status)).toBe(true);
    expect(received).toContain(words);
    expect(received.toLowerCase()).toContain('connection: close');
    expect(received).toContain('x-request-id: ');
    expect(received).not.toContain('hunter2');
  });

  it('is not answered twice', async () => {
    await start();
    const received = await (await open(handshake('/echo?late'))).untilClosed();
    expect(received.match(/HTTP\/1\.1/g) ?? []).toHaveLength(received === '' ? 0 : 1);
    expect(defects).toEqual([new Error('after the answer')]);
  });

  it('meets the guard first', async () => {
    const guard: Guard = () =>
      new Promise<void>((_, reject) => guards.push(() => reject(new HeadgateError('UNAUTHORIZED', 'who are you?'))));
    await start({}, guard);
    const client = await open(handshake());
    await until(() => guards.length === 1);
    guards[0]?.();
    expect(await client.untilClosed()).toMatch(/^HTTP\/1\.1 401 .*who are you\?/s);
    expect(taken).toBe(0);
  });

  it('is not taken when its client has gone by then', async () => {
    const guard: Guard = () => new Promise<void>((resolve) => guards.push(resolve));
    await start({}, guard);
    const client = await open(handshake());
    await until(() => guards.length === 1);
    client.reset();
    await until(() => server.connections.open === 0);
    guards[0]?.();
    const other = await open(handshake());
    await until(() => guards.length === 2);
    expect(taken).toBe(0);
    guards[1]?.();
    await other.until('101 Switching');
    expect(taken).toBe(1);
  });

  it('is seen to end by its route when its client has ended it', async () => {
    const guard: Guard = () => new Promise<void>((resolve) => guards.push(resolve));
    await start({}, guard);
    const client = await open(handshake());
    await until(() => guards.length === 1);
    client.destroy();
    guards[0]?.();
    await until(() => server.connections.open === 0);
    expect(defects).toEqual([]);
  });

  it('may be reset by its client', async () => {
    await start();
    const client = await open(`${handshake()}hello`);
    await client.until('hello');
    client.reset();
    await until(() => server.connections.open === 0);
    expect(defects).toEqual([]);
  });

  it.each([
    ['for another protocol', handshake('/echo', 'h2c'), '"asked"'],
    ['for several', handshake('/echo', 'websocket, h2c'), '"asked"'],
    ['without the header connection', `GET /echo HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\n\r\n`, '"asked"'],
    ['for a path without', handshake('/plain'), '\r\n\r\nplain'],
    ['for a path that is not there', handshake('/nowhere'), 'NOT_FOUND'],
    [
      'with a body',
      `POST /echo HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\ncontent-length: 4\r\n\r\nbody`,
      '\r\n\r\nbody',
    ],
  ])('is an ordinary request %s', async (_, sent, expected) => {
    await start();
    const client = await open(sent);
    await client.until(expected);
    client.send('GET /plain HTTP/1.1\r\nhost: x\r\n\r\n');
    await until(() => client.received.split('HTTP/1.1 ').length === 3);
    expect(taken).toBe(0);
  });

  it('is answered by the route that wants it, and ends the connection then', async () => {
    await start();
    expect(await (await open(handshake('/echo?other'))).untilClosed()).toContain('"other"');
    expect(await (await open(handshake('/unsendable'))).untilClosed()).toBe('');
    expect(defects).toHaveLength(1);
  });

  it('ends a connection with requests that are not answered', async () => {
    await start();
    const client = await open(`GET /held HTTP/1.1\r\nhost: x\r\n\r\n${handshake()}`);
    expect(await client.untilClosed()).toBe('');
    expect(taken).toBe(0);
  });

  it('counts as a connection that is never idle', async () => {
    await start({ connections: { max: 1 } });
    const client = await open(`${handshake()}hello`);
    await client.until('hello');
    expect(await (await open('GET /plain HTTP/1.1\r\nhost: x\r\n\r\n')).untilClosed()).toBe('');
    client.send(' again');
    await client.until('hello again');
    expect(server.connections).toMatchObject({ open: 1, refused: 1 });
  });

  it('may be silent', async () => {
    await start({ silenceTimeoutMs: 50 });
    const client = await open(`${handshake()}hello`);
    await client.until('hello');
    // Whoever is not upgraded is cut off by then.
    for (let n = 0; n < 3; n += 1) await (await open('GET /held HTTP/1.1\r\nhost: x\r\n\r\n')).untilClosed();
    client.send(' again');
    expect(await client.until('hello again')).toContain('hello again');
  });

  it('is told when the listener drains, which waits for it', async () => {
    await start();
    const client = await open(`${handshake('/echo?polite')}hello`);
    await client.until('hello');
    await server.drain(60_000);
    expect(await client.untilClosed()).toMatch(/hellobye$/);
    await until(() => told.length === 2);
    expect(told).toEqual(['closing', 'gone']);
  });

  it('is cut when the time to drain is over', async () => {
    await start();
    const client = await open(`${handshake()}hello`);
    await client.until('hello');
    const draining = server.drain(200);
    client.send(' still there');
    await client.until('still there');
    await draining;
    await client.untilClosed();
    await until(() => told.length === 2);
    expect(told).toEqual(['closing', 'gone']);
  });

  it('is refused while the listener drains', async () => {
    await start();
    const waiting = await open('');
    await until(() => server.connections.open === 1);
    const draining = server.drain(10_000);
    waiting.send(handshake());
    expect(await waiting.untilClosed()).toMatch(/^HTTP\/1\.1 503 .*the gateway is stopping/s);
    await draining;
    expect(taken).toBe(0);
  });
});
