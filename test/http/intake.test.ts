import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { type Gate, Intake } from '../../gateway/http/intake';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { until } from '../fixtures/held-time';
import { RawSocket } from '../fixtures/raw-socket';
import { seededRandom } from '../fixtures/seeded-random';

const GET = (path: string) => `GET ${path} HTTP/1.1\r\nhost: x\r\n\r\n`;
const POST = (body: string) => `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
const CHUNKED = (...chunks: string[]) => {
  const parts = [...chunks, ''].map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`);
  return `POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${parts.join('')}`;
};
const LARGE = Buffer.alloc(100_000, 'l');

async function start(options: Partial<HttpServerOptions>) {
  let release = () => {};
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const server = new HttpServer({
    name: 'server',
    listen: { host: '127.0.0.1', port: 0 },
    portRemedy: '',
    way: httpStack(
      [
        { method: 'POST', path: '/echo', handle: async (request) => ({ status: 200, body: await request.bytes() }) },
        { method: 'GET', path: '/large', handle: () => ({ status: 200, body: LARGE }) },
        { method: 'GET', path: '/held', handle: () => released.then(() => ({ status: 200, body: 'held' })) },
        { method: 'GET', path: '/:name', handle: ({ params }) => ({ status: 200, body: params.name ?? '' }) },
      ],
      null,
      null,
    ),
    requestBytesMax: 1_000_000,
    requestTimeoutMs: 60_000,
    ...options,
  });
  return { server, release, ...(await server.listen()) };
}

/** The bodies of answers in a row, each of which has a content-length. */
function bodiesOf(received: string): string[] {
  const bodies: string[] = [];
  for (let at = 0; at < received.length; ) {
    const end = received.indexOf('\r\n\r\n', at) + 4;
    const length = Number(/content-length: (\d+)/i.exec(received.slice(at, end))?.[1]);
    bodies.push(received.slice(end, end + length));
    at = end + length;
  }
  return bodies;
}

/** Requests of every form, and what the answers to them hold. */
function conversation(random: () => number, count: number): { readonly text: string; readonly bodies: string[] } {
  const below = (max: number) => Math.floor(random() * max);
  const requests = Array.from({ length: count }, (_, at): readonly [text: string, body: string] => {
    const text = `${at}\r\n\r\n`.repeat(1 + below(below(10) === 0 ? 2_000 : 5));
    const form = below(5);
    if (form === 0) return [CHUNKED(text, `${at}`), `${text}${at}`];
    if (form === 1) return [CHUNKED(), ''];
    if (form === 2) return [POST(text), text];
    if (form === 3) return [POST(''), ''];
    return [GET(`/${at}${'n'.repeat(below(below(10) === 0 ? 4_000 : 10))}`), ''];
  });
  const bodies = requests.map(([text, body]) => /^GET \/(\S+)/.exec(text)?.[1] ?? body);
  return { text: requests.map(([text]) => text).join(''), bodies };
}

describe('requests in a row', () => {
  it.each([
    ['of a client that is alone', undefined],
    ['when only one of each connection may be in progress', 0],
  ])('are answered in order, however the bytes arrive: %s', async (_, aheadMax) => {
    const { server, port } = await start({ connections: aheadMax === undefined ? {} : { aheadMax } });
    for (let seed = 1; seed <= 12; seed += 1) {
      const random = seededRandom(seed);
      const { text, bodies } = conversation(random, 120);
      const client = await RawSocket.open(port);
      const longest = [30, 3_000, 100_000][seed % 3] ?? 0;
      // Some ask for one thing first, and wait for it.
      const first = seed % 2 === 0 ? [] : ['first'];
      for (const name of first) client.send(GET(`/${name}`));
      if (first.length > 0) await client.until('first');
      for (let at = 0; at < text.length; ) {
        const end = at + 1 + Math.floor(random() * longest);
        client.send(text.slice(at, end));
        at = end;
        await new Promise((resolve) => setImmediate(resolve));
      }
      client.send('GET /last HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n');
      expect(bodiesOf(await client.untilClosed())).toEqual([...first, ...bodies, 'last']);
    }
    await server.close();
  });

  it('go on when the client reads its answers at last', async () => {
    const { server, port } = await start({});
    const client = connect(port, '127.0.0.1');
    client.write(GET('/large').repeat(300) + GET('/last'));
    client.pause();
    await pause(300);
    let bytes = 0;
    let end = '';
    while (!end.endsWith('last')) {
      const [chunk] = (await once(client.resume(), 'data')) as [Buffer];
      bytes += chunk.length;
      end = (end + chunk.toString('latin1')).slice(-10);
    }
    expect(bytes).toBeGreaterThan(300 * LARGE.length);
    client.destroy();
    await server.close();
  });

  it('are not late while they wait for those before', async () => {
    const { server, port, release } = await start({ requestTimeoutMs: 100, connections: { aheadMax: 0 } });
    const client = await RawSocket.open(port);
    client.send(GET('/held') + POST('one') + CHUNKED('two') + GET('/three') + POST('four'));
    // Node looks for those that are late once in 100 ms.
    await pause(500);
    release();
    await client.until('four');
    expect(bodiesOf(client.received)).toEqual(['held', 'one', 'two', 'three', 'four']);
    client.destroy();
    await server.close();
  });
});

describe('a connection whose first request came alone', () => {
  it('is read by the parser itself until a request is sent ahead, and never again', async () => {
    const gate = { open: true, alone: true, full: false, broken: false, bodyAwaited: null, holds: () => {} };
    const server = createServer((_request, response) => response.end('plain'));
    const accepted = new Promise<{ readonly socket: Socket; readonly intake: Intake }>((resolve) => {
      server.on('connection', (socket) => resolve({ socket, intake: new Intake(socket, gate) }));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = await RawSocket.open((server.address() as AddressInfo).port); // as: it listens on TCP
    const { socket, intake } = await accepted;
    const readers: number[] = [];
    for (let answers = 1; answers <= 4; answers += 1) {
      client.send(GET('/'));
      await until(() => client.received.split('plain').length === answers + 1);
      readers.push(socket.listenerCount('data'));
      if (answers === 2) intake.ahead();
    }
    expect(readers).toEqual([0, 0, 1, 1]);
    client.destroy();
    server.close();
  });
});

describe('what follows an upgrade', () => {
  it.each([
    ['as the first request', true, ''],
    ['in one packet with a request before it', true, GET('/')],
    ['as the first request of many clients', false, ''],
    ['behind a request of one of many clients', false, GET('/')],
  ])('is left to whoever took the connection over: %s', async (_, open, before) => {
    const server = createServer((_request, response) => response.end('plain'));
    const gate: Gate = { open, alone: false, full: false, broken: false, bodyAwaited: null, holds: () => {} };
    server.on('connection', (socket) => new Intake(socket, gate));
    const received = new Promise<string>((resolve) => {
      server.on('upgrade', (_request, socket: Duplex, head: Buffer) => {
        let text = head.toString();
        socket.on('data', (chunk: Buffer) => {
          text += chunk;
          if (text.endsWith('end')) resolve(text);
        });
      });
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const client = await RawSocket.open((server.address() as AddressInfo).port); // as: it listens on TCP
    const upgrade = 'GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: echo\r\n\r\n';
    client.send(`${before}${upgrade}GET / HTTP/1.1\r\n\r\nno HTTP`);
    if (before !== '') await client.until('plain');
    await pause(20);
    client.send(', end');
    expect(await received).toBe('GET / HTTP/1.1\r\n\r\nno HTTP, end');
    client.destroy();
    server.close();
  });
});
