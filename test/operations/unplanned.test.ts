import workerThreads, { type Worker } from 'node:worker_threads';
import { DEFAULT_AUTHORIZATION } from '../../gateway/authorization/options';
import { subscribe } from '../../gateway/events';
import { Concurrency } from '../../gateway/http/concurrency';
import { createHealth } from '../../gateway/http/health';
import type { Listener } from '../../gateway/http/listener';
import { createClientListener } from '../../gateway/listeners/client';
import { Operations } from '../../gateway/operations/operations';
import { createApolloPlanner } from '../../gateway/planning/apollo/planner';
import type { Planner } from '../../gateway/planning/planner';
import { LIMIT_NAMES, type LimitOptions } from '../../gateway/security/options';
import { closeCompositionThread } from '../../gateway/supergraph/compose';
import { readSupergraph } from '../../gateway/supergraph/read';
import { ask } from '../fixtures/headgate-process';
import { BROWSER_OPTIONS, localPersisted, SERVER_OPTIONS } from '../fixtures/local-server';
import { explosiveSupergraph, planBomb } from '../fixtures/plan-bomb';

const UNLIMITED = Object.fromEntries(
  LIMIT_NAMES.map((name) => [name, { max: 1_000_000, mode: 'enforce' }]),
) as LimitOptions; // as: every name is in the list
const PLANNING = { deadlineMs: 1_000, queueMax: 1, cacheMax: 10, fetchesMax: 500, workers: 1 };

/** Every thread that was started. Core modules are shared: the planner sees this class in the place of Worker. */
const started: Worker[] = [];
const Original = workerThreads.Worker;
class WatchedWorker extends Original {
  constructor(...given: ConstructorParameters<typeof Original>) {
    super(...given);
    started.push(this);
  }
}

describe('a query that is not planned', () => {
  let sdl: string;
  let planner: Planner;
  let listener: Listener;
  let graphql: string;
  const defects: string[] = [];
  let stopListening: () => void;

  beforeAll(async () => {
    sdl = await explosiveSupergraph();
    Object.assign(workerThreads, { Worker: WatchedWorker });
    stopListening = subscribe('internal.error', ({ where }) => defects.push(where));
  });

  async function start(deadlineMs: number): Promise<void> {
    const supergraph = await readSupergraph(sdl);
    started.length = 0;
    planner = await createApolloPlanner(sdl, { ...PLANNING, deadlineMs });
    const limits = {
      limits: UNLIMITED,
      hideSuggestions: false,
      introspection: true,
      exposeQueryPlan: false,
      authorization: DEFAULT_AUTHORIZATION,
    };
    const operations = new Operations(limits, () => {});
    operations.activate({ supergraph, planner, fetches: new Map(), reads: new Map(), errorMasks: new Map() });
    const health = createHealth(() => operations.ready);
    const concurrency = new Concurrency({ concurrencyMax: 1_000 });
    const persisted = localPersisted();
    const options = SERVER_OPTIONS;
    listener = createClientListener({ options, operations, health, concurrency, persisted, browsers: BROWSER_OPTIONS });
    graphql = `${(await listener.listen()).url}/graphql`;
  }

  afterEach(async () => {
    await listener.close();
    await planner.close();
    defects.length = 0;
  });

  afterAll(async () => {
    Object.assign(workerThreads, { Worker: Original });
    stopListening();
    await closeCompositionThread();
  });

  /** Resolves once the planner is at work. */
  async function busy(): Promise<void> {
    while (planner.numbers?.long !== 1) await new Promise((resolve) => setImmediate(resolve));
  }

  it('is answered 500 when its planner thread dies, tells nothing else, and is announced', async () => {
    await start(60_000);
    const answer = ask(graphql, planBomb());
    while ((planner.numbers?.idle ?? 1) > 0) await new Promise((resolve) => setImmediate(resolve));
    await started[0]?.terminate();
    const { status, body } = await answer;
    expect(status).toBe(500);
    expect(body).toEqual({ errors: [{ message: 'Internal server error', extensions: { code: 'INTERNAL' } }] });
    expect(defects).toEqual(['operations']);
  });

  it('is answered 400 when it takes too long: that is its own fault', async () => {
    await start(300);
    const { status, body } = await ask(graphql, planBomb());
    expect([status, body.errors?.[0]?.extensions?.code]).toEqual([400, 'PLANNING_TIMEOUT']);
    expect(defects).toEqual([]);
  });

  it('is answered 503 when the queue is full, and when the planner is closed', async () => {
    await start(20_000);
    const bombs = ['A', 'B'].map((name) => ask(graphql, planBomb(name)));
    await busy();
    while (planner.numbers?.waiting !== 1) await new Promise((resolve) => setImmediate(resolve));
    const refused = await ask(graphql, planBomb('C'));
    expect([refused.status, refused.body.errors?.[0]?.extensions?.code]).toEqual([503, 'PLANNING_OVERLOADED']);
    await planner.close();
    const late = await ask(graphql, planBomb('D'));
    expect([late.status, late.body.errors?.[0]?.extensions?.code]).toEqual([503, 'GATEWAY_NOT_READY']);
    await Promise.all(bombs);
  });
});
