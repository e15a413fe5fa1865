import { createPools, type Pools } from '../../gateway/transport/pools';
import { hold } from '../fixtures/held-time';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

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
  jest.useRealTimers();
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

it('lets a query that began before finish in a pool that is no longer named', async () => {
  pools.sync([named('a')]);
  const pool = pools.get('a');
  pools.sync([named('b')]);
  expect(pools.views().map(({ name }) => name)).toEqual(['b']);
  expect((await pool.request(query())).status).toBe(200);
});

it('takes a retired pool back', () => {
  pools.sync([named('a')]);
  const before = pools.get('a');
  pools.sync([]);
  pools.sync([named('a')]);
  expect(pools.get('a')).toBe(before);
  expect(pools.views()).toHaveLength(1);
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
  expect(next.records()[0]?.wishes).toHaveLength(1);
});

it('forgets an ejection of the process before whose time is over', () => {
  const id = new URL(server.url).host;
  const eject = { instance: id, action: 'eject', weight: null, reason: 'r', actor: 'checkpoint' } as const;
  pools.remember([{ pool: 'a', endpoints: [], wishes: [{ ...eject, until: Date.now() - 60_000 }] }]);
  pools.sync([named('a')]);
  expect(pools.views()[0]?.instances[0]).toMatchObject({ state: 'healthy', overrides: [] });
});
