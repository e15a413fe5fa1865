import { BodyBudget, BodyShare } from '../../gateway/http/body-budget';
import { HttpServer } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { until } from '../fixtures/held-time';
import { RawSocket } from '../fixtures/raw-socket';

const BYTES_MAX = 100_000;
const SMALL = 16_384;

describe('the room for request bodies', () => {
  it('takes what is beyond a small body, and gets it back', () => {
    const room = new BodyBudget(BYTES_MAX);
    const place = new BodyShare(room);
    for (const [bytes, taken] of [
      [SMALL, 0],
      [SMALL + 1, 1],
      [BYTES_MAX, BYTES_MAX - SMALL],
      [SMALL + 5, BYTES_MAX - SMALL],
    ] as const) {
      expect(place.grow(bytes)).toBe(true);
      expect(room.taken).toBe(taken);
    }
    place.release();
    expect(room.taken).toBe(0);
  });

  it('takes nothing for a body that was let go of, and gives nothing back twice', () => {
    const room = new BodyBudget(BYTES_MAX);
    const place = new BodyShare(room);
    place.grow(BYTES_MAX);
    place.release();
    place.release();
    expect([place.grow(BYTES_MAX), room.taken]).toEqual([true, 0]);
  });

  it.each([
    [BYTES_MAX, 119],
    [50_000_000, 5],
    [1_000_000_000, 4],
  ])('ends, but for small bodies, when they may have %d bytes', (bytesMax, count) => {
    const room = new BodyBudget(bytesMax);
    const places = Array.from({ length: 200 }, () => new BodyShare(room));
    expect(places.filter((place) => place.grow(bytesMax))).toHaveLength(count);
    expect(new BodyShare(room).grow(SMALL)).toBe(true);
  });
});

describe('a server that large bodies are sent to', () => {
  let server: HttpServer;
  let url: string;
  let port: number;
  let held = 0;
  const clients: RawSocket[] = [];

  beforeEach(async () => {
    held = 0;
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(
        [
          { method: 'POST', path: '/', handle: async (request) => ({ status: 200, body: await request.text() }) },
          {
            method: 'POST',
            path: '/held',
            handle: async (request) => {
              await request.text();
              held += 1;
              return new Promise<never>(() => {});
            },
          },
        ],
        null,
        null,
      ),
      requestBytesMax: BYTES_MAX,
      requestTimeoutMs: 600_000,
      headersTimeoutMs: 600_000,
    });
    ({ url, port } = await server.listen());
  });
  afterEach(async () => {
    for (const client of clients.splice(0)) client.destroy();
    await server.close();
  });

  /** The answer is read to its end: a connection with half of one unread stays open, and the process with it. */
  const statusOf = async (bytes: number) => {
    const response = await fetch(url, { method: 'POST', body: 'x'.repeat(bytes) });
    await response.arrayBuffer();
    return response.status;
  };

  it('puts a body together that comes byte by byte', async () => {
    const text = Array.from({ length: 5_000 }, (_, at) => String.fromCharCode(97 + (at % 26))).join('');
    const client = await RawSocket.open(port);
    clients.push(client);
    const chunks = [...text].map((letter) => `1\r\n${letter}\r\n`).join('');
    client.send(
      `POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n${chunks}0\r\n\r\n`,
    );
    const received = await client.untilClosed();
    expect(received.slice(received.indexOf('\r\n\r\n') + 4)).toBe(text);
  });

  it('refuses large ones when it holds many, answers small ones, and has room again when clients leave', async () => {
    const attackers = await Promise.all(Array.from({ length: 130 }, () => RawSocket.open(port)));
    clients.push(...attackers);
    const head = `POST / HTTP/1.1\r\nhost: x\r\ncontent-length: ${BYTES_MAX}\r\n\r\n`;
    for (const one of attackers) one.send(head + 'x'.repeat(BYTES_MAX - 1));
    const refusal = await Promise.race(attackers.map((one) => one.until('GATEWAY_OVERLOADED')));
    expect(refusal).toMatch(/^HTTP\/1.1 503 .*retry-after: 1\r\n/s);
    expect(await statusOf(SMALL)).toBe(200);
    for (const one of attackers) one.destroy();
    while ((await statusOf(BYTES_MAX)) !== 200) await new Promise((resolve) => setImmediate(resolve));
  });

  it('has room again when a client leaves that has sent many ahead', async () => {
    const request = `POST /held HTTP/1.1\r\nhost: x\r\ncontent-length: ${BYTES_MAX}\r\n\r\n${'x'.repeat(BYTES_MAX)}`;
    const attackers = await Promise.all([RawSocket.open(port), RawSocket.open(port)]);
    clients.push(...attackers);
    // One after the other: of two bodies that arrive at the same time for the last place, neither may get it.
    attackers[0]?.send(request.repeat(100));
    await until(() => held === 100);
    attackers[1]?.send(request.repeat(19));
    await until(() => held === 119);
    expect(await statusOf(BYTES_MAX)).toBe(503);
    for (const one of attackers) one.destroy();
    while ((await statusOf(BYTES_MAX)) !== 200) await new Promise((resolve) => setImmediate(resolve));
  });
});
