import { type Events, subscribe } from '../../gateway/events';
import type { Plugin } from '../../gateway/plugins/plugin';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';
import { RawSocket } from '../fixtures/raw-socket';

const crash = () => {
  throw new Error('password=hunter2');
};

describe('what a client gets that is no answer of GraphQL', () => {
  let server: LocalServer;
  let told: Events['request.refused'][];
  let stop: () => void;

  async function start(...plugins: Plugin[]): Promise<void> {
    server = await startLocalServer({}, { plugins });
  }

  beforeEach(() => {
    told = [];
    stop = subscribe('request.refused', (event) => told.push(event));
  });
  afterEach(async () => {
    stop();
    await server.close();
  });

  it('is a problem of RFC 9457, and a line of the log has the id of the answer', async () => {
    await start();
    const response = await fetch(`${server.url}/nowhere?token=hunter2`);
    expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    expect(await response.json()).toEqual({
      type: 'about:blank',
      title: 'Not Found',
      status: 404,
      detail: 'nothing is served at /nowhere',
      code: 'NOT_FOUND',
    });
    const id = response.headers.get('x-request-id');
    expect(id).toMatch(/./);
    expect(told).toEqual([{ id, method: 'GET', path: '/nowhere', status: 404, code: 'NOT_FOUND' }]);
  });

  /** One failure of each kind that a client meets outside of GraphQL. */
  it.each<[string, (url: string) => Promise<Response>, number, string]>([
    ['OPTIONS of a path that is not there', (url) => fetch(`${url}/nowhere`, { method: 'OPTIONS' }), 404, 'NOT_FOUND'],
    ['HEAD is left without a body', (url) => fetch(`${url}/nowhere`, { method: 'HEAD' }), 404, ''],
    [
      'another method of a health check',
      (url) => fetch(`${url}/health/live`, { method: 'POST' }),
      405,
      'METHOD_NOT_ALLOWED',
    ],
    ['a file that GraphiQL has not', (url) => fetch(`${url}/graphiql/assets/nothing.js`), 404, 'NOT_FOUND'],
  ])('is a problem: %s', async (_what, ask, status, code) => {
    server = await startLocalServer({ graphiql: true });
    const response = await ask(server.url);
    expect([response.status, response.headers.get('content-type')]).toEqual([status, 'application/problem+json']);
    const text = await response.text();
    if (code === '') expect(text).toBe('');
    else expect(JSON.parse(text)).toMatchObject({ type: 'about:blank', status, code });
    expect(response.headers.get('x-request-id')).toMatch(/./);
  });

  it('names the methods that there are', async () => {
    await start();
    const response = await fetch(server.graphql, { method: 'DELETE' });
    const allow = 'POST, GET, HEAD, OPTIONS';
    expect([response.status, response.headers.get('allow')]).toEqual([405, allow]);
    expect(await response.json()).toMatchObject({ title: 'Method Not Allowed', details: { allow } });
    expect(told).toMatchObject([{ method: 'DELETE', path: '/graphql', status: 405, code: 'METHOD_NOT_ALLOWED' }]);
  });

  it('is announced of bytes that are no request, with the name in the answer', async () => {
    await start();
    const socket = await RawSocket.open(server.port);
    socket.send(`GET / HTTP/1.1\r\nhost: a\r\nx: ${'y'.repeat(20_000)}\r\n\r\n`);
    const answer = await socket.untilClosed();
    expect(answer).toMatch(/^HTTP\/1.1 431 .*content-type: application\/problem\+json\r\n.*"title":"Request Header/s);
    const id = /x-request-id: (\S+)\r\n/.exec(answer)?.[1];
    expect(told).toEqual([{ id, method: null, path: null, status: 431, code: 'BAD_REQUEST' }]);
  });

  it('says nothing of a defect but a name for it', async () => {
    await start({ name: 'crashes', http: () => crash });
    const response = await fetch(`${server.url}/health/live`);
    const body = await response.text();
    expect(body).not.toMatch(/hunter2|crashes/);
    const id = response.headers.get('x-request-id');
    expect(JSON.parse(body)).toMatchObject({ status: 500, code: 'INTERNAL', errorId: id });
    expect(told).toMatchObject([{ id, status: 500, code: 'INTERNAL' }]);
  });

  it('leaves the log short where a path is long', async () => {
    await start();
    await fetch(`${server.url}/${'a'.repeat(5_000)}`);
    expect(told[0]?.path?.length).toBe(257);
  });

  it('passes every plugin, as an answer', async () => {
    const seen: (readonly [string, number])[] = [];
    const sees = (name: string): Plugin => ({
      name,
      http: (next) => async (request) => {
        const answer = await next(request);
        seen.push([name, answer.status]);
        return { ...answer, headers: { ...answer.headers, 'x-seen': name } };
      },
    });
    await start(sees('outer'), sees('inner'), {
      name: 'crashes',
      http: (next) => (request) => (request.path === '/crash' ? crash() : next(request)),
    });
    const asked = [
      await fetch(`${server.url}/nowhere`),
      await fetch(server.graphql, { method: 'PATCH' }),
      await fetch(`${server.url}/crash`),
    ];
    expect(asked.map(({ status, headers }) => [status, headers.get('x-seen')])).toEqual([
      [404, 'outer'],
      [405, 'outer'],
      [500, 'outer'],
    ]);
    expect(seen).toEqual([404, 405, 500].flatMap((status) => [['inner', status] as const, ['outer', status] as const]));
    expect(told.map(({ status }) => status)).toEqual([404, 405, 500]);
  });
});
