import { createHealth } from '../../../gateway/http/health';
import type { Listener } from '../../../gateway/http/listener';
import { poolActionRoutes } from '../../../gateway/http/routes/pool-actions';
import { poolRoutes } from '../../../gateway/http/routes/pools';
import { createAdminListener } from '../../../gateway/listeners/admin';
import { createPools, type Pools } from '../../../gateway/transport/pools';
import { type CommandResult, runHeadgate } from '../../fixtures/headgate-process';
import { instance, poolOptions, query } from '../../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';

let servers: readonly ScriptedServer[];
let pools: Pools;
let listener: Listener;
let admin: string;
let ids: readonly string[];

beforeAll(async () => {
  const answer = answerJson({ data: {} }, 200, { 'endpoint-load-metrics': 'TEXT application_utilization=0.42' });
  servers = await Promise.all([startScriptedServer(answer), startScriptedServer(answer)]);
  ids = servers.map(({ port }) => `127.0.0.1:${port}`);
});

afterAll(async () => {
  await Promise.all(servers.map((server) => server.kill()));
});

beforeEach(async () => {
  pools = createPools();
  const instances = servers.map((server, index) =>
    instance(server.url, { weight: index + 1, ...(index === 1 && { tags: { version: 'v2' } }) }),
  );
  pools.sync([
    poolOptions(instances, { name: 'products' }),
    poolOptions(instances.slice(1), { name: 'inventory/api' }),
  ]);
  listener = createAdminListener({
    options: { listen: { host: '127.0.0.1', port: 0 }, token: null, requestBytesMax: 10_000 },
    health: createHealth(() => true),
    routes: [...poolRoutes(() => pools.views()), ...poolActionRoutes(pools)],
  });
  admin = (await listener.listen()).url;
});

afterEach(async () => {
  await listener.close();
  await pools.close(0);
});

const pool = (...args: string[]): Promise<CommandResult> =>
  runHeadgate(['pool', ...args], { env: { HEADGATE_ADMIN_URL: admin } });

/** An answer that came while the event loop was blocked is not measured: on a busy machine the first may be one. */
async function askUntilMeasured(name: string): Promise<void> {
  const latencyMs = () => pools.views().find((view) => view.name === name)?.instances[0]?.ewmaMs ?? null;
  while (latencyMs() === null) await pools.get(name).request(query());
}

const states = () => pools.views()[0]?.instances.map(({ state }) => state);

describe('headgate pool', () => {
  it('lists the instances as a table', async () => {
    await askUntilMeasured('inventory/api');
    // Until the command has started, what the instance said of its load may be too old to count.
    const askOnce = () =>
      void pools
        .get('inventory/api')
        .request(query())
        .catch(() => undefined);
    const asking = setInterval(askOnce, 500);
    const { code, stdout } = await pool('list');
    clearInterval(asking);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines[0]).toMatch(/^POOL +INSTANCE +STATE +WEIGHT +IN FLIGHT +LATENCY +LOAD +ZONE +TAGS +WHY$/);
    expect(lines[1]).toMatch(new RegExp(`^products +${ids[0]} +healthy +1 +0 +- +- +- +- +\\S`));
    expect(lines[3]).toMatch(
      new RegExp(`^inventory/api +${ids[1]} +healthy +2 +\\d+ +[\\d.]+ms +42% +- +version=v2 +\\S`),
    );
  });

  it('lists one pool', async () => {
    const { stdout } = await pool('list', 'inventory/api', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ data: { pools: [{ name: 'inventory/api' }] }, error: null });
  });

  it('drains several instances, says what came of it, and resumes them', async () => {
    const drained = await pool('drain', 'products', ...ids, '--force', '--ttl', '10m', '--reason', 'kernel update');
    expect(drained.code).toBe(0);
    expect(drained.stdout.split('\n')[0]).toBe(
      `products ${ids[0]}: drain for 600 s; it is draining with weight 1, ${pools.views()[0]?.instances[0]?.reason}`,
    );
    expect(states()).toEqual(['draining', 'draining']);
    expect((await pool('resume', 'products', ...ids)).code).toBe(0);
    expect(states()).toEqual(['healthy', 'healthy']);
  });

  it('ejects an instance until it is resumed', async () => {
    const { stdout } = await pool('eject', 'products', ids[0] ?? '', '--ttl', 'forever', '--format', 'json');
    expect(JSON.parse(stdout)).toMatchObject({ data: { actions: [{ action: 'eject', ttl_ms: null }] } });
    expect(states()).toEqual(['ejected', 'healthy']);
  });

  it('changes a weight, also in a pool with a slash in its name', async () => {
    expect((await pool('weight', 'inventory/api', ids[1] ?? '', '0.5')).code).toBe(0);
    expect(pools.views()[1]?.instances[0]?.weight).toBe(0.5);
  });

  it('explains the last choices', async () => {
    await pools.get('products').request(query());
    const { code, stdout } = await pool('explain', 'products');
    expect(code).toBe(0);
    const [head, choice] = stdout.split('\n');
    expect(head).toMatch(/^AT +CHOSEN +COST +OTHER +COST +WHY$/);
    expect(choice).toMatch(new RegExp(`^\\d{4}-\\S+Z +${ids[1]} `));
  });

  it.each([
    [
      'an instance that is not there',
      ['drain', 'products', 'nowhere:1'],
      1,
      'has no instance "nowhere:1"; known: 127.0.0.1:',
    ],
    ['a pool that is not there', ['drain', 'product', 'nowhere:1'], 1, 'known: products, inventory/api'],
    ['a pool that is not there in a list', ['list', 'product'], 3, 'known: products, inventory/api'],
    ['a time without a unit', ['drain', 'products', 'nowhere:1', '--ttl', '10'], 3, 'ttl is "10"'],
    ['a weight of 0', ['weight', 'products', 'nowhere:1', '0'], 3, 'drain it'],
    ['no instance', ['drain', 'products'], 3, 'instance'],
  ])('refuses %s', async (_name, args, code, message) => {
    const refused = await pool(...args);
    expect(refused).toMatchObject({ code, stdout: '' });
    expect(refused.stderr).toContain(message);
  });
});
