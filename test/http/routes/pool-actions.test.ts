import { subscribe } from '../../../gateway/events';
import { createHealth } from '../../../gateway/http/health';
import type { Listener } from '../../../gateway/http/listener';
import { poolActionRoutes } from '../../../gateway/http/routes/pool-actions';
import { poolRoutes } from '../../../gateway/http/routes/pools';
import { createAdminListener } from '../../../gateway/listeners/admin';
import { createPools, type Pools } from '../../../gateway/transport/pools';
import { instance, poolOptions, query } from '../../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';

let servers: readonly ScriptedServer[];
let pools: Pools;
let listener: Listener;
let url: string;

beforeEach(async () => {
  const answer = answerJson({ data: {} });
  servers = await Promise.all([startScriptedServer(answer), startScriptedServer(answer)]);
  pools = createPools();
  const instances = servers.map((server) => instance(server.url));
  pools.sync([poolOptions(instances, { name: 'products' }), poolOptions(instances, { name: 'inventory/api' })]);
  listener = createAdminListener({
    options: { listen: { host: '127.0.0.1', port: 0 }, token: null, requestBytesMax: 10_000 },
    health: createHealth(() => true),
    routes: [...poolRoutes(() => pools.views()), ...poolActionRoutes(pools)],
  });
  ({ url } = await listener.listen());
});

afterEach(async () => {
  await listener.close();
  await pools.close(0);
  await Promise.all(servers.map((server) => server.kill()));
});

const idOf = (index: number) => `127.0.0.1:${servers[index]?.port}`;

