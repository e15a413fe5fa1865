import { request } from 'node:http';
import { createHealth } from '../../gateway/http/health';
import type { Listener } from '../../gateway/http/listener';
import { jsonAnswer, type Route } from '../../gateway/http/route';
import { poolRoutes } from '../../gateway/http/routes/pools';
import { createAdminListener } from '../../gateway/listeners/admin';
import type { InstanceView, PoolView } from '../../gateway/pool/pool';

const INSTANCE: InstanceView = {
  id: '127.0.0.1:4001',
  url: 'http://127.0.0.1:4001/graphql',
  state: 'healthy',
  reason: 'answers',
  weight: 3,
  tier: 'primary',
  zone: null,
  inFlight: 2,
};

const POOL: PoolView = { name: 'products', policy: 'round-robin', instances: [INSTANCE] };

const WRITE: Route = { method: 'POST', path: '/write', handle: async (call) => jsonAnswer(200, await call.text()) };

describe('the admin listener', () => {
  let listener: Listener;
  let url: string;
  let port: number;

  async function start(token: string | null): Promise<void> {
    listener = createAdminListener({
      options: { listen: { host: '127.0.0.1', port: 0 }, token, requestBytesMax: 1_000 },
      health: createHealth(() => true),
      routes: [...poolRoutes(() => [POOL]), WRITE],
    });
    ({ url, port } = await listener.listen());
  }

  /** fetch() does not let a caller choose these headers. */
  function status(headers: Record<string, string>, path = '/pools', method = 'GET'): Promise<number> {
    return new Promise((resolve, reject) => {
      const sent = request({ port, path, method, headers, agent: false }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.once('error', reject);
      sent.end();
    });
  }

  afterEach(() => listener?.close());

  it('shows the pools', async () => {
    await start(null);
    expect(await (await fetch(`${url}/pools`)).json()).toEqual({ pools: [POOL] });
  });

  it('answers the routes that it is given', async () => {
    await start(null);
    expect(await (await fetch(`${url}/write`, { method: 'POST', body: 'sdl' })).json()).toBe('sdl');
  });

  describe('with a token', () => {
    beforeEach(() => start('correct horse'.replace(' ', '-')));

    it.each([
      ['no header', {}, 401],
      ['another token', { authorization: 'Bearer wrong' }, 401],
      ['another scheme', { authorization: 'Basic correct-horse' }, 401],
      ['a longer token', { authorization: 'Bearer correct-horse-battery' }, 401],
      ['the token', { authorization: 'Bearer correct-horse' }, 200],
      ['the scheme in lower case', { authorization: 'bearer correct-horse' }, 200],
      ['a host name of the network', { authorization: 'Bearer correct-horse', host: 'gateway.internal' }, 200],
    ])('answers %s with %#', async (_name, headers, expected) => {
      expect(await status(headers)).toBe(expected);
    });

    it('says how to authenticate', async () => {
      const response = await fetch(`${url}/pools`);
      expect(response.headers.get('www-authenticate')).toBe('Bearer');
      expect(await response.json()).toMatchObject({ error: { code: 'UNAUTHORIZED' } });
    });

    it('answers health checks without it', async () => {
      expect(await status({}, '/health/ready')).toBe(200);
    });
  });

  describe('without a token', () => {
    beforeEach(() => start(null));

    it.each([
      ['a command line on this machine', {}, 200],
      ['localhost by name', { host: 'localhost:4400' }, 200],
      [
        'a page of its own',
        { host: '127.0.0.1:1', origin: 'http://127.0.0.1:1', 'sec-fetch-site': 'same-origin' },
        200,
      ],
      ['a rebound name', { host: 'evil.test:4400' }, 403],
      ['a page of another origin', { origin: 'http://evil.test' }, 403],
      ['a page of another port of this machine', { host: '127.0.0.1:4400', origin: 'http://127.0.0.1:3000' }, 403],
      ['a sandboxed page', { origin: 'null' }, 403],
      ['an image on another page', { 'sec-fetch-site': 'cross-site' }, 403],
    ])('answers %s with %#', async (_name, headers, expected) => {
      expect(await status(headers)).toBe(expected);
      expect(await status(headers, '/write', 'POST')).toBe(expected);
    });
  });

  it.each([
    ['application/problem+json', true],
    ['application/problem+json, application/json;q=0.5', true],
    ['application/json, application/problem+json;q=0.5', false],
    ['application/problem+json;q=0', false],
    ['*/*', false],
  ])('answers failures to accept: %s with a problem: %s', async (accept, isProblem) => {
    await start('correct-horse');
    const get = (path: string, headers: Record<string, string> = {}) =>
      fetch(`${url}${path}`, { headers: { accept, ...headers } });
    const authorization = 'Bearer correct-horse';
    for (const [path, headers, code, title] of [
      ['/pools', {}, 'UNAUTHORIZED', 'Unauthorized'],
      ['/nowhere', { authorization }, 'NOT_FOUND', 'Not Found'],
      ['/write', { authorization }, 'METHOD_NOT_ALLOWED', 'Method Not Allowed'],
    ] as const) {
      const response = await get(path, headers);
      const body = await response.json();
      if (isProblem) expect(body).toMatchObject({ type: 'about:blank', title, status: response.status, code });
      else expect(body).toMatchObject({ error: { code } });
      const type = isProblem ? 'application/problem+json' : 'application/json; charset=utf-8';
      expect(response.headers.get('content-type')).toBe(type);
    }
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', 'gateway.internal'])('refuses to be open on %s without a token', (host) => {
    const create = () =>
      createAdminListener({
        options: { listen: { host, port: 4400 }, token: null, requestBytesMax: 1_000 },
        health: createHealth(() => true),
        routes: [],
      });
    expect(create).toThrow('set admin.token (HEADGATE_ADMIN_TOKEN), or listen on 127.0.0.1');
  });

  it('closes after draining', async () => {
    await start(null);
    await listener.drain(200);
    await expect(fetch(url)).rejects.toThrow();
  });
});
