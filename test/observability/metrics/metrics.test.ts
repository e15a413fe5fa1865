import { announce, type SubgraphCall } from '../../../gateway/events';
import {
  type Metrics,
  type PlannerNumbers,
  type PoolNumbers,
  startMetrics,
} from '../../../gateway/observability/metrics/metrics';
import { describeWithPromtool, promtool } from '../../fixtures/promtool';
import { samplesOf } from '../../fixtures/scraped';

const A = { pool: 'products', instance: '127.0.0.1:4001' };
const LABELS = 'pool="products",pool_instance="127.0.0.1:4001"';

const POOL: PoolNumbers = {
  name: 'products',
  instances: [
    { id: '127.0.0.1:4001', state: 'healthy', weight: 3, effectiveWeight: 1.5, inFlight: 2, ewmaMs: 12 },
    { id: '127.0.0.1:4002', state: 'ejected', weight: 1, inFlight: 0, ewmaMs: null, utilization: 0.25 },
  ],
};

const CALL: SubgraphCall = {
  subgraph: 'products',
  instance: '127.0.0.1:4001',
  attempts: 1,
  startMs: 0,
  durationMs: 4,
  requestBytes: 10,
  responseBytes: 20,
  status: 200,
  errorCode: null,
};

let pools: readonly PoolNumbers[];
let planner: PlannerNumbers | null = null;
let metrics: Metrics;

beforeEach(() => {
  pools = [POOL];
  metrics = startMetrics({ pools: () => pools, planner: () => planner, version: '1.2.3' });
});

afterEach(() => metrics.close());

const samples = async () => samplesOf(await metrics.text());

/** One of everything that is counted. */
function announceAll(): void {
  announce('attempt.finished', { ...A, outcome: 'ok', attempt: 1, durationMs: 5 });
  announce('attempt.finished', { ...A, outcome: '5xx', attempt: 2, durationMs: 5 });
  announce('attempt.finished', { ...A, outcome: 'cancelled', attempt: 2, kind: 'hedge', durationMs: 5 });
  announce('attempt.denied', { pool: 'products', kind: 'retry' });
  announce('request.shed', { pool: 'products', reason: 'queue-full' });
  announce('pick.panicked', { pool: 'products' });
  announce('pick.fell.back', { pool: 'products' });
  announce('mirror.finished', { pool: 'products', instance: null, outcome: 'dropped', durationMs: 0 });
  announce('check.finished', { ...A, passed: false, durationMs: 3 });
  announce('instance.changed', {
    ...A,
    from: 'healthy',
    to: 'ejected',
    reason: '5 failures in a row',
    cause: 'failures',
  });
  announce('instance.changed', { ...A, from: 'healthy', to: 'draining', reason: 'drained by anna' });
  announce('instance.overridden', { ...A, action: 'drain', weight: null, actor: 'anna', reason: 'x', ttlMs: null });
  announce('weight.changed', { ...A, from: 1, to: 0.8, reason: 'answers in 40 ms (median 20 ms)' });
  announce('discovery.answered', { pool: 'products', source: 'dns', endpoints: 2 });
  announce('discovery.failed', { pool: 'products', source: 'dns', message: 'SERVFAIL' });
  announce('request.finished', {
    id: '',
    operationName: 'Cart',
    operationKind: 'query',
    status: 200,
    durationMs: 30,
    errorCount: 1,
    calls: [CALL, { ...CALL, errorCode: 'SUBGRAPH_TIMEOUT' }],
  });
  announce('subgraph.called', { id: '', call: CALL });
  announce('subgraph.called', { id: '', call: { ...CALL, isShared: true } });
  announce('subgraph.called', { id: '', call: { ...CALL, errorCode: 'SUBGRAPH_TIMEOUT' } });
  announce('supergraph.activated', { version: 'abc', source: 'file', subgraphs: [] });
  announce('supergraph.refused', { source: 'file', code: 'COMPOSITION_FAILED', message: 'no' });
  announce('config.reloaded', { path: 'headgate.yaml' });
  announce('plan.looked.up', { isKnown: true });
  announce('planning.finished', { outcome: 'planned', waitedMs: 0, durationMs: 30 });
  announce('planning.refused', { code: 'PLANNING_OVERLOADED' });
  announce('planner.thread.lost', { cause: 'room' });
}

