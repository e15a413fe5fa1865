import { request as ask } from 'node:http';
import type { CorsPolicy } from '../../../gateway/http/browsers/options';
import { BROWSER_OPTIONS, type LocalServer, startLocalServer } from '../../fixtures/local-server';

const APP = 'https://app.example.com';
const NOBODY = 'https://elsewhere.example';
const POLICY: CorsPolicy = {
  origins: [APP],
  matchOrigins: [],
  allowCredentials: false,
  allowHeaders: [],
  exposeHeaders: [],
  methods: ['GET', 'POST'],
  maxAgeMs: null,
};
const ANY = { allowHeaders: [], exposeHeaders: [], methods: ['POST'], maxAgeMs: null };

type Answered = Readonly<Record<string, string | number | undefined>>;

describe('answers to pages of other origins', () => {
  let server: LocalServer;
  afterEach(() => server.close());

  async function start(policies: readonly Partial<CorsPolicy>[], anyOrigin: typeof ANY | null = null, more = {}) {
    const cors = { policies: policies.map((policy) => ({ ...POLICY, ...policy })), anyOrigin };
    server = await startLocalServer({}, { browsers: { ...BROWSER_OPTIONS, cors }, ...more });
  }

  /** What fetch() of Node would not send. */
  function send(method: string, headers: Record<string, string>, body = '', path = '/graphql'): Promise<Answered> {
    return new Promise((resolve, reject) => {
      const request = ask({ host: '127.0.0.1', port: server.port, path, method, headers }, (response) => {
        response.resume().on('end', () => {
          const told = Object.entries(response.headers).filter(([name]) => /^(access-control|vary)/.test(name));
          resolve({
            status: response.statusCode,
            ...Object.fromEntries(told.map(([name, value]) => [name, String(value)])),
          });
        });
      });
      request.on('error', reject);
      request.end(body);
    });
  }
  const query = (origin?: string, more: Record<string, string> = {}) =>
    send(
      'POST',
      { 'content-type': 'application/json', ...(origin !== undefined && { origin }), ...more },
      '{"query":"{ hello }"}',
    );
  const preflight = (origin: string, more: Record<string, string> = {}, path?: string) =>
    send('OPTIONS', { origin, 'access-control-request-method': 'POST', ...more }, '', path);

  it('say nothing of origins without policies', async () => {
    server = await startLocalServer();
    expect(await query(APP)).toEqual({ status: 200 });
    expect(await preflight(APP)).toEqual({ status: 204 });
  });

  it('name an origin that a policy names, and no other', async () => {
    await start([{}]);
    expect(await query(APP)).toEqual({ status: 200, vary: 'origin', 'access-control-allow-origin': APP });
    for (const origin of [
      NOBODY,
      'null',
      `${APP}.evil.example`,
      `${APP}:8443`,
      'http://app.example.com',
      `${APP}, ${APP}`,
      '*',
      undefined,
    ])
      expect(await query(origin)).toEqual({ status: 200, vary: 'origin' });
  });

  it('name an origin that has none only where a policy does', async () => {
    await start([{ origins: ['null'] }], ANY);
    expect(await query('null')).toMatchObject({ 'access-control-allow-origin': 'null' });
    await server.close();
    await start([{ matchOrigins: ['.*'] }], ANY);
    expect(await query('null')).toEqual({ status: 200, vary: 'origin' });
  });

  it('allow credentials to whom a policy allows them, and never with *', async () => {
    await start([{ allowCredentials: true }], ANY);
    expect(await query(APP)).toMatchObject({
      'access-control-allow-origin': APP,
      'access-control-allow-credentials': 'true',
    });
    expect(await query(NOBODY)).toEqual({ status: 200, vary: 'origin', 'access-control-allow-origin': '*' });
    expect(await preflight(NOBODY)).toMatchObject({
      'access-control-allow-origin': '*',
      'access-control-allow-methods': 'POST',
    });
    expect(await preflight(NOBODY)).not.toHaveProperty('access-control-allow-credentials');
  });

  it('take the first policy that fits, and an origin that is written down before patterns', async () => {
    await start([
      {
        origins: [],
        matchOrigins: ['https://[a-z]+\\.example\\.com', 'https://other\\.example'],
        exposeHeaders: ['x-pattern'],
      },
      { origins: ['https://other.example'], matchOrigins: ['.*'], exposeHeaders: ['x-exact'] },
      { origins: ['https://other.example'], exposeHeaders: ['x-late'] },
    ]);
    const exposed = async (origin: string) => (await query(origin))['access-control-expose-headers'];
    expect(await exposed(APP)).toBe('x-pattern');
    expect(await exposed('https://other.example')).toBe('x-exact');
    expect(await exposed(NOBODY)).toBe('x-exact');
  });

  it('anchor patterns at both ends', async () => {
    await start([{ origins: [], matchOrigins: ['https://app\\.example\\.com|https://b\\.example'] }]);
    for (const origin of [`${APP}.evil.example`, `${APP}\u00a0`, `x${APP}`, 'https://b.example.evil', `${APP}|`])
      expect(await query(origin)).toEqual({ status: 200, vary: 'origin' });
    expect(await query('https://b.example')).toMatchObject({ 'access-control-allow-origin': 'https://b.example' });
  });

  it('tell a page what its request failed with', async () => {
    await start([{}]);
    const refused = { vary: 'origin', 'access-control-allow-origin': APP };
    expect(await send('GET', { origin: APP }, '', '/nowhere')).toEqual({ status: 404, ...refused });
    expect(await query(APP, { 'content-type': 'text/plain' })).toEqual({ status: 415, ...refused });
    expect(await query(APP, { accept: 'image/png' })).toEqual({ status: 406, ...refused });
  });

  describe('to a preflight', () => {
    it('say what a policy allows', async () => {
      await start([{ allowHeaders: ['authorization', 'x-tenant'], methods: ['GET', 'POST'], maxAgeMs: 3_600_500 }]);
      expect(await preflight(APP, { 'access-control-request-headers': 'x-other' })).toEqual({
        status: 204,
        'access-control-allow-origin': APP,
        'access-control-allow-methods': 'GET, POST',
        'access-control-allow-headers': 'authorization, x-tenant',
        'access-control-max-age': '3600',
        vary: 'origin, access-control-request-method, access-control-request-headers',
      });
    });

    it('allow the headers that are asked for where a policy lists none', async () => {
      await start([{}]);
      const asked = async (names: string) =>
        (await preflight(APP, { 'access-control-request-headers': names }))['access-control-allow-headers'];
      expect(await asked('content-type,x-a')).toBe('content-type,x-a');
      expect(await asked('a;b')).toBeUndefined();
      expect(await asked(',')).toBeUndefined();
    });

    it('refuse an origin that no policy names', async () => {
      await start([{}]);
      const vary = 'origin, access-control-request-method, access-control-request-headers';
      for (const origin of [NOBODY, 'null']) expect(await preflight(origin)).toEqual({ status: 403, vary });
    });

    it('come in front of plugins, credentials and limits', async () => {
      const seen: string[] = [];
      const plugin = {
        name: 'door',
        http: () => (call: { readonly method: string }) => {
          seen.push(call.method);
          return { status: 401 };
        },
      };
      await start([{}], null, { plugins: [plugin], concurrencyMax: 0, ready: false });
      expect(await preflight(APP)).toMatchObject({ status: 204, 'access-control-allow-origin': APP });
      expect(seen).toEqual([]);
      expect(await query(APP)).toMatchObject({ status: 401, 'access-control-allow-origin': APP });
      expect(seen).toEqual(['POST']);
    });

    it('are those of the path to an OPTIONS that is none', async () => {
      await start([{}]);
      expect(await send('OPTIONS', { origin: APP })).toMatchObject({ status: 204, 'access-control-allow-origin': APP });
    });
  });

  it('follow another configuration at once', async () => {
    await start([{}]);
    server.listener.update({
      ...BROWSER_OPTIONS,
      cors: { policies: [{ ...POLICY, origins: [NOBODY] }], anyOrigin: null },
    });
    expect(await query(APP)).toEqual({ status: 200, vary: 'origin' });
    expect(await query(NOBODY)).toMatchObject({ 'access-control-allow-origin': NOBODY });
    server.listener.update(BROWSER_OPTIONS);
    expect(await query(NOBODY)).toEqual({ status: 200 });
  });
});
