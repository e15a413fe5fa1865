import { once } from 'node:events';
import { createServer } from 'node:net';
import { HeadgateError } from '../../gateway/errors';
import { subscribe } from '../../gateway/events';
import type { Guard } from '../../gateway/http/admin-guard';
import { jsonAnswer, type Route } from '../../gateway/http/route';
import { HttpServer, type HttpServerOptions } from '../../gateway/http/server';
import { httpStack } from '../../gateway/pipeline';
import { hold, letGo, until } from '../fixtures/held-time';
import { RawSocket } from '../fixtures/raw-socket';

/** What the route `/echo` was sent, since the server was started. */
let echoed: unknown[] = [];

const ROUTES: readonly Route[] = [
  {
    method: 'GET',
    path: '/plain',
    handle: () => ({ status: 200, headers: { 'content-type': 'text/plain' }, body: 'plain' }),
  },
  {
    method: 'GET',
    path: '/cookies',
    handle: () => ({ status: 200, headers: { 'set-cookie': ['a=1', 'b=2'] }, body: '' }),
  },
  { method: 'GET', path: '/choice', when: ({ query }) => query.has('first'), handle: () => jsonAnswer(200, 'first') },
  { method: 'GET', path: '/choice', handle: () => jsonAnswer(200, 'second') },
  { method: 'GET', path: '/graphs/:graph/:name', handle: ({ params }) => jsonAnswer(200, params) },
  { method: 'GET', path: '/files/*', handle: ({ params }) => jsonAnswer(200, params) },
  {
    method: 'POST',
    path: '/echo',
    handle: async (request) => {
      const value = await request.json();
      echoed.push(value);
      return jsonAnswer(200, value);
    },
  },
  { method: 'PUT', path: '/text', handle: async (request) => ({ status: 200, body: await request.text() }) },
  { method: 'POST', path: '/closed', handle: () => Promise.reject(new HeadgateError('UNAUTHORIZED', 'no')) },
  {
    method: 'GET',
    path: '/conflict',
    handle: () => {
      throw new HeadgateError('CONFLICT', 'revision 4 is not the head', { details: { head: 5 } });
    },
  },
  {
    method: 'GET',
    path: '/crash',
    handle: () => {
      throw new Error('password=hunter2');
    },
  },
  { method: 'GET', path: '/unsendable', handle: () => ({ status: 200, headers: { 'x-broken': 'a\nb' }, body: '' }) },
];