describe('the metrics', () => {
  it('show the pools as they are now', async () => {
    const shown = await samples();
    expect(shown.get('headgate_pool_instances{pool="products",state="healthy"}')).toBe(1);
    expect(shown.get('headgate_pool_instances{pool="products",state="ejected"}')).toBe(1);
    expect(shown.get('headgate_pool_instances{pool="products",state="joining"}')).toBe(0);
    expect(shown.get(`headgate_instance_healthy{${LABELS}}`)).toBe(1);
    expect(shown.get(`headgate_instance_weight{${LABELS}}`)).toBe(3);
    expect(shown.get(`headgate_instance_effective_weight{${LABELS}}`)).toBe(1.5);
    expect(shown.get(`headgate_instance_in_flight_requests{${LABELS}}`)).toBe(2);
    expect(shown.get(`headgate_instance_latency_ewma_seconds{${LABELS}}`)).toBe(0.012);
    const other = 'pool="products",pool_instance="127.0.0.1:4002"';
    expect(shown.has(`headgate_instance_latency_ewma_seconds{${other}}`)).toBe(false);
    expect(shown.get(`headgate_instance_utilization_ratio{${other}}`)).toBe(0.25);
  });

  it.each([
    [`headgate_attempts_total{${LABELS},kind="first",outcome="ok"}`],
    [`headgate_attempts_total{${LABELS},kind="retry",outcome="5xx"}`],
    [`headgate_attempts_total{${LABELS},kind="hedge",outcome="cancelled"}`],
    ['headgate_attempts_denied_total{pool="products",kind="retry"}'],
    ['headgate_requests_shed_total{pool="products",reason="queue-full"}'],
    ['headgate_panic_picks_total{pool="products"}'],
    ['headgate_fallback_picks_total{pool="products"}'],
    ['headgate_mirrored_total{pool="products",outcome="dropped"}'],
    [`headgate_health_checks_total{${LABELS},result="failed"}`],
    [`headgate_ejections_total{${LABELS},cause="failures"}`],
    [`headgate_drains_total{${LABELS}}`],
    [`headgate_operator_actions_total{${LABELS},action="drain"}`],
    [`headgate_weight_changes_total{${LABELS},direction="down"}`],
    ['headgate_discovery_answers_total{pool="products",source="dns",result="failed"}'],
    ['headgate_requests_total{kind="query",status="200"}'],
    ['headgate_requests_with_errors_total{kind="query"}'],
    ['headgate_request_duration_seconds_bucket{le="0.05",kind="query"}'],
    ['headgate_subgraph_calls_total{subgraph="products",code="SUBGRAPH_TIMEOUT"}'],
    ['headgate_subgraph_call_duration_seconds_bucket{le="0.001",subgraph="products"}', 0],
    ['headgate_subgraph_call_duration_seconds_count{subgraph="products"}', 2],
    ['headgate_supergraph_info{version="abc"}'],
    ['headgate_supergraph_changes_total{result="refused"}'],
    ['headgate_config_reloads_total{result="taken over"}'],
    ['headgate_plan_lookups_total{result="known"}'],
    ['headgate_plannings_total{outcome="planned"}'],
    ['headgate_plannings_total{outcome="PLANNING_OVERLOADED"}'],
    ['headgate_planning_duration_seconds_bucket{le="0.05"}'],
    ['headgate_planning_wait_seconds_bucket{le="0.001"}'],
    ['headgate_planner_threads_lost_total{cause="room"}'],
  ])('count %s', async (name, expected = 1) => {
    announceAll();
    expect((await samples()).get(name)).toBe(expected);
  });

  it('go on counting from scrape to scrape', async () => {
    announceAll();
    await samples();
    announceAll();
    expect((await samples()).get(`headgate_ejections_total{${LABELS},cause="failures"}`)).toBe(2);
  });

  it('show how old the newest answer of a source is', async () => {
    pools = [{ ...POOL, discovery: { source: 'dns', endpoints: 2, ageMs: 1_500 } }];
    const labels = 'pool="products",source="dns"';
    expect((await samples()).get(`headgate_discovery_age_seconds{${labels}}`)).toBe(1.5);
    expect((await samples()).get(`headgate_discovery_endpoints{${labels}}`)).toBe(2);
  });

  it.each([
    'headgate_requests_shed_total{pool="products",reason="queue-full"}',
    'headgate_panic_picks_total{pool="products"}',
    'headgate_fallback_picks_total{pool="products"}',
    'headgate_supergraph_changes_total{result="refused"}',
    'headgate_internal_errors_total',
    'headgate_plan_lookups_total{result="new"}',
    'headgate_plannings_total{outcome="PLANNING_TIMEOUT"}',
    'headgate_planner_threads_lost_total{cause="died"}',
    'headgate_planner_threads',
  ])('show %s from zero, so that its first increase is seen', async (name) => {
    expect((await samples()).get(name)).toBe(0);
  });

  it('show the planner as it is now', async () => {
    planner = { threads: 2, long: 1, waiting: 7, cached: 30 };
    const shown = await samples();
    planner = null;
    expect(shown.get('headgate_planner_threads')).toBe(2);
    expect(shown.get('headgate_planner_busy_threads')).toBe(1);
    expect(shown.get('headgate_planner_waiting_operations')).toBe(7);
    expect(shown.get('headgate_plan_cache_entries')).toBe(30);
  });

  it('show the process', async () => {
    const shown = await samples();
    expect(shown.get(`headgate_build_info{version="1.2.3",node="${process.version}"}`)).toBe(1);
    expect(shown.get('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(shown.get('process_cpu_seconds_total')).toBeGreaterThan(0);
    expect(shown.get('headgate_event_loop_active_seconds_total')).toBeGreaterThan(0);
    expect(shown.get('headgate_event_loop_delay_max_seconds')).toBeGreaterThanOrEqual(0);
  });

  it('never carry what clients, servers and operators write', async () => {
    announceAll();
    announce('instance.changed', {
      ...A,
      from: 'healthy',
      to: 'ejected',
      reason: 'secret reason',
      cause: 'secret cause',
    });
    const text = await metrics.text();
    for (const free of ['Cart', 'anna', 'SERVFAIL', 'secret']) expect(text).not.toContain(free);
    expect(text).toContain('cause="other"');
  });

  it('forget instances and pools that are gone, two scrapes later', async () => {
    announceAll();
    await samples();
    pools = [{ ...POOL, instances: POOL.instances.slice(1) }];
    await samples();
    expect([...(await samples()).keys()].filter((name) => name.includes('4001'))).toEqual([]);
    pools = [];
    await samples();
    expect([...(await samples()).keys()].filter((name) => name.includes('pool="products"'))).toEqual([]);
  });

  it('count instances beyond a thousand together', async () => {
    const instances = Array.from({ length: 1_200 }, (_, at) => ({
      id: `h:${at}`,
      state: 'healthy',
      weight: 1,
      inFlight: 0,
    }));
    pools = [{ name: 'wide', instances }];
    await samples();
    for (const { id } of instances)
      announce('attempt.finished', { pool: 'wide', instance: id, outcome: 'ok', attempt: 1, durationMs: 1 });
    const shown = await samples();
    const others = 'headgate_attempts_total{pool="wide",pool_instance="other",kind="first",outcome="ok"}';
    expect(shown.get(others)).toBe(200);
    expect([...shown.keys()].filter((name) => name.startsWith('headgate_instance_weight'))).toHaveLength(1_000);
  });

  it('stop counting when they are closed', async () => {
    metrics.close();
    announceAll();
    expect(await metrics.text()).toBe('\n');
  });
});

describeWithPromtool('promtool', () => {
  it('finds nothing to say about the metrics', async () => {
    announceAll();
    expect(promtool(['check', 'metrics'], await metrics.text())).toEqual({ code: 0, output: '' });
  });
});
