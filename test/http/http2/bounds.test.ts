import { setTimeout as pause } from 'node:timers/promises';
import { subscribe } from '../../../gateway/events';
import { HttpServer, type HttpServerOptions } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';
import { hold, letGo, until } from '../../fixtures/held-time';
import { Http2Client } from '../../fixtures/http2-client';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  FrameSocket,
  frame,
  headerBlock,
  pseudoHeaders,
  request,
  reset,
  setting,
  uint32,
} from '../../fixtures/http2-frames';

/** Codes of RFC 9113 section 7. */
const PROTOCOL_ERROR = 1;
const REFUSED_STREAM = 7;
const CANCEL = 8;
const ENHANCE_YOUR_CALM = 11;

const MANY = 3_000;
const INITIAL_WINDOW_SIZE = 4;
const LARGE = Buffer.alloc(200_000, 'x');

const times = (count: number, make: (stream: number) => Buffer) =>
  Array.from({ length: count }, (_, at) => make(2 * at + 1));
const head = (flags: number, headers: readonly (readonly [string, string])[], stream = 1) =>
  frame(FRAME.headers, flags, stream, headerBlock(headers));
const post = head(END_HEADERS, pseudoHeaders('/echo', 'POST'));

describe('a client that speaks HTTP/2', () => {
  let server: HttpServer;
  let url: string;
  let port: number;
  let held = 0;
  let gone = 0;
  let finish: (() => void)[] = [];
  let ended: string[] = [];
  const reasons: string[] = [];
  const unsubscribe = subscribe('http2.refused', ({ reason }) => reasons.push(reason));
  afterAll(() => unsubscribe());

  async function start(options: Partial<HttpServerOptions> = {}): Promise<void> {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      http2: true,
      requestBytesMax: 1_000_000,
      requestTimeoutMs: 60_000,
      ...options,
      way: httpStack(
        [
          {
            method: 'GET',
            path: '/held',
            handle: (call) => {
              held += 1;
              call.gone.onCancel(() => {
                gone += 1;
              });
              return new Promise((resolve) => finish.push(() => resolve({ status: 200, body: 'held' })));
            },
          },
          {
            method: 'POST',
            path: '/echo',
            handle: async (call) => {
              const body = await call.bytes().catch((error) => {
                ended.push(error.code);
                throw error;
              });
              return { status: 200, body };
            },
          },
          { method: 'GET', path: '/', handle: () => ({ status: 200, body: 'x' }) },
          { method: 'GET', path: '/seen', handle: ({ headers }) => ({ status: 200, body: JSON.stringify(headers) }) },
          { method: 'GET', path: '/large', handle: () => ({ status: 200, body: LARGE }) },
          {
            method: 'GET',
            path: '/made',
            handle: () => ({
              status: 200,
              body: (async function* () {
                try {
                  for (;;) yield LARGE;
                } finally {
                  ended.push('made');
                }
              })(),
            }),
          },
        ],
        null,
        null,
      ),
    });
    ({ url, port } = await server.listen());
  }

  beforeEach(() => {
    held = 0;
    gone = 0;
    finish = [];
    ended = [];
    reasons.length = 0;
  });
  afterEach(async () => {
    letGo();
    await server.close();
  });

  it.each<[does: string, frames: () => readonly Buffer[]]>([
    ['takes back requests', () => times(MANY, (stream) => Buffer.concat([request(stream, '/held'), reset(stream)]))],
    [
      'has requests reset by windows that overflow',
      () =>
        times(MANY, (stream) =>
          Buffer.concat([request(stream, '/held'), frame(FRAME.windowUpdate, 0, stream, uint32(0x7fffffff))]),
        ),
    ],
    [
      'has requests reset by windows that do not grow',
      () =>
        times(MANY, (stream) =>
          Buffer.concat([request(stream, '/held'), frame(FRAME.windowUpdate, 0, stream, uint32(0))]),
        ),
    ],
    ['sends requests that are malformed', () => times(MANY, (stream) => request(stream, '/', [['X-A', 'upper case']]))],
    [
      'sends heads that are empty',
      () => times(MANY, (stream) => frame(FRAME.headers, END_HEADERS | END_STREAM, stream)),
    ],
    ['begins more requests than it may', () => times(MANY, (stream) => request(stream, '/held'))],
    ['pings', () => times(MANY, () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)))],
    ['sends settings', () => times(MANY, () => frame(FRAME.settings, 0, 0))],
    ['sends data that is empty', () => [post, ...times(MANY, () => frame(FRAME.data, 0, 1))]],
    ['goes on with a head', () => [head(0, pseudoHeaders('/')), ...times(MANY, () => frame(FRAME.continuation, 0, 1))]],
  ])('and %s all the time is cut off, while others are answered', async (_, frames) => {
    await start();
    const other = new Http2Client(url);
    const client = await FrameSocket.open(port);
    client.send(...frames());
    let answered = 0;
    while (!client.ended) {
      expect((await other.get('/')).status).toBe(200);
      answered += 1;
    }
    expect(answered).toBeGreaterThan(0);
    // By us or by Node, whose limits and codes vary with its version.
    expect(client.goawayCode).toBeGreaterThan(0);
    await until(() => reasons.length > 0);
    await until(() => gone === held && server.connections.open === 1);
    other.destroy();
  });

  it.each<[does: string, code: number | null, frames: () => readonly Buffer[]]>([
    [
      'more than 16 kB of headers',
      ENHANCE_YOUR_CALM,
      () => [
        head(END_STREAM, [...pseudoHeaders('/'), ['x-a', 'v'.repeat(9_000)]]),
        frame(FRAME.continuation, END_HEADERS, 1, headerBlock([['x-b', 'v'.repeat(9_000)]])),
      ],
    ],
    [
      'more than a thousand headers',
      ENHANCE_YOUR_CALM,
      () => [
        head(END_STREAM | END_HEADERS, [
          ...pseudoHeaders('/'),
          ...times(1_001, () => Buffer.alloc(0)).map(() => ['a', ''] as const),
        ]),
      ],
    ],
    ['a header of connections', PROTOCOL_ERROR, () => [request(1, '/', [['connection', 'close']])]],
    ['a coding of transfer', PROTOCOL_ERROR, () => [request(1, '/', [['transfer-encoding', 'chunked']])]],
    ['an upgrade', PROTOCOL_ERROR, () => [request(1, '/', [['upgrade', 'websocket']])]],
    ['te that is more than trailers', PROTOCOL_ERROR, () => [request(1, '/', [['te', 'gzip']])]],
    ['a path twice', PROTOCOL_ERROR, () => [request(1, '/', [[':path', '/']])]],
    ['a pseudo-header that there is not', PROTOCOL_ERROR, () => [request(1, '/', [[':own', '/']])]],
    [
      'a pseudo-header behind others',
      PROTOCOL_ERROR,
      () => [
        head(END_STREAM | END_HEADERS, [
          [':method', 'GET'],
          [':scheme', 'http'],
          ['a', 'b'],
          [':path', '/'],
        ]),
      ],
    ],
    ['no host', PROTOCOL_ERROR, () => [head(END_STREAM | END_HEADERS, pseudoHeaders('/').slice(0, 3))]],
    [
      'no path',
      PROTOCOL_ERROR,
      () => [
        head(END_STREAM | END_HEADERS, [
          [':method', 'GET'],
          [':scheme', 'http'],
          [':authority', 'x'],
        ]),
      ],
    ],
    [
      'a length that is not that of the body',
      PROTOCOL_ERROR,
      () => [
        head(END_HEADERS, [...pseudoHeaders('/echo', 'POST'), ['content-length', '5']]),
        frame(FRAME.data, END_STREAM, 1, Buffer.from('abc')),
      ],
    ],
    [
      'two lengths',
      PROTOCOL_ERROR,
      () => [
        head(END_HEADERS, [...pseudoHeaders('/echo', 'POST'), ['content-length', '3'], ['content-length', '4']]),
        frame(FRAME.data, END_STREAM, 1, Buffer.from('abc')),
      ],
    ],
    [
      'a WebSocket by CONNECT',
      PROTOCOL_ERROR,
      () => [head(END_STREAM | END_HEADERS, [...pseudoHeaders('/', 'CONNECT'), [':protocol', 'websocket']])],
    ],
  ])('has a request with %s reset, and no other', async (_, code, frames) => {
    await start();
    const client = await FrameSocket.open(port);
    client.send(...frames());
    await client.until(({ type, stream }) => type === FRAME.reset && stream === 1);
    expect(client.resetCode(1)).toBe(code);
    client.send(request(3, '/'));
    const answer = await client.until(({ type, stream }) => type === FRAME.data && stream === 3);
    expect(answer?.payload.toString()).toBe('x');
    expect(gone).toBe(held);
    client.destroy();
  });

  it.each<[does: string, frames: () => readonly Buffer[]]>([
    [
      'settings of a hundred entries',
      () => [frame(FRAME.settings, 0, 0, Buffer.concat(times(100, (id) => setting(id + 100, 1))))],
    ],
    ['a frame of more than 16 kB', () => [frame(FRAME.headers, END_HEADERS, 1, Buffer.alloc(17_000))]],
    ['headers that cannot be decoded', () => [frame(FRAME.headers, END_HEADERS, 1, Buffer.alloc(6, 0xff))]],
    ['a window that overflows', () => [request(1, '/'), frame(FRAME.windowUpdate, 0, 0, uint32(0x7fffffff))]],
    ['data of no request', () => [frame(FRAME.data, 0, 1, Buffer.from('x'))]],
  ])('is told to go away for %s, and the connection is closed when it does not', async (_, frames) => {
    hold('performance', 'setInterval', 'clearInterval');
    await start();
    const client = await FrameSocket.open(port);
    client.send(...frames());
    await client.until(({ type }) => type === FRAME.goaway);
    expect(client.goawayCode).toBeGreaterThan(0);
    for (let second = 0; second < 70; second += 1) jest.advanceTimersByTime(1_000);
    await client.untilClosed();
    await until(() => server.connections.open === 0);
  });

  it('is cut off when it does not say in time that it is one, or reads nothing of an answer', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    await start({ headersTimeoutMs: 5_000, silenceTimeoutMs: 8_000 });
    const client = await FrameSocket.open(port, setting(INITIAL_WINDOW_SIZE, 0));
    client.send(request(1, '/large'), request(3, '/'));
    await client.until(({ type, stream }) => type === FRAME.headers && stream === 3);
    jest.advanceTimersByTime(8_000);
    client.send(frame(FRAME.windowUpdate, 0, 3, uint32(10)));
    expect((await client.until(({ type, stream }) => type === FRAME.data && stream === 3))?.payload.toString()).toBe(
      'x',
    );
    jest.advanceTimersByTime(1_000);
    await client.until(({ type }) => type === FRAME.reset);
    expect([client.resetCode(1), client.resetCode(3)]).toEqual([CANCEL, null]);
    client.destroy();
    await until(() => server.connections.open === 0);
  });

  it('may take its time while it reads', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    await start({ silenceTimeoutMs: 8_000 });
    const client = await FrameSocket.open(port, setting(INITIAL_WINDOW_SIZE, 0));
    client.send(request(1, '/large'), frame(FRAME.windowUpdate, 0, 0, uint32(1_000_000)));
    const received = () =>
      client.frames.reduce((sum, one) => (one.type === FRAME.data ? sum + one.payload.length : sum), 0);
    for (let wanted = 66_000; wanted <= 66_000 * 3; wanted += 66_000) {
      client.send(frame(FRAME.windowUpdate, 0, 1, uint32(66_000)));
      await until(() => received() === wanted);
      jest.advanceTimersByTime(7_000);
    }
    client.send(frame(FRAME.windowUpdate, 0, 1, uint32(66_000)));
    await until(() => received() === LARGE.length);
    expect(client.resetCode(1)).toBeNull();
    client.destroy();
  });

  it('has an answer that is made while it is sent given up when it reads nothing of it', async () => {
    hold('setTimeout', 'clearTimeout');
    await start({ silenceTimeoutMs: 8_000 });
    const client = await FrameSocket.open(port);
    client.send(request(1, '/made'));
    await client.until(({ type }) => type === FRAME.data);
    while (ended.length === 0) {
      jest.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await client.until(({ type }) => type === FRAME.reset);
    expect([client.resetCode(1), ended]).toEqual([CANCEL, ['made']]);
    client.destroy();
  });

  it('is answered 408 when its request does not arrive, and its connection goes on', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    await start({ requestTimeoutMs: 5_000, silenceTimeoutMs: 60_000 });
    const client = await FrameSocket.open(port);
    client.send(post, frame(FRAME.data, 0, 1, Buffer.from('a')), request(3, '/held'));
    await until(() => held === 1);
    jest.advanceTimersByTime(6_000);
    await client.until(({ type, stream }) => type === FRAME.data && stream === 1);
    expect(ended).toEqual(['REQUEST_TIMEOUT']);
    for (const one of finish) one();
    const answer = await client.until(({ type, stream }) => type === FRAME.data && stream === 3);
    expect(answer?.payload.toString()).toBe('held');
    client.destroy();
  });

  it('has its connection closed when it asks for nothing, or never begins', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    await start({ headersTimeoutMs: 5_000 });
    const client = await FrameSocket.open(port);
    client.send(request(1, '/'));
    await client.until(({ type }) => type === FRAME.data);
    jest.advanceTimersByTime(60_000);
    expect(client.goawayCode).toBeNull();
    jest.advanceTimersByTime(6_000);
    await client.until(({ type }) => type === FRAME.goaway);
    expect(client.goawayCode).toBe(0);
    jest.advanceTimersByTime(3_000);
    await client.untilClosed();
  });

  it.each<[what: string, frames: (stream: number) => Buffer]>([
    ['requests taken back', (stream) => Buffer.concat([request(stream, '/held'), reset(stream)])],
    ['pings', () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
    ['settings', () => frame(FRAME.settings, 0, 0)],
  ])('is told to be calm for too many %s', async (what, frames) => {
    await start();
    const client = await FrameSocket.open(port);
    for (let stream = 1; !client.ended; stream += 2) {
      expect(stream).toBeLessThan(2_000);
      client.send(frames(stream));
      // What comes in one packet, Node may refuse by itself.
      await pause(1);
    }
    expect([client.goawayCode, reasons]).toEqual([ENHANCE_YOUR_CALM, [`too many ${what}`]]);
    await until(() => gone === held && server.connections.open === 0);
  });

  it('is answered 400 where a request is in doubt, and cut off when all of them are', async () => {
    await start();
    const client = await FrameSocket.open(port);
    const answered = () => client.frames.filter(({ type }) => type === FRAME.data).length;
    let asked = 0;
    for (; !client.ended; asked += 1) {
      client.send(request(2 * asked + 1, '/', [['host', 'another']]));
      await until(() => answered() > asked || client.ended);
    }
    expect(client.frames.find(({ type }) => type === FRAME.data)?.payload.toString()).toContain('"BAD_REQUEST"');
    expect(asked).toBeGreaterThan(100);
    expect([client.goawayCode, reasons]).toEqual([ENHANCE_YOUR_CALM, ['too many malformed requests']]);
  });

  it.each([
    ['/', undefined],
    ['/echo', 'x'],
    ['/large', undefined],
  ])('may ask for %s as often as it waits for the answer', async (path, body) => {
    await start();
    const client = new Http2Client(url);
    for (let wave = 0; wave < 12; wave += 1) {
      const asked = Array.from({ length: 50 }, () => (body === undefined ? client.get(path) : client.post(path, body)));
      const statuses = (await Promise.all(asked)).map(({ status }) => status);
      expect(new Set(statuses)).toEqual(new Set([200]));
    }
    expect(reasons).toEqual([]);
    client.destroy();
  });

  it('has no more than its share when there are many', async () => {
    await start({ connections: { streamsMax: 10 } });
    const [first, second] = [await FrameSocket.open(port), await FrameSocket.open(port)];
    first.send(...times(10, (stream) => request(stream, '/held')));
    await until(() => held === 10);
    second.send(...times(6, (stream) => request(stream, '/held')));
    await second.until(({ type }) => type === FRAME.reset);
    first.send(request(21, '/held'));
    await first.until(({ type }) => type === FRAME.reset);
    expect([first.resetCode(21), second.resetCode(11), second.resetCode(9)]).toEqual([
      REFUSED_STREAM,
      REFUSED_STREAM,
      null,
    ]);
    await until(() => held === 15);
    for (const one of finish) one();
    await first.until(({ type, stream }) => type === FRAME.data && stream === 19);
    first.send(request(23, '/'));
    await first.until(({ type, stream }) => type === FRAME.data && stream === 23);
    first.destroy();
    second.destroy();
  });

  it('does not end the process with a request behind a GOAWAY because of an error', async () => {
    await start();
    for (let at = 0; at < 10; at += 1) {
      const client = await FrameSocket.open(port);
      await client.until(({ type }) => type === FRAME.settings);
      const goaway = frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(0), uint32(PROTOCOL_ERROR)]));
      client.send(goaway, post, frame(FRAME.data, 0, 1, Buffer.from('a')));
      await client.untilClosed();
    }
    await until(() => server.connections.open === 0);
  });

  it('may have a hundred requests at once, and is cut off for more', async () => {
    await start();
    const client = await FrameSocket.open(port);
    client.send(...times(100, (stream) => request(stream, '/held')));
    await until(() => held === 100);
    for (const one of finish.splice(0)) one();
    await client.until(({ type, stream }) => type === FRAME.data && stream === 199);
    client.send(...Array.from({ length: 101 }, (_, at) => request(201 + 2 * at, '/held')));
    await client.untilClosed();
    expect(client.goawayCode).toBeGreaterThan(0);
    await until(() => gone === held - 100 && server.connections.open === 0);
  });

  it('has no header seen whose value has a line break', async () => {
    await start();
    const client = await FrameSocket.open(port);
    client.send(request(1, '/seen', [['x-a', 'a\r\nx-b: b']]));
    const answer = await client.until(({ type, stream }) => type === FRAME.data && stream === 1);
    expect(JSON.parse(String(answer?.payload))).toEqual({ host: 'x' });
    client.destroy();
  });
});
