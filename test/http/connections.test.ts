import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { hold, until } from '../fixtures/held-time';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

const HELD = '{"query":"{ held }"}';
const REQUEST = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${HELD.length}\r\n\r\n${HELD}`;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
/** Requests that were answered, and those that never are. */
let begun = 0;
let held = 0;

async function start(connections: HttpServerOptions['connections']) {
  begun = 0;
  held = 0;
  const nobody = new Promise<never>(() => {});
  const server = new HttpServer({
    name: 'server',
    listen: { host: '127.0.0.1', port: 0 },
    portRemedy: '',
    way: httpStack(
      [
        {
          method: 'GET',
          path: '/held',
          handle: () => {
            held += 1;
            return nobody;
          },
        },
        { method: 'GET', path: '/', handle: () => ({ status: 200, body: String(++begun) }) },
        { method: 'GET', path: '/begun', handle: () => ({ status: 200, body: String(begun) }) },
      ],
      null,
      null,
    ),
    requestBytesMax: 1_000,
    requestTimeoutMs: 60_000,
    ...(connections !== undefined && { connections }),
  });
  return { server, ...(await server.listen()) };
}

describe('requests that are sent ahead on one connection', () => {
  let server: LocalServer;
  let client: RawSocket;

  beforeEach(async () => {
    server = await startLocalServer({ timeoutMs: 600_000 }, { concurrencyMax: 100 });
    client = await RawSocket.open(server.port);
  });
  afterEach(async () => {
    client.destroy();
    await server.close();
  });

  it('are worked on a hundred at a time, and all are answered', async () => {
    client.send(REQUEST.repeat(2_000));
    const answers = () => client.received.split('{"data":{"held":"released"}}').length - 1;
    while (answers() < 2_000) {
      server.local.release();
      await nextTurn();
    }
    expect([server.local.held, server.concurrency.refused]).toEqual([2_000, 0]);
  });
});

describe('more requests sent ahead than one connection may have', () => {
  it('end it, and nothing else', async () => {
    const nobody = new Promise<never>(() => {});
    const server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(
        [
          { method: 'GET', path: '/held', handle: () => nobody },
          { method: 'GET', path: '/', handle: () => ({ status: 200 }) },
        ],
        null,
        null,
      ),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      connections: { aheadMax: 150 },
    });
    const { url, port } = await server.listen();
    const client = await RawSocket.open(port);
    client.send('GET /held HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200));
    expect(await client.untilClosed()).toBe('');
    expect((await fetch(url)).status).toBe(200);
    await server.close();
  });
});

describe('many connections that send requests ahead', () => {
  it('are not worked on before a client that has sent one', async () => {
    const { server, port } = await start({});
    const [ahead, other] = await Promise.all([RawSocket.open(port), RawSocket.open(port)]);
    ahead.send(GET('/').repeat(2_000));
    await ahead.until('200 OK');
    other.send(GET('/begun'));
    const answer = await other.until('\r\n\r\n');
    expect(Number(answer.slice(answer.indexOf('\r\n\r\n')))).toBeLessThan(2_000);
    await ahead.until('\r\n\r\n2000');
    await server.close();
  });

  it('are cut off when they have sent too many together, and others are not', async () => {
    const { server, url, port } = await start({ aheadTotalMax: 300 });
    const [first, few] = await Promise.all([RawSocket.open(port), RawSocket.open(port)]);
    first.send(GET('/').repeat(1) + GET('/held').repeat(200));
    await first.until('200 OK');
    for (let count = 0; count < 3; count += 1) {
      const client = await RawSocket.open(port);
      client.send(GET('/held').repeat(400));
      expect(await client.untilClosed()).toBe('');
    }
    few.send(GET('/').repeat(8));
    await few.until('\r\n\r\n9');
    first.send(GET('/'));
    expect((await fetch(`${url}/begun`)).status).toBe(200);
    expect(first.received).toMatch(/^HTTP\/1.1 200/);
    await server.close();
    await first.untilClosed();
  });
});

describe('more connections than there may be', () => {
  it('close the one that is idle for longest, and are refused where none is', async () => {
    hold('performance', 'setTimeout', 'clearTimeout');
    const refused: number[] = [];
    try {
      const { server, port } = await start({ max: 3, onRefused: (count) => refused.push(count) });
      const clients: RawSocket[] = [];
      for (let count = 0; count < 3; count += 1) {
        const client = await RawSocket.open(port);
        client.send(GET('/'));
        await client.until('200 OK');
        clients.push(client);
      }
      const [idle, busy, alsoIdle] = clients;
      busy?.send(GET('/held'));
      await until(() => held === 1);
      // Nobody has been idle for long: the newcomer goes.
      expect(await (await RawSocket.open(port)).untilClosed()).toBe('');
      expect([refused, server.connections]).toEqual([[1], { open: 3, max: 3, refused: 1 }]);
      jest.advanceTimersByTime(2_000);
      for (const gone of [idle, alsoIdle]) {
        const newcomer = await RawSocket.open(port);
        newcomer.send(GET('/held'));
        await gone?.untilClosed();
      }
      await until(() => held === 3);
      expect(await (await RawSocket.open(port)).untilClosed()).toBe('');
      expect(server.connections).toEqual({ open: 3, max: 3, refused: 2 });
      await server.close();
    } finally {
      jest.useRealTimers();
    }
  });
});

describe('a client that does not read its answer', () => {
  it('is cut off', async () => {
    const listening = createServer().listen(0, '127.0.0.1');
    await once(listening, 'listening');
    // The address of a TCP server that listens.
    const { port } = listening.address() as AddressInfo;
    const accepted = once(listening, 'connection');
    const server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      door: {
        url: '',
        port,
        open: (onConnection) => listening.on('connection', onConnection),
        settle: async () => {},
        close: async () => {},
      },
      // More than what the buffers of both sides hold.
      way: httpStack(
        [{ method: 'GET', path: '/', handle: () => ({ status: 200, body: Buffer.alloc(50_000_000) }) }],
        null,
        null,
      ),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      silenceTimeoutMs: 500,
    });
    await server.listen();
    const client = connect(port, '127.0.0.1', () => client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
    client.pause().on('error', () => {});
    const [socket] = await accepted;
    await new Promise((resolve) => socket.once('close', resolve));
    client.resume();
    await new Promise((resolve) => client.once('close', resolve));
    expect(client.bytesRead).toBeLessThan(50_000_000);
    await server.close();
    listening.close();
  });
});
