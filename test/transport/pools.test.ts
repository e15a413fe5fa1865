import { createPools, type Pools } from '../../gateway/transport/pools';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

let server: ScriptedServer;
let pools: Pools;

beforeEach(async () => {
  server = await startScriptedServer(answerJson({ data: {} }));
  pools = createPools();
});

afterEach(async () => {
  await pools.close(0);
  await server.kill();
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
  await pools.close(1000);
  await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
});
