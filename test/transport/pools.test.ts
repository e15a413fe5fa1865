import { CancellationSource } from '../../gateway/cancellation';
import { HeadgateError } from '../../gateway/errors';
import { createPools, type Pools } from '../../gateway/transport/pools';
import { hold, letGo, until } from '../fixtures/held-time';
import { instance, mutation, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, hang, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

let server: ScriptedServer;
let pools: Pools;
/** Of the process after this one. */
let next: Pools | null;
const others: ScriptedServer[] = [];

beforeEach(async () => {
  server = await startScriptedServer(answerJson({ data: {} }));
  pools = createPools();
  next = null;
});

afterEach(async () => {
  letGo();
  await Promise.all([pools.close(0), next?.close(0)]);
  await Promise.all([server, ...others.splice(0)].map((one) => one.kill()));
});

const named = (name: string, weight = 1) => poolOptions([instance(server.url, { weight })], { name });

it('keeps a pool that is named again, and gives it its new options', () => {
  pools.sync([named('a'), named('b')]);
  const before = pools.get('a');
  pools.sync([named('a', 5), named('b')]);
  expect(pools.get('a')).toBe(before);
  expect(pools.views()[0]).toMatchObject({ name: 'a', policy: 'round-robin', instances: [{ weight: 5 }] });
});

it('keeps a pool open that no version in service names while one before holds it', async () => {
  const first = pools.prepare([named('a')]);
  first.commit();
  const pool = pools.get('a');
  const second = pools.prepare([named('b')]);
  second.commit();
  expect(pools.views().map(({ name }) => name)).toEqual(['b']);
  expect(pools.records().map((record) => record.pool)).toEqual(['b']);
  expect(pools.discoveryOf('a')).toBeNull();
  expect((await pool.request(query())).status).toBe(200);
  first.release();
  await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
  await until(() => server.sockets.size === 0);
});

it('takes back a pool that is still held', async () => {
  const first = pools.prepare([named('a')]);
  first.commit();
  const before = pools.get('a');
  pools.prepare([]).commit();
  const third = pools.prepare([named('a')]);
  third.commit();
  first.release();
  first.release();
  expect(pools.get('a')).toBe(before);
  expect(pools.views()).toHaveLength(1);
  expect((await before.request(query())).status).toBe(200);
  third.release();
  await expect(before.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
});

it('is not held by a preparation that was given up', async () => {
  const first = pools.prepare([named('a')]);
  first.commit();
  const pool = pools.get('a');
  const second = pools.prepare([named('a'), named('b')]);
  const fresh = second.get('b');
  pools.prepare([]).commit();
  first.release();
  expect((await pool.request(query())).status).toBe(200);
  second.abandon();
  for (const one of [pool, fresh])
    await expect(one.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
});

it('lets what runs unseen in a pool that nobody holds go on, until all are closed', async () => {
  const client = new CancellationSource();
  server.script = hang;
  pools.sync([named('a')]);
  const running = pools.get('a').request(mutation({ cancellation: client }));
  await server.arrived(1);
  client.cancel(new HeadgateError('REQUEST_CANCELLED', 'gone'));
  await expect(running).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  pools.sync([named('b')]);
  // Somebody else's way there and back: the connection of the mutation would be closed by now.
  server.script = answerJson({ data: {} });
  await pools.get('b').request(query());
  expect(server.sockets.size).toBeGreaterThan(1);
  await pools.close(0);
  await until(() => server.sockets.size === 0);
});

it('closes a new pool whose discovery cannot be opened', async () => {
  const broken = createPools({
    follow() {
      throw new Error('cannot follow');
    },
  });
  const limits = { intervalMs: 1, timeoutMs: 1_000, healthyThreshold: 1, unhealthyThreshold: 1 };
  const healthCheck = { probe: 'graphql', ...limits } as const;
  const discovery = { source: { kind: 'registry' }, listed: 'members' } as const;
  expect(() => broken.prepare([{ ...named('a'), healthCheck, discovery }])).toThrow('cannot follow');
  await broken.close(0);
  // Whoever went on checking would have come by now.
  pools.sync([named('b')]);
  for (let n = 0; n < 10; n += 1) await pools.get('b').request(query());
  expect(server.received).toHaveLength(10);
});

it('names the pool that is missing', () => {
  expect(() => pools.get('x')).toThrow('there is no pool named x');
});

it('closes every pool, retired ones too', async () => {
  pools.sync([named('a')]);
  const pool = pools.get('a');
  await pool.request(query());
  pools.sync([]);
  await pools.close(60_000);
  await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
});

it('takes over from the process before who was ejected, until when and why', async () => {
  hold('Date', 'performance');
  const well = await startScriptedServer(answerJson({ data: {} }));
  others.push(well);
  server.script = answerJson({}, 500);
  const outlierDetection = { consecutiveErrors: 2, errorRate: 1, baseEjectionTimeMs: 60_000, maxEjectionShare: 0.5 };
  const options = poolOptions([server.url, well.url], { name: 'a', outlierDetection });
  pools.sync([options]);
  const [before] = pools.views();
  while (pools.views()[0]?.instances[0]?.state !== 'ejected') await pools.get('a').request(query());
  const ejected = pools.views()[0]?.instances[0];
  next = createPools();
  next.remember(pools.records());
  next.sync([options]);
  const restored = next.views()[0]?.instances[0];
  expect(before?.instances[0]?.state).toBe('healthy');
  expect(restored).toMatchObject({ id: ejected?.id, state: 'ejected' });
  expect(restored?.reason).toContain(ejected?.reason);
  expect(restored?.overrides?.[0]?.until).toBeCloseTo(ejected?.ejectedUntil ?? 0, 0);
  for (let n = 0; n < 4; n += 1) expect((await next.get('a').request(query())).status).toBe(200);
  expect(next.records()[0]?.overrides).toHaveLength(1);
});

it('forgets an ejection of the process before whose time is over', () => {
  const id = new URL(server.url).host;
  const eject = { instance: id, action: 'eject', weight: null, reason: 'r', actor: 'checkpoint' } as const;
  pools.remember([{ pool: 'a', endpoints: [], overrides: [{ ...eject, until: Date.now() - 60_000 }] }]);
  pools.sync([named('a')]);
  expect(pools.views()[0]?.instances[0]).toMatchObject({ state: 'healthy', overrides: [] });
});
