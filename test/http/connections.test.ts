import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { HttpServer } from '../../gateway/http/server';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

const HELD = '{"query":"{ held }"}';
const REQUEST = `POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: ${HELD.length}\r\n\r\n${HELD}`;
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

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
      server.pipeline.release();
      await nextTurn();
    }
    expect([server.pipeline.held, server.concurrency.refused]).toEqual([2_000, 0]);
  });
});

describe('more requests sent ahead than one connection may have', () => {
  it('end it, and nothing else', async () => {
    const nobody = new Promise<never>(() => {});
    const server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      routes: [
        { method: 'GET', path: '/held', handle: () => nobody },
        { method: 'GET', path: '/', handle: () => ({ status: 200 }) },
      ],
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      aheadMax: 150,
    });
    const { url, port } = await server.listen();
    const client = await RawSocket.open(port);
    client.send('GET /held HTTP/1.1\r\nhost: x\r\n\r\n'.repeat(200));
    expect(await client.untilClosed()).toBe('');
    expect((await fetch(url)).status).toBe(200);
    await server.close();
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
      routes: [{ method: 'GET', path: '/', handle: () => ({ status: 200, body: Buffer.alloc(50_000_000) }) }],
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
