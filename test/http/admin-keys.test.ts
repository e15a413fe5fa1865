import { createHash } from 'node:crypto';
import type { AdminKey } from '../../gateway/http/admin-keys';
import { createHealth } from '../../gateway/http/health';
import type { Listener } from '../../gateway/http/listener';
import { jsonAnswer, type Route, type RouteRequest } from '../../gateway/http/route';
import { authorshipOf } from '../../gateway/http/routes/registry-parameters';
import { createAdminListener } from '../../gateway/listeners/admin';

const SUBGRAPHS = '/registry/graphs/default/subgraphs';

function key(name: string, scopes: readonly string[], expiresAtMs: number | null = null): AdminKey {
  return { name, sha256: createHash('sha256').update(`secret-${name}`).digest('hex'), scopes, expiresAtMs };
}

const KEYS = [
  key('reader', ['read']),
  key('checker', ['check']),
  key('team', ['publish:default/team-*']),
  key('frontend', ['operations']),
  key('both', ['read', 'publish:*/shop']),
  key('operator', ['admin']),
  key('old', ['admin'], Date.parse('2020-01-01T00:00:00Z')),
  key('new', ['read'], Date.parse('2999-01-01T00:00:00Z')),
];

/** What the routes of the listener are, as far as a guard can tell. */
function routes(): readonly Route[] {
  const handle = (request: RouteRequest) => jsonAnswer(200, authorshipOf(request).actor);
  const methods = ['GET', 'POST', 'PUT', 'DELETE'] as const;
  return methods.map((method) => ({ method, path: '/*', handle }));
}

describe('keys of the admin listener', () => {
  let listener: Listener;
  let url: string;

  async function start(token: string | null, keys: readonly AdminKey[]): Promise<void> {
    listener = createAdminListener({
      options: { listen: { host: '127.0.0.1', port: 0 }, token, keys, requestBytesMax: 1_000 },
      health: createHealth(() => true),
      routes: routes(),
    });
    ({ url } = await listener.listen());
  }

  beforeEach(() => start('the-token', KEYS));
  afterEach(() => listener.close());

  async function asked(bearer: string | null, method: string, path: string) {
    const headers = bearer === null ? {} : { authorization: `Bearer ${bearer}` };
    const response = await fetch(`${url}${path}`, { method, headers });
    return { status: response.status, body: await response.json() };
  }

  it.each([
    ['reader', 'GET', '/pools', 200],
    ['reader', 'GET', `${SUBGRAPHS}/team-a`, 200],
    ['reader', 'PUT', `${SUBGRAPHS}/team-a`, 403],
    ['reader', 'POST', '/pools/shop/instances/a:1/drain', 403],
    ['reader', 'POST', `${SUBGRAPHS}/team-a/check`, 403],
    ['checker', 'POST', `${SUBGRAPHS}/shop/check`, 200],
    ['checker', 'PUT', `${SUBGRAPHS}/shop`, 403],
    ['checker', 'GET', '/pools', 403],
    ['team', 'PUT', `${SUBGRAPHS}/team-a`, 200],
    ['team', 'PUT', `${SUBGRAPHS}/%74eam-a`, 200],
    ['team', 'DELETE', `${SUBGRAPHS}/team-b`, 200],
    ['team', 'POST', `${SUBGRAPHS}/team-a/check`, 200],
    ['team', 'PUT', `${SUBGRAPHS}/team-a/instances/pod-1`, 200],
    ['team', 'PUT', `${SUBGRAPHS}/shop`, 403],
    ['team', 'PUT', `${SUBGRAPHS}/my-team-a`, 403],
    ['team', 'PUT', '/registry/graphs/other/subgraphs/team-a', 403],
    ['team', 'PUT', `${SUBGRAPHS}/team-a/unknown`, 403],
    ['team', 'PUT', `${SUBGRAPHS}/%E0%A4%A`, 403],
    ['team', 'POST', '/registry/graphs/default/rollback', 403],
    ['team', 'GET', '/pools', 403],
    ['both', 'PUT', '/registry/graphs/any/subgraphs/shop', 200],
    ['both', 'GET', '/metrics', 200],
    ['frontend', 'PUT', '/registry/graphs/default/operations', 200],
    ['frontend', 'DELETE', '/registry/graphs/default/operations', 200],
    ['frontend', 'PUT', `${SUBGRAPHS}/operations`, 403],
    ['team', 'PUT', '/registry/graphs/default/operations', 403],
    ['operator', 'POST', '/pools/shop/instances/a:1/eject', 200],
    ['operator', 'PUT', '/pools/shop/instances/a:1/weight', 200],
    ['operator', 'POST', '/registry/graphs/default/rollback', 200],
    ['old', 'GET', '/pools', 401],
    ['new', 'GET', '/pools', 200],
  ])('let %s %s %s or not: %d', async (name, method, path, status) => {
    expect((await asked(`secret-${name}`, method, path)).status).toBe(status);
  });

  it('are named as the actor, and by the refusal with the scope that is missing', async () => {
    expect((await asked('secret-operator', 'POST', '/anything')).body).toBe('key operator');
    expect((await asked('the-token', 'POST', '/anything')).body).toBe('token');
    expect((await asked('secret-team', 'PUT', `${SUBGRAPHS}/shop`)).body).toMatchObject({
      error: {
        code: 'FORBIDDEN',
        message: 'the key team may publish:default/team-*; this call needs the scope publish:default/shop',
      },
    });
  });

  it.each([null, 'secret-nobody', 'secret'])('refuse callers with %s', async (bearer) => {
    expect((await asked(bearer, 'GET', '/pools')).status).toBe(401);
  });

  it('are asked for on this machine as well, also without a token', async () => {
    await listener.close();
    await start(null, KEYS);
    expect((await asked(null, 'GET', '/pools')).status).toBe(401);
    expect((await asked('the-token', 'GET', '/pools')).status).toBe(401);
    expect((await asked('secret-reader', 'GET', '/pools')).status).toBe(200);
    expect((await fetch(`${url}/health/live`)).status).toBe(200);
  });
});
