import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { describeWithPromtool, promtool } from '../fixtures/promtool';
import { startQueryLoop } from '../fixtures/query-loop';
import { samplesOf } from '../fixtures/scraped';

const QUERY = '{ products(first: 2) { name reviews(first: 1) { text } } }';

describe('what operators do to a running gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'headgate-operators-'));
  let services: ExampleServices;
  let headgate: HeadgateProcess;
  let ids: readonly string[];

  beforeAll(async () => {
    services = await startExampleServices({ products: 3 });
    ids = services.products.map((url) => new URL(url).host);
    const more = 'traffic_shaping: { all: { load_balancing: { adaptive_weights: { enabled: true } } } }';
    const config = join(folder, 'headgate.yaml');
    writeFileSync(config, exampleConfig(services, { more }));
    headgate = await startHeadgate(['serve', '--config', config], { cwd: folder });
  });

  afterAll(async () => {
    await headgate.stop();
    await services.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const pool = (...args: string[]) => runHeadgate(['pool', ...args], { env: { HEADGATE_ADMIN_URL: headgate.admin } });
  const scrape = async () => await (await fetch(`${headgate.admin}/metrics`)).text();
  /** Attempts at the instance that were answered. */
  const answeredBy = async (id: string) =>
    samplesOf(await scrape()).get(
      `headgate_attempts_total{pool="products",pool_instance="${id}",kind="first",outcome="ok"}`,
    ) ?? 0;

  interface Listed {
    readonly id: string;
    readonly inFlight: number;
    readonly utilization: number | null;
    readonly adaptiveWeight?: number;
  }

  /** The instances of products, once they are as wanted. */
  async function listed(wanted: (instances: readonly Listed[]) => boolean): Promise<readonly Listed[]> {
    for (;;) {
      const response = await fetch(`${headgate.admin}/pools`);
      const { pools } = (await response.json()) as { pools: { name: string; instances: Listed[] }[] };
      const { instances = [] } = pools.find(({ name }) => name === 'products') ?? {};
      if (wanted(instances)) return instances;
      await pause(10);
    }
  }

  it('an instance is drained under load without a failed query, and gets nothing until it is resumed', async () => {
    const [id = ''] = ids;
    const loop = startQueryLoop(headgate.graphql, { query: QUERY, pauseMs: 10 });
    while ((await answeredBy(id)) === 0) await loop.more(10);
    const drained = await pool('drain', 'products', id, '--reason', 'kernel update');
    expect(drained.code).toBe(0);
    await listed((instances) => instances.some((one) => one.id === id && one.inFlight === 0));
    const before = await answeredBy(id);
    await loop.more(200);
    expect(await answeredBy(id)).toBe(before);
    expect((await pool('resume', 'products', id)).code).toBe(0);
    while ((await answeredBy(id)) === before) await loop.more(10);
    await loop.more(100);
    const { failures } = await loop.stop();
    expect(failures).toEqual([]);
  });

  it('is in the log with who and why', async () => {
    const line = JSON.parse(await headgate.logged('instance.overridden', 'kernel update'));
    expect(line).toMatchObject({ pool: 'products', action: 'drain', actor: 'loopback', ttl_ms: 3_600_000 });
  });

  it('sees how busy the instances say they are', async () => {
    const loop = startQueryLoop(headgate.graphql, { query: QUERY, pauseMs: 10 });
    const areKnown = (instances: readonly Listed[]) =>
      instances.every((one) => typeof one.utilization === 'number' && typeof one.adaptiveWeight === 'number');
    await listed(areKnown);
    let shown: readonly Listed[];
    // What an instance said is forgotten when it gets no query for long: on a busy machine while the command starts.
    do shown = JSON.parse((await pool('list', 'products', '--format', 'json')).stdout).data.pools[0].instances;
    while (!areKnown(shown));
    await loop.stop();
    expect(shown.map(({ id }) => id).sort()).toEqual([...ids].sort());
  });

  it('explains the last choices', async () => {
    const { stdout } = await pool('explain', 'products', '--format', 'json');
    const { choices } = JSON.parse(stdout).data;
    expect(choices.length).toBeGreaterThan(0);
    for (const { chosen } of choices) expect(ids).toContain(chosen);
  });

  it('shows requests, subgraph calls and the supergraph in the metrics', async () => {
    let shown: ReadonlyMap<string, number>;
    const count = (state: string) => shown.get(`headgate_pool_instances{pool="products",state="${state}"}`) ?? 0;
    // On a machine that is busy one may be slower than its peers, and degraded, or late with the answer to a check.
    do shown = samplesOf(await scrape());
    while (count('healthy') + count('degraded') < ids.length);
    expect(count('healthy') + count('degraded')).toBe(ids.length);
    expect(shown.get('headgate_requests_total{kind="query",status="200"}')).toBeGreaterThan(300);
    expect(shown.get('headgate_request_duration_seconds_count{kind="query"}')).toBeGreaterThan(300);
    // Equal queries at once share their calls: how many there are is up to the clients' pace.
    expect(shown.get('headgate_subgraph_calls_total{subgraph="reviews",code="OK"}')).toBeGreaterThan(0);
    expect([...shown.keys()].some((name) => name.startsWith('headgate_supergraph_info{version='))).toBe(true);
    expect(shown.get(`headgate_operator_actions_total{pool="products",pool_instance="${ids[0]}",action="drain"}`)).toBe(
      1,
    );
  });

  describeWithPromtool('promtool', () => {
    it('finds nothing to say about the metrics', async () => {
      expect(promtool(['check', 'metrics'], await scrape())).toEqual({ code: 0, output: '' });
    });
  });
});
