import { subscribe } from '../../../gateway/events';
import { http2Flaw } from '../../../gateway/http/http2/soundness';
import type { Route } from '../../../gateway/http/route';
import { HttpServer } from '../../../gateway/http/server';
import { httpStack } from '../../../gateway/pipeline';
import { hold, letGo } from '../../fixtures/held-time';
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
import { seededRandom } from '../../fixtures/seeded-random';

const LARGE = Buffer.alloc(300_000, 'x');
const CLIENTS = 8;
const PATHS = ['/', '/slow', '/large', '/made', '/unsendable', '/none', '/a b'];
/** Where it is not, HTTP/2 is not offered, and such frames meet HTTP/1.1. */
const IS_SOUND = http2Flaw() === null;
const CONNECTIONS = IS_SOUND ? 40 : 3;

const ROUTES: readonly Route[] = [
  { method: 'GET', path: '/', handle: () => ({ status: 200, body: 'x' }) },
  {
    method: 'GET',
    path: '/slow',
    handle: () => new Promise((resolve) => setTimeout(() => resolve({ status: 200, body: 'slow' }), 10)),
  },
  { method: 'GET', path: '/large', handle: () => ({ status: 200, body: LARGE }) },
  {
    method: 'GET',
    path: '/made',
    handle: () => ({
      status: 200,
      body: (async function* () {
        for (let at = 0; at < 10; at += 1) yield LARGE.subarray(0, 30_000);
      })(),
      trailers: () => ({ 'x-made': '1' }),
    }),
  },
  { method: 'GET', path: '/unsendable', handle: () => ({ status: 200, headers: { 'x-a': 'a\nb' } }) },
  { method: 'POST', path: '/echo', handle: async (call) => ({ status: 200, body: await call.bytes() }) },
  { method: 'POST', path: '/unread', handle: () => ({ status: 200, body: 'x' }) },
];

describe('frames in any order', () => {
  afterEach(letGo);

  it('cut off those who send them, and nobody else', async () => {
    hold('performance', 'setInterval', 'clearInterval');
    const random = seededRandom(48);
    const below = (max: number) => Math.floor(random() * max);
    const failures: unknown[] = [];
    const stop = subscribe('internal.error', ({ error }) => {
      if ((error as NodeJS.ErrnoException).code !== 'ERR_INVALID_CHAR') failures.push(error); // as: of /unsendable
    });
    const server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      http2: IS_SOUND,
      way: httpStack(ROUTES, null, null),
      requestBytesMax: 100_000,
      requestTimeoutMs: 60_000,
      silenceTimeoutMs: 1_000,
    });
    const { url, port } = await server.listen();

    function some(next: number): Buffer {
      const any = below(10) === 0 ? below(200) : Math.max(1, next - 2 * below(6));
      const path = PATHS[below(PATHS.length)] ?? '/';
      const more: [string, string][] = below(4) === 0 ? [['expect', '100-continue']] : [];
      switch (below(10)) {
        case 0:
          return reset(any, below(14));
        case 1:
          return frame(FRAME.data, below(2), any, Buffer.alloc(below(3_000)));
        case 2:
          return frame(FRAME.windowUpdate, 0, below(3) === 0 ? 0 : any, uint32(below(6) === 0 ? 0 : below(100_000)));
        case 3:
          return frame(FRAME.settings, 0, 0, below(2) === 0 ? Buffer.alloc(0) : setting(below(9), below(70_000)));
        case 4:
          return frame(below(12), below(256), any, Buffer.from(Array.from({ length: below(30) }, () => below(256))));
        case 5:
          return below(3) === 0
            ? frame(FRAME.goaway, 0, 0, Buffer.concat([uint32(0), uint32(below(3))]))
            : Buffer.alloc(0);
        case 6:
          return frame(FRAME.headers, END_HEADERS, next, headerBlock([...pseudoHeaders('/echo', 'POST'), ...more]));
        case 7:
          return frame(FRAME.headers, END_HEADERS, next, headerBlock([...pseudoHeaders('/unread', 'POST'), ...more]));
        case 8:
          return frame(FRAME.headers, END_STREAM | END_HEADERS, next, headerBlock(pseudoHeaders(path, 'HEAD')));
        default:
          return request(next, path, more);
      }
    }

    const hostile = Array.from({ length: CLIENTS }, async () => {
      for (let at = 0; at < CONNECTIONS; at += 1) {
        const client = await FrameSocket.open(port);
        for (let sent = 0; sent < 40 && !client.ended; sent += 1) {
          client.send(some(6 * sent + 1), some(6 * sent + 3), some(6 * sent + 5));
          if (below(3) === 0) await new Promise((resolve) => setImmediate(resolve));
        }
        if (below(4) === 0) client.end();
        client.destroy();
      }
    });
    const honest = IS_SOUND ? new Http2Client(url) : null;
    const ask = async () =>
      honest === null
        ? (await fetch(url, { headers: { connection: 'close' } })).text()
        : (await honest.get('/')).body.toString();
    let isOver = false;
    const asking = (async () => {
      while (!isOver) expect(await ask()).toBe('x');
    })();
    await Promise.all(hostile);
    isOver = true;
    await asking;
    honest?.destroy();
    // Of one that it has told to go away, Node reads nothing any more: its end is noticed in time.
    while (server.connections.open > 0) {
      jest.advanceTimersByTime(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(failures).toEqual([]);
    await server.close();
    stop();
  });
});