describe('the HTTP server', () => {
  let server: HttpServer;
  let url: string;
  let port: number;

  async function start(options: Partial<HttpServerOptions> = {}): Promise<void> {
    echoed = [];
    server = new HttpServer({
      name: 'server',
      listen: { host: '127.0.0.1', port: 0 },
      portRemedy: 'choose another with --port',
      way: httpStack(ROUTES, null, null),
      requestBytesMax: 1_000,
      requestTimeoutMs: 60_000,
      headersTimeoutMs: 60_000,
      ...options,
    });
    ({ url, port } = await server.listen());
  }

  afterEach(() => server.close());

  describe('routes', () => {
    beforeEach(() => start());

    it('answers with status, headers and body', async () => {
      const response = await fetch(`${url}/plain`);
      expect([response.status, response.headers.get('content-type'), await response.text()]).toEqual([
        200,
        'text/plain',
        'plain',
      ]);
    });

    it('sends repeated headers one by one', async () => {
      expect((await fetch(`${url}/cookies`)).headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    });

    it('takes the first entry that wants the request', async () => {
      expect(await (await fetch(`${url}/choice?first`)).json()).toBe('first');
      expect(await (await fetch(`${url}/choice`)).json()).toBe('second');
    });

    it('decodes parameters', async () => {
      expect(await (await fetch(`${url}/graphs/shop/a%2Fb%20%C3%A9`)).json()).toEqual({ graph: 'shop', name: 'a/b é' });
    });

    it('gives a wildcard the rest of the path', async () => {
      expect(await (await fetch(`${url}/files/a/b.js`)).json()).toEqual({ '*': 'a/b.js' });
    });

    it('refuses a parameter that is not encoded utf-8', async () => {
      expect((await fetch(`${url}/graphs/shop/%ff`)).status).toBe(400);
    });

    it('answers 404 with JSON where nothing is', async () => {
      const response = await fetch(`${url}/nowhere`);
      expect(response.status).toBe(404);
      expect(await response.json()).toMatchObject({
        error: { code: 'NOT_FOUND', message: 'nothing is served at /nowhere' },
      });
    });

    it('answers 405 with the methods that the path has', async () => {
      const response = await fetch(`${url}/plain`, { method: 'DELETE' });
      expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS']);
      expect(await response.json()).toMatchObject({ error: { code: 'METHOD_NOT_ALLOWED' } });
    });

    it('answers OPTIONS without allowing another origin', async () => {
      const response = await fetch(`${url}/echo`, { method: 'OPTIONS', headers: { origin: 'http://elsewhere.test' } });
      expect([response.status, response.headers.get('allow')]).toEqual([204, 'POST, OPTIONS']);
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    });

    it('answers HEAD like GET without the body', async () => {
      const response = await fetch(`${url}/plain`, { method: 'HEAD' });
      expect([response.status, response.headers.get('content-length'), await response.text()]).toEqual([200, '5', '']);
    });

    it('reads a request target in absolute form', async () => {
      const socket = await RawSocket.open(port);
      socket.send('GET http://ELSEWHERE.test/plain HTTP/1.1\r\nhost: elsewhere.test\r\nconnection: close\r\n\r\n');
      expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 200 .*plain$/s);
    });
  });

  describe('errors of handlers', () => {
    beforeEach(() => start());

    it('become JSON with code, message and details', async () => {
      const response = await fetch(`${url}/conflict`);
      expect(response.status).toBe(409);
      expect(await response.json()).toEqual({
        error: { code: 'CONFLICT', message: 'revision 4 is not the head', details: { head: 5 } },
      });
    });

    it('are kept from the client and announced when they have no code', async () => {
      const announced: unknown[] = [];
      const stop = subscribe('internal.error', (event) => announced.push(event));
      const response = await fetch(`${url}/crash`);
      stop();
      expect(response.status).toBe(500);
      expect(await response.json()).toEqual({ error: { code: 'INTERNAL', message: 'Internal server error' } });
      expect(announced).toMatchObject([{ where: 'GET /crash', error: new Error('password=hunter2') }]);
    });

    it('end the connection when the answer cannot be sent, and nothing else', async () => {
      await expect(fetch(`${url}/unsendable`)).rejects.toThrow();
      expect((await fetch(`${url}/plain`)).status).toBe(200);
    });
  });

  describe('bytes that are not HTTP', () => {
    beforeEach(() => start());

    it.each([
      ['no HTTP at all', 'hello\r\n\r\n', 400],
      ['a wrong content-length', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n', 400],
      [
        'two different content-lengths',
        'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n12',
        400,
      ],
      [
        'content-length beside chunks',
        'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
        400,
      ],
      [
        'a chunk size that is no number',
        'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n',
        400,
      ],
      ['a header line without a colon', 'GET /plain HTTP/1.1\r\nhost: x\r\nnonsense\r\n\r\n', 400],
      ['two hosts', 'GET /plain HTTP/1.1\r\nhost: x\r\nHost: y\r\n\r\n', 400],
      ['one host twice', 'GET /plain HTTP/1.1\r\nhost: x\r\nhost: x\r\n\r\n', 400],
      ['a host with user information', 'GET /plain HTTP/1.1\r\nhost: admin@x\r\n\r\n', 400],
      ['a list of hosts', 'GET /plain HTTP/1.1\r\nhost: x, y\r\n\r\n', 400],
      ['a host with a path', 'GET /plain HTTP/1.1\r\nhost: x/y\r\n\r\n', 400],
      ['a port that is no number', 'GET /plain HTTP/1.1\r\nhost: x:y\r\n\r\n', 400],
      ['a target of another host', 'GET http://y/plain HTTP/1.1\r\nhost: x\r\n\r\n', 400],
      ['a target of another port', 'GET http://x:81/plain HTTP/1.1\r\nhost: x:80\r\n\r\n', 400],
      ['a target with user information', 'GET http://a@x/plain HTTP/1.1\r\nhost: x\r\n\r\n', 400],
      [
        'a coding before chunks',
        'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n',
        400,
      ],
      [
        'chunks in HTTP/1.0',
        'POST /echo HTTP/1.0\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n1\r\n0\r\n\r\n',
        400,
      ],
      ['HTTP/2.0', 'GET /plain HTTP/2.0\r\nhost: x\r\n\r\n', 505],
      ['HTTP/0.9', 'GET /plain HTTP/0.9\r\nhost: x\r\n\r\n', 505],
      ['more headers than are kept', `GET /plain HTTP/1.1\r\nhost: x\r\n${'a:\r\n'.repeat(1_001)}\r\n`, 431],
      ['headers beyond the limit', `GET /plain HTTP/1.1\r\nhost: x\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
    ])('are answered with an error and the end of the connection: %s', async (_name, bytes, status) => {
      const socket = await RawSocket.open(port);
      socket.send(bytes);
      const answer = await socket.untilClosed();
      expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
      expect(answer.slice(answer.indexOf('\r\n\r\n') + 4)).toContain('"code":"BAD_REQUEST"');
    });

    it('do not cost the answers to the requests before them', async () => {
      const socket = await RawSocket.open(port);
      const whole = 'GET /plain HTTP/1.1\r\nhost: x\r\n\r\n';
      socket.send(`${whole}${whole}nonsense\r\n\r\n`);
      expect((await socket.untilClosed()).match(/HTTP\/1.1 200/g)).toHaveLength(2);
    });

    it.each(['host: x\r\nhost: y\r\n\r\n', 'host: x\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n'])(
      'let nothing that follows them happen: %j',
      async (doubtful) => {
        const socket = await RawSocket.open(port);
        const whole = (n: number) => `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n${n}`;
        socket.send(`${whole(1)}POST /echo HTTP/1.1\r\n${doubtful}${whole(2).repeat(50)}`);
        const answer = await socket.untilClosed();
        expect([echoed, answer.match(/HTTP\/1.1 200/g)?.length]).toEqual([[1], 1]);
      },
    );

    it.each(['x', 'x:80', '[::1]:4000', 'a-b.example.com', '', 'X.example:'])(
      'do not include the host %j',
      async (host) => {
        const socket = await RawSocket.open(port);
        socket.send(`GET /plain HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
        expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 200 .*plain$/s);
      },
    );

    it('do not disturb anybody else', async () => {
      const socket = await RawSocket.open(port);
      socket.send('\0\0\0\0');
      await socket.untilClosed();
      expect((await fetch(`${url}/plain`)).status).toBe(200);
    });
  });

  it('answers pipelined requests in order', async () => {
    await start();
    const socket = await RawSocket.open(port);
    const post = (n: number) => `POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\n\r\n${n}`;
    socket.send(`${post(1)}${post(2)}GET /plain HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`);
    const bodies = (await socket.untilClosed()).split(/\r\n\r\n/).slice(1);
    expect(bodies.map((body) => body.replace(/HTTP.*/s, ''))).toEqual(['1', '2', 'plain']);
  });

  describe('slow clients', () => {
    /** What is answered to the beginning of a request. Whom the server has not read a byte of by then is hung up on: again. */
    async function answerTo(beginning: string): Promise<string> {
      for (;;) {
        const socket = await RawSocket.open(port);
        socket.send(beginning);
        const answer = await socket.untilClosed();
        if (answer !== '') return answer;
      }
    }

    it('are refused when the headers take too long', async () => {
      await start({ headersTimeoutMs: 1_000 });
      expect(await answerTo('GET /plain HTTP/1.1\r\nhost: ')).toMatch(/^HTTP\/1.1 408 /);
    });

    it('are refused when the body takes too long', async () => {
      await start({ requestTimeoutMs: 1_000 });
      const answer = await answerTo('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{');
      expect(answer).toMatch(/^HTTP\/1.1 408 /);
      expect(answer).toContain('REQUEST_TIMEOUT');
    });

    it('are refused when the body stops', async () => {
      hold('setInterval', 'clearInterval');
      try {
        await start();
        const socket = await RawSocket.open(port);
        socket.send('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n[');
        await until(() => {
          jest.advanceTimersByTime(1_000);
          return socket.received !== '';
        });
        expect(await socket.until('seconds')).toMatch(
          /^HTTP\/1.1 408 .*REQUEST_TIMEOUT.*nothing of the request body arrived for 10 seconds/s,
        );
        socket.destroy();
      } finally {
        letGo();
      }
    });

    it('are hung up on when they connect and say nothing', async () => {
      await start({ headersTimeoutMs: 100 });
      expect(await (await RawSocket.open(port)).untilClosed()).toBe('');
    });
  });

  describe('bodies that are refused', () => {
    beforeEach(() => start());

    it('are answered before they are sent when their announced length is too large', async () => {
      const socket = await RawSocket.open(port);
      socket.send('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\n\r\n{');
      expect(await socket.until('REQUEST_TOO_LARGE')).toMatch(/^HTTP\/1.1 413 /);
      socket.destroy();
    });

    it('may go on after their answer, also when the client asked to close: it gets to read the answer', async () => {
      const socket = await RawSocket.open(port);
      socket.send('POST /echo HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 500000\r\n\r\n{');
      // The connection must be open still: what is sent to a closed one is answered by a reset.
      expect(await socket.until('REQUEST_TOO_LARGE')).toMatch(/connection: keep-alive/i);
      let closed = false;
      const end = socket.untilClosed().then(() => {
        closed = true;
      });
      for (let sent = 1; sent < 500_000; sent += 49_999) {
        await new Promise((resolve) => setImmediate(resolve));
        expect(closed).toBe(false);
        socket.send('x'.repeat(Math.min(49_999, 500_000 - sent)));
      }
      await end;
    });

    it('are not asked for when the client waits for 100 Continue', async () => {
      const socket = await RawSocket.open(port);
      socket.send('POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5000000\r\nexpect: 100-continue\r\n\r\n');
      const answer = await socket.untilClosed();
      expect(answer).toMatch(/^HTTP\/1.1 413 /);
      expect(answer).toContain('connection: close');
    });

    it('are hung up on when they go on for long', async () => {
      const socket = await RawSocket.open(port);
      socket.send('POST /closed HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1\r\n{\r\n');
      expect(await socket.untilClosed()).toMatch(/^HTTP\/1.1 401 /);
    });
  });

  it('asks for the body of a client that waits for 100 Continue', async () => {
    await start();
    const socket = await RawSocket.open(port);
    socket.send(
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\nexpect: 100-continue\r\nconnection: close\r\n\r\n',
    );
    expect(await socket.until('\r\n\r\n')).toMatch(/^HTTP\/1.1 100 /);
    socket.send('42');
    expect(await socket.untilClosed()).toMatch(/HTTP\/1.1 200 .*42$/s);
  });

  it('names the port and the flag when the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const taken = (other.address() as { port: number }).port;
    await expect(start({ listen: { host: '127.0.0.1', port: taken } })).rejects.toMatchObject({
      code: 'PORT_IN_USE',
      message: `port ${taken} on 127.0.0.1 is taken: choose another with --port`,
    });
    other.close();
  });

  it('refuses before the route what the guard refuses', async () => {
    const guard: Guard = ({ path }) => {
      if (path !== '/plain') throw new HeadgateError('FORBIDDEN', 'not you');
      return null;
    };
    await start({ way: httpStack(ROUTES, guard, null) });
    expect((await fetch(`${url}/choice`)).status).toBe(403);
    expect((await fetch(`${url}/plain`)).status).toBe(200);
  });
});