interface Called {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

async function call(method: string, path: string, body?: unknown): Promise<Called> {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const response = await fetch(`${url}${path}`, { method, ...(text === undefined ? {} : { body: text }) });
  // Every answer of these routes is an object.
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const steer = (action: string, body?: unknown, pool = 'products', id = idOf(0)) => {
  const path = `/pools/${encodeURIComponent(pool)}/instances/${encodeURIComponent(id)}/${action}`;
  return call(action === 'weight' ? 'PUT' : 'POST', path, body);
};

/** Which of the two servers answer ten queries. */
async function askedServers(pool = 'products'): Promise<readonly boolean[]> {
  const before = servers.map((server) => server.received.length);
  for (let sent = 0; sent < 10; sent += 1) await pools.get(pool).request(query());
  return servers.map((server, index) => server.received.length > (before[index] ?? 0));
}

describe('steering instances over the admin API', () => {
  it('says so when the last instance that may be asked is drained', async () => {
    const said: string[] = [];
    const stop = subscribe('pool.deserted', ({ message }) => said.push(message));
    expect((await steer('drain')).body).not.toHaveProperty('warning');
    expect((await steer('drain')).body).not.toHaveProperty('warning');
    const last = await steer('drain', undefined, 'products', idOf(1));
    stop();
    const warning = `${idOf(1)} is the last instance of products that may be asked (${idOf(0)} is draining): its queries fail while it is drained`;
    expect(last).toMatchObject({ status: 200, body: { instance: { state: 'draining' }, warning } });
    expect(said).toEqual([warning]);
    expect((await steer('resume', undefined, 'products', idOf(1))).body).not.toHaveProperty('warning');
  });

  it('drains an instance at once, and resumes it', async () => {
    const drained = await steer('drain', { ttl: '10m', reason: 'kernel update' });
    expect(drained).toMatchObject({
      status: 200,
      body: {
        pool: 'products',
        action: 'drain',
        actor: 'loopback',
        reason: 'kernel update',
        ttl_ms: 600_000,
        instance: { id: idOf(0), state: 'draining', reason: expect.stringContaining('kernel update') },
      },
    });
    expect(await askedServers()).toEqual([false, true]);
    expect(await steer('resume')).toMatchObject({ status: 200, body: { action: 'resume', ttl_ms: null } });
    expect(await askedServers()).toEqual([true, true]);
  });

  it('steers one pool only', async () => {
    await steer('drain', undefined, 'inventory/api');
    expect(await askedServers()).toEqual([true, true]);
    expect(await askedServers('inventory/api')).toEqual([false, true]);
  });

  it('ejects an instance', async () => {
    expect((await steer('eject')).body.instance).toMatchObject({ state: 'ejected' });
    expect(await askedServers()).toEqual([false, true]);
  });

  it('gives an instance another weight', async () => {
    const { status, body } = await steer('weight', { weight: 4, ttl: '1h', reason: 'new machine' });
    expect(status).toBe(200);
    expect(body.instance).toMatchObject({ weight: 4 });
    const before = servers.map((server) => server.received.length);
    for (let sent = 0; sent < 10; sent += 1) await pools.get('products').request(query());
    expect(servers.map((server, index) => server.received.length - (before[index] ?? 0))).toEqual([8, 2]);
  });

  it.each([
    [undefined, 3_600_000],
    [{ ttl: null }, null],
    [{ ttl: '90s' }, 90_000],
    [{ ttl: '1.5h' }, 5_400_000],
  ])('with the body %j holds for %p ms', async (body, ttlMs) => {
    expect((await steer('drain', body)).body.ttl_ms).toBe(ttlMs);
  });

  it('ends by itself when its time is over', async () => {
    await steer('drain', { ttl: '1ms' });
    const over = performance.now() + 5;
    while (performance.now() < over) await new Promise((resolve) => setImmediate(resolve));
    expect(await askedServers()).toEqual([true, true]);
  });

  it('announces who asked for what and why', async () => {
    const heard: unknown[] = [];
    const stop = subscribe('instance.overridden', (event) => heard.push(event));
    await steer('weight', { weight: 2, reason: 'try it' });
    stop();
    const asked = { pool: 'products', instance: idOf(0), actor: 'loopback', reason: 'try it', ttlMs: 3_600_000 };
    expect(heard).toEqual([{ ...asked, action: 'weight', weight: 2 }]);
  });
});

describe('what cannot be done', () => {
  it('names the pools that there are', async () => {
    const refused = await steer('drain', undefined, 'product');
    expect(refused.status).toBe(404);
    const message = 'there is no pool "product"; known: products, inventory/api';
    expect(refused.body.error).toMatchObject({ code: 'NOT_FOUND', message });
  });

  it('names the instances that there are', async () => {
    const refused = await steer('drain', undefined, 'products', 'nowhere:1');
    expect(refused.status).toBe(404);
    const message = `pool products has no instance "nowhere:1"; known: ${idOf(0)}, ${idOf(1)}`;
    expect(refused.body.error).toMatchObject({ code: 'NOT_FOUND', message });
  });

  it.each([
    ['drain', { ttl: '10' }, 'ttl is "10"'],
    ['drain', { ttl: 10 }, 'ttl is 10'],
    ['drain', { ttl: '31d' }, 'at most 30d'],
    ['drain', { ttl: '0s' }, 'ttl is "0s"'],
    ['drain', { reason: 'a\nb' }, 'one line'],
    ['drain', { reason: 'x'.repeat(201) }, 'at most 200 characters'],
    ['drain', { why: 'x' }, 'there is no key "why"; this call takes ttl, reason'],
    ['drain', [], 'not an object'],
    ['resume', { ttl: '1h' }, 'this call takes reason'],
    ['weight', {}, 'weight is missing'],
    ['weight', { weight: 0 }, 'drain it'],
    ['weight', { weight: -1 }, 'weight is -1'],
    ['weight', { weight: '2' }, 'weight is "2"'],
    ['weight', { weight: 1e9 }, 'at most 1000000'],
  ])('answers 400 to %s with %j', async (action, body, message) => {
    const refused = await steer(action, body);
    expect(refused.status).toBe(400);
    expect(refused.body.error).toMatchObject({ code: 'INVALID_ARGUMENT', message: expect.stringContaining(message) });
  });

  it('answers 400 to a body that is no JSON', async () => {
    expect(await steer('drain', '{')).toMatchObject({ status: 400, body: { error: { code: 'INVALID_ARGUMENT' } } });
  });

  it('answers 405 to another method', async () => {
    expect((await call('GET', `/pools/products/instances/${encodeURIComponent(idOf(0))}/drain`)).status).toBe(405);
  });
});

describe('explaining the choices of a pool', () => {
  it('shows the last ones, oldest first', async () => {
    await askedServers('inventory/api');
    const { status, body } = await call('GET', `/pools/${encodeURIComponent('inventory/api')}/explain`);
    expect(status).toBe(200);
    expect(body).toMatchObject({ pool: 'inventory/api', policy: 'round-robin' });
    // The form is the pool room's Choice.
    const choices = body.choices as { at: number; chosen: string; reason: string }[];
    expect(choices).toHaveLength(10);
    expect(new Set(choices.map(({ chosen }) => chosen))).toEqual(new Set([idOf(0), idOf(1)]));
    expect(choices.map(({ at }) => at)).toEqual(choices.map(({ at }) => at).sort((a, b) => a - b));
  });

  it('knows no other pool', async () => {
    expect((await call('GET', '/pools/nobody/explain')).status).toBe(404);
  });
});
