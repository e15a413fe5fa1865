import { createHealth } from '../../../gateway/http/health';
import type { Listener } from '../../../gateway/http/listener';
import { instanceRoutes } from '../../../gateway/http/routes/registry-instances';
import { createAdminListener } from '../../../gateway/listeners/admin';
import { LeaseBook } from '../../../gateway/registry/leases';

const PRODUCTS = '/registry/graphs/default/subgraphs/products/instances';
let leases: LeaseBook;
let listener: Listener;
let url: string;

beforeEach(async () => {
  const pools: Record<string, string> = { products: 'registry', 'inventory/api': 'registry', reviews: 'dns' };
  leases = new LeaseBook({ discoveryOf: (pool) => pools[pool] ?? null, isWell: () => true });
  listener = createAdminListener({
    options: { listen: { host: '127.0.0.1', port: 0 }, token: null, requestBytesMax: 100_000 },
    health: createHealth(() => true),
    routes: instanceRoutes(leases),
  });
  url = (await listener.listen()).url;
});

afterEach(async () => {
  await listener.close();
  leases.close();
});

async function call(method: string, path: string, body?: unknown) {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method, ...(text !== undefined && { body: text }) });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const ONE = { url: 'http://10.0.0.1:4001/graphql', weight: 2, zone: 'eu-1', tags: { version: 'v2' }, ttl: '20s' };

describe('…/subgraphs/:name/instances', () => {
  it('registers an instance, renews it, lists it, and lets it leave', async () => {
    const before = Date.now();
    const { status, body } = await call('PUT', `${PRODUCTS}/pod-1`, ONE);
    expect(status).toBe(201);
    expect(body).toMatchObject({ id: 'pod-1', ...ONE, ttl: '20000ms', instance_was_created: true, kept: false });
    expect(Date.parse(String(body.expires_at))).toBeGreaterThan(before);
    expect(await call('PUT', `${PRODUCTS}/pod-1`)).toMatchObject({ status: 200, body: { weight: 2 } });
    expect(await call('GET', PRODUCTS)).toMatchObject({ status: 200, body: { instances: [{ id: 'pod-1' }] } });
    expect(await call('DELETE', `${PRODUCTS}/pod-1`)).toMatchObject({
      status: 200,
      body: { instance_was_deleted: true },
    });
    expect(await call('DELETE', `${PRODUCTS}/pod-1`)).toMatchObject({
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    });
  });

  it.each([
    [{ tags: ['v2'] }, /tags is \["v2"\]; give an object such as/],
    [{ tags: { version: 2 } }, /the tag version is 2; give a string/],
    [{ tags: { version: 'a b' } }, /the tag version is "a b": 1 to 63 letters/],
    [{ tags: { '2': 'a' } }, /"2" is no name of a tag: a letter/],
    [
      { tags: Object.fromEntries(Array.from({ length: 33 }, (_, at) => [`t${at}`, 'a'])) },
      /33 tags are given; at most 32/,
    ],
  ])('refuses tags in another form: %j', async (given, message) => {
    const { status, body } = await call('PUT', `${PRODUCTS}/pod-1`, { ...ONE, ...given });
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: { code: 'INVALID_ARGUMENT', message: expect.stringMatching(message) } });
  });

  it('takes a source of a REST subgraph', async () => {
    const path = '/registry/graphs/default/subgraphs/inventory/instances/pod-1?source=api';
    expect((await call('PUT', path, { url: 'http://10.0.0.1:4010', ttl: 20 })).status).toBe(201);
    expect(leases.list('inventory/api')).toMatchObject([{ id: 'pod-1', ttlMs: 20_000 }]);
  });

  it.each([
    ['PUT', '/registry/graphs/other/subgraphs/products/instances/a', ONE, 404, 'NOT_FOUND', 'no graph other'],
    ['PUT', '/registry/graphs/default/subgraphs/nope/instances/a', ONE, 404, 'NOT_FOUND', 'no subgraph nope'],
    ['PUT', '/registry/graphs/default/subgraphs/reviews/instances/a', ONE, 400, 'INVALID_ARGUMENT', 'registry: true'],
    ['PUT', `${PRODUCTS}/a`, 'nonsense', 400, 'INVALID_ARGUMENT', 'not JSON'],
    ['PUT', `${PRODUCTS}/a`, [], 400, 'INVALID_ARGUMENT', 'not an object'],
    ['PUT', `${PRODUCTS}/a`, { ...ONE, wieght: 1 }, 400, 'INVALID_ARGUMENT', '"wieght"'],
    ['PUT', `${PRODUCTS}/a`, { ...ONE, ttl: 'soon' }, 400, 'INVALID_ARGUMENT', 'ttl is "soon"'],
    ['PUT', `${PRODUCTS}/a`, { ...ONE, weight: '2' }, 400, 'INVALID_ARGUMENT', 'give a number'],
    ['PUT', `${PRODUCTS}/a`, undefined, 400, 'INVALID_ARGUMENT', 'send its url'],
    ['PUT', `${PRODUCTS}/a?tll=5`, ONE, 400, 'INVALID_ARGUMENT', '"tll"'],
    ['GET', '/registry/graphs/default/subgraphs/nope/instances', undefined, 404, 'NOT_FOUND', 'no subgraph nope'],
  ])('answers %s %s %j with %i', async (method, path, body, status, code, message) => {
    expect(await call(method, path, body)).toMatchObject({
      status,
      body: { error: { code, message: expect.stringContaining(message) } },
    });
  });
});
