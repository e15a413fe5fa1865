import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { hold, letGo, until } from '../fixtures/held-time';
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

describe('more requests sent ahead than may be in progress', () => {
  it('wait as bytes that nobody has looked at', async () => {
    const { server, url, port } = await start({});
    const client = await RawSocket.open(port);
    client.send(GET('/held').repeat(2_000));
    await until(() => held === 100);
    expect((await fetch(url)).status).toBe(200);
    expect(held).toBe(100);
    await server.close();
    expect(await client.untilClosed()).toBe('');
  });

  it('end their connection when too many bytes wait, and nothing else', async () => {
    const { server, url, port } = await start({ heldBytesMax: 40_000 });
    const [modest, greedy] = await Promise.all([RawSocket.open(port), RawSocket.open(port)]);
    modest.send(GET('/held').repeat(500));
    await until(() => held === 100);
    greedy.send(GET('/held').repeat(1_500));
    expect(await greedy.untilClosed()).toBe('');
    const before = held;
    const third = await RawSocket.open(port);
    third.send(GET('/').repeat(500));
    await third.until('\r\n\r\n500');
    expect([held, (await fetch(url)).status]).toEqual([before, 200]);
    await server.close();
    await modest.untilClosed();
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

  it('have one in progress each when there are too many together, and lose none', async () => {
    const { server, url, port } = await start({ aheadMax: 300 });
    const many = await Promise.all(Array.from({ length: 10 }, () => RawSocket.open(port)));
    for (const client of many) client.send(GET('/held').repeat(400));
    // Three have a hundred; a fourth has the one that is too many.
    await until(() => held === 310);
    const few = await RawSocket.open(port);
    few.send(GET('/').repeat(8));
    await few.until('\r\n\r\n8');
    expect([held, (await fetch(`${url}/begun`)).status]).toEqual([310, 200]);
    await server.close();
    for (const client of many) expect(await client.untilClosed()).toBe('');
  });

  it('are cut off when they had asked one by one, and others are not', async () => {
    const { server, url, port } = await start({ crowdMax: 300 });
    const many = await Promise.all(Array.from({ length: 4 }, () => RawSocket.open(port)));
    const few = await RawSocket.open(port);
    for (const [at, client] of [...many, few].entries()) {
      client.send(GET('/'));
      await client.until(`\r\n\r\n${at + 1}`);
    }
    const [first, ...others] = many;
    // All of it is read at once.
    first?.send(GET('/held').repeat(250));
    await until(() => held === 250);
    for (const client of others) {
      client.send(GET('/held').repeat(400));
      expect(await client.untilClosed()).toMatch(/\r\n\r\n\d$/);
    }
    few.send(GET('/begun').repeat(3));
    await few.until('5HTTP');
    expect((await fetch(`${url}/begun`)).status).toBe(200);
    // Of each that was cut off, the first had begun.
    expect([held, first?.received.endsWith('1')]).toEqual([253, true]);
    first?.destroy();
    await server.close();
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
      letGo();
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
      acceptor: {
        url: '',
        addresses: [{ host: '127.0.0.1', port }],
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
