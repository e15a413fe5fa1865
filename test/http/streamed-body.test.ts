import { subscribe } from '../../gateway/events';
import type { Answer, Route, RouteRequest } from '../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import type { StreamedBody } from '../../gateway/http/streamed-body';
import { httpStack } from '../../gateway/pipeline';
import { until } from '../fixtures/held-time';
import { RawSocket } from '../fixtures/raw-socket';

const MEGABYTE = Buffer.alloc(1_000_000, 'm');
/** More than the buffers of two kernels and Node's take. */
const CHUNKS_HELD_MAX = 32;
const GET = (path: string, rest = '') => `GET ${path} HTTP/1.1\r\nhost: x\r\n${rest}\r\n`;

/** A body that a test makes by hand, and what became of it. */
class Made {
  begun = false;
  ended = false;
  pulled = 0;
  readonly #chunks: (Buffer | string | Error | null)[] = [];
  #wake = () => {};

  /** @param chunks null ends it, an error fails it */
  put(...chunks: (Buffer | string | Error | null)[]): void {
    this.#chunks.push(...chunks);
    this.#wake();
  }

  async *body({ gone }: RouteRequest): AsyncGenerator<Buffer | string> {
    this.begun = true;
    gone.onCancel(() => this.#wake());
    try {
      for (;;) {
        this.pulled += 1;
        while (this.#chunks.length === 0) {
          if (gone.reason !== null) return;
          await new Promise<void>((resolve) => {
            this.#wake = resolve;
          });
        }
        const next = this.#chunks.shift();
        if (next instanceof Error) throw next;
        if (next === null || next === undefined) return;
        yield next;
      }
    } finally {
      this.ended = true;
    }
  }
}

describe('an answer that is made while it is sent', () => {
  let server: HttpServer;
  let port: number;
  let made: Made;
  let answer: Partial<Answer>;
  let bodyOf: (request: RouteRequest) => StreamedBody;
  let defects: unknown[];
  let unsubscribe: () => void;
  const clients: RawSocket[] = [];

  /** Ends when the iterator is told to; has no end of its own. */
  let endless: { pulled: number; returned: number };
  const endlessBody = (): StreamedBody => ({
    [Symbol.asyncIterator]: () => ({
      next: async () => {
        endless.pulled += 1;
        return { done: false, value: MEGABYTE };
      },
      return: async () => {
        endless.returned += 1;
        return { done: true, value: undefined };
      },
    }),
  });

  const ROUTES: readonly Route[] = [
    {
      method: 'GET',
      path: '/made',
      handle: (request) => ({
        status: 200,
        headers: { 'content-type': 'text/plain' },
        body: bodyOf(request),
        ...answer,
      }),
    },
    { method: 'GET', path: '/endless', handle: () => ({ status: 200, body: endlessBody() }) },
    { method: 'GET', path: '/plain', handle: () => ({ status: 200, body: 'plain' }) },
    { method: 'GET', path: '/held', handle: () => new Promise<never>(() => {}) },
    {
      method: 'GET',
      path: '/late',
      handle: async (request) => {
        await new Promise<void>((resolve) => request.gone.onCancel(resolve));
        return { status: 200, body: endlessBody() };
      },
    },
    {
      method: 'GET',
      path: '/unsendable',
      handle: () => ({ status: 200, headers: { 'x-a': 'a\nb' }, body: endlessBody() }),
    },
  ];

  async function start(options: Partial<HttpServerOptions> = {}): Promise<void> {
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: '',
      way: httpStack(ROUTES, null, null),
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

  /** Nothing that was to happen before this answer is still to come. */
  async function roundTrip(): Promise<void> {
    const client = await open(GET('/plain'));
    await client.until('plain');
    client.destroy();
  }

  beforeEach(() => {
    made = new Made();
    answer = {};
    bodyOf = (request) => made.body(request);
    endless = { pulled: 0, returned: 0 };
    defects = [];
    unsubscribe = subscribe('internal.error', ({ error }) => defects.push(error));
  });
  afterEach(async () => {
    unsubscribe();
    for (const client of clients.splice(0)) client.destroy();
    await server.close();
  });

  describe('in HTTP/1.1', () => {
    beforeEach(() => start());

    it('is sent in chunks, each when it is there, and the connection goes on', async () => {
      const client = await open(GET('/made'));
      const head = await client.until('\r\n\r\n');
      expect(head).toMatch(/transfer-encoding: chunked/i);
      expect(head.toLowerCase()).not.toContain('content-length');
      made.put('one');
      await client.until('3\r\none\r\n');
      made.put('', Buffer.from('two'), null);
      expect((await client.until('0\r\n\r\n')).endsWith('3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n')).toBe(true);
      client.send(GET('/plain'));
      await client.until('plain');
      expect([made.ended, defects]).toEqual([true, []]);
    });

    it('has trailers that are known at the end', async () => {
      answer = { headers: { trailer: 'x-count' }, trailers: () => ({ 'x-count': String(made.pulled) }) };
      const client = await open(GET('/made', 'te: trailers\r\n'));
      made.put('one', 'two', null);
      expect(await client.until('x-count: 3\r\n\r\n')).toContain('two\r\n0\r\nx-count: 3\r\n\r\n');
    });

    it('fails with its trailers', async () => {
      answer = {
        trailers: () => {
          throw new Error('no trailers');
        },
      };
      const client = await open(GET('/made'));
      made.put('one', null);
      expect(await client.untilClosed()).not.toContain('0\r\n\r\n');
      expect(defects).toEqual([new Error('no trailers')]);
    });

    it('comes in its turn among requests that were sent ahead', async () => {
      const client = await open(GET('/plain') + GET('/made') + GET('/plain'));
      made.put('streamed', null);
      const received = await client.until('0\r\n\r\nHTTP/1.1 200 OK');
      expect(received.match(/plain(?=HTTP)|streamed/g)).toEqual(['plain', 'streamed']);
      expect((await client.until('plain\r\n').then(() => client.received)).startsWith('HTTP/1.1 200')).toBe(true);
    });

    it('is not made further than the client reads', async () => {
      const client = await open('');
      client.pause();
      client.send(GET('/endless'));
      let before = -1;
      // Until it stands still while others are answered.
      while (endless.pulled !== before) {
        before = endless.pulled;
        for (let n = 0; n < 20; n += 1) await roundTrip();
      }
      expect(endless.pulled).toBeGreaterThan(0);
      expect(endless.pulled).toBeLessThan(CHUNKS_HELD_MAX);
      client.resume();
      await until(() => endless.pulled > before + CHUNKS_HELD_MAX);
      expect(endless.returned).toBe(0);
    });

    it('ends when the client goes away, also while the next chunk is awaited', async () => {
      const client = await open(GET('/made'));
      made.put('one');
      await client.until('one');
      client.destroy();
      await until(() => made.ended);
      const other = await open(GET('/endless'));
      await other.until('mmm');
      other.destroy();
      await until(() => endless.returned === 1);
      const { pulled } = endless;
      await roundTrip();
      expect([endless.pulled, defects]).toEqual([pulled, []]);
    });

    it('ends before it was begun when the client has gone by then', async () => {
      const client = await open(GET('/late'));
      await roundTrip();
      client.destroy();
      await until(() => endless.returned === 1);
      expect(endless.pulled).toBe(0);
    });

    it('is not taken for complete when it fails', async () => {
      const client = await open(GET('/made'));
      made.put('one');
      await client.until('one');
      made.put(new Error('password=hunter2'));
      const received = await client.untilClosed();
      expect(received).toContain('3\r\none\r\n');
      expect(received).not.toContain('0\r\n\r\n');
      expect(received).not.toContain('hunter2');
      expect(defects).toEqual([new Error('password=hunter2')]);
      await expect(
        fetch(`http://127.0.0.1:${port}/made`).then((response) => {
          made.put('one', new Error('again'));
          return response.text();
        }),
      ).rejects.toThrow();
    });

    it('may fail when the client has gone: nobody hears of it', async () => {
      const failing = async function* ({ gone }: RouteRequest) {
        yield 'one';
        await new Promise<void>((resolve) => gone.onCancel(resolve));
        made.ended = true;
        throw new Error('cancelled');
      };
      bodyOf = failing;
      const client = await open(GET('/made'));
      await client.until('one');
      client.destroy();
      await until(() => made.ended);
      await roundTrip();
      expect(defects).toEqual([]);
    });

    it.each([
      ['HEAD', 200],
      ['GET', 204],
      ['GET', 304],
    ])('is ended and never begun for %s with status %d', async (method, status) => {
      answer = { status, body: endlessBody() };
      const client = await open(`${method} /made HTTP/1.1\r\nhost: x\r\n\r\n${GET('/plain')}`);
      const received = await client.until('\r\n\r\nplain');
      expect(received).toContain(`HTTP/1.1 ${status} `);
      expect(received.match(/HTTP\/1\.1/g)).toHaveLength(2);
      expect(endless).toEqual({ pulled: 0, returned: 1 });
    });

    it('is ended and never begun when its headers cannot be sent', async () => {
      const client = await open(GET('/unsendable'));
      expect(await client.untilClosed()).toBe('');
      await until(() => endless.returned === 1);
      expect([endless.pulled, defects.length]).toEqual([0, 1]);
    });

    it('needs an iterator that works', async () => {
      for (const body of [
        { [Symbol.asyncIterator]: () => ({ next: async () => ({ done: false, value: 7 }) }) },
        {
          [Symbol.asyncIterator]: () => {
            throw new Error('none');
          },
        },
      ]) {
        answer = { body: body as unknown as StreamedBody }; // as: plugins are not type-checked
        expect(await (await open(GET('/made'))).untilClosed()).not.toContain('0\r\n\r\n');
      }
      expect(defects.length).toBeGreaterThanOrEqual(2);
      await roundTrip();
    });
  });

  describe('in HTTP/1.0', () => {
    beforeEach(() => start());
    const OLD = 'GET /made HTTP/1.0\r\nconnection: keep-alive\r\n\r\n';

    it('ends with the connection', async () => {
      answer = { trailers: () => ({ 'x-count': '1' }) };
      const client = await open(OLD);
      made.put('one', 'two', null);
      const received = await client.untilClosed();
      expect(received.toLowerCase()).toContain('connection: close');
      expect(received.split('\r\n\r\n')[1]).toBe('onetwo');
      expect(client.error).toBeNull();
    });

    it('ends with a reset when it fails', async () => {
      const client = await open(OLD);
      made.put('one');
      await client.until('one');
      made.put(new Error('broken'));
      await client.untilClosed();
      expect(client.error).toBe('ECONNRESET');
    });
  });

  it('is cut off when the client reads nothing for the time of the listener', async () => {
    await start({ silenceTimeoutMs: 300 });
    const client = await open('');
    client.pause();
    client.send(GET('/endless'));
    await until(() => endless.returned === 1);
    const { pulled } = endless;
    await roundTrip();
    expect([endless.pulled, defects]).toEqual([pulled, []]);
    expect(server.connections.open).toBeLessThanOrEqual(1);
  });

  it('may take longer than that to be made', async () => {
    await start({ silenceTimeoutMs: 50 });
    const client = await open(GET('/made'));
    await client.until('\r\n\r\n');
    // What is not a stream is cut off by then.
    for (let n = 0; n < 3; n += 1) await (await open(GET('/held'))).untilClosed();
    made.put('still there', null);
    expect(await client.until('0\r\n\r\n')).toContain('still there');
  });

  it('is waited for when the listener drains', async () => {
    await start();
    const client = await open(GET('/made'));
    made.put('one');
    await client.until('one');
    let drained = false;
    const draining = server.drain(60_000).then(() => {
      drained = true;
    });
    await until(() => server.connections.open === 1);
    while (
      await fetch(`http://127.0.0.1:${port}/plain`).then(
        () => true,
        () => false,
      )
    )
      await roundTrip().catch(() => {});
    expect(drained).toBe(false);
    made.put('two', null);
    expect(await client.untilClosed()).toContain('3\r\ntwo\r\n0\r\n\r\n');
    await draining;
  });

  it('is ended when the time to drain is over', async () => {
    await start();
    const client = await open(GET('/made'));
    made.put('one');
    await client.until('one');
    await server.drain(100);
    expect(await client.untilClosed()).not.toContain('0\r\n\r\n');
    await until(() => made.ended);
    expect(defects).toEqual([]);
  });
});
