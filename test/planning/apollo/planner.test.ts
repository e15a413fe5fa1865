import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { promisify } from 'node:util';
import workerThreads, { type Worker } from 'node:worker_threads';
import { createApolloPlanner } from '../../../gateway/planning/apollo/planner';
import type { PlanningOptions } from '../../../gateway/planning/options';
import type { Planner } from '../../../gateway/planning/planner';
import { printPlan } from '../../../gateway/planning/print-plan';
import { holdTimers, letGo, until } from '../../fixtures/held-time';
import { gone, Leaver } from '../../fixtures/leaver';
import { explosiveSupergraph, planBomb } from '../../fixtures/plan-bomb';

const OPTIONS: PlanningOptions = { deadlineMs: 1_024, queueMax: 10, cacheMax: 10, fetchesMax: 500, workers: 1 };
const ordinary = (query = '{ leaf { id } }') => ({ query, operationName: null });
/** After so long an operation is no quick one. */
const QUICK_MS = 200;
/** Overruns and deadlines come when the test says so, however long a thread really takes. */
const pass = (ms: number) => jest.advanceTimersByTimeAsync(ms);
/** Bombs that other fields make. */
const leftBomb = ordinary(planBomb('Left', 6, ['left', 'left']));
const rightBomb = ordinary(planBomb('Right', 6, ['right', 'right']));
const bomb = (name = 'Bomb') => ({ query: planBomb(name), operationName: null });

/** Every thread that was started. Core modules are shared: the planner sees this class in the place of Worker. */
const started: Worker[] = [];
const alive = () => started.filter((worker) => worker.threadId > 0);
/** Resolves when a thread has ended. */
const ended = async (worker: Worker | undefined) => {
  if (worker !== undefined && worker.threadId > 0) await once(worker, 'exit');
};
const Original = workerThreads.Worker;
class WatchedWorker extends Original {
  constructor(...given: ConstructorParameters<typeof Original>) {
    super(...given);
    started.push(this);
  }
}

describe('the planner in its threads', () => {
  let sdl: string;
  const open: Planner[] = [];
  const start = async (options: Partial<PlanningOptions> = {}) => {
    const planner = await createApolloPlanner(sdl, { ...OPTIONS, ...options });
    open.push(planner);
    return planner;
  };

  beforeAll(async () => {
    sdl = await explosiveSupergraph();
    Object.assign(workerThreads, { Worker: WatchedWorker });
  });
  afterAll(() => {
    Object.assign(workerThreads, { Worker: Original });
  });
  beforeEach(() => {
    started.length = 0;
    holdTimers();
  });
  afterEach(async () => {
    letGo();
    await Promise.all(open.splice(0).map((planner) => planner.close()));
    expect(alive()).toHaveLength(0);
  });

  it('cuts off an operation that takes too long, ends its thread and plans the next one', async () => {
    const planner = await start();
    const cut = planner.plan(bomb()).catch((error) => error);
    await pass(OPTIONS.deadlineMs);
    expect(await cut).toMatchObject({ code: 'PLANNING_TIMEOUT' });
    expect(printPlan(await planner.plan(ordinary()))).toContain('Fetch(service: "north")');
    await ended(started[0]);
  });

  it('plans ordinary operations while another holds up its thread', async () => {
    const planner = await start();
    const stuck = planner.plan(bomb()).catch((error) => error);
    const first = planner.plan(ordinary());
    await pass(QUICK_MS);
    await first;
    for (const field of ['value', 'left { id }']) await planner.plan(ordinary(`{ leaf { ${field} } }`));
    expect(planner.numbers).toMatchObject({ long: 1, threads: 2 });
    expect(started).toHaveLength(2);
    await planner.close();
    expect(await stuck).toMatchObject({ code: 'INTERNAL' });
  });

  it('plans ordinary operations in front of many like the one that holds up a thread', async () => {
    const planner = await start();
    const stuck = Array.from({ length: 5 }, (_, at) => planner.plan(bomb(`Bomb${at}`)).catch(() => {}));
    const first = planner.plan(ordinary());
    await pass(QUICK_MS);
    await first;
    for (const field of ['value', 'left { id }']) await planner.plan(ordinary(`{ leaf { ${field} } }`));
    expect(planner.numbers).toMatchObject({ long: 1, threads: 2, waiting: 4 });
    await planner.close();
    await Promise.all(stuck);
  });

  it('makes room for them among operations that hold up threads, each in a way of its own', async () => {
    const planner = await start();
    const stuck = [bomb(), leftBomb, rightBomb].map((one) => planner.plan(one).catch(() => {}));
    await pass(QUICK_MS);
    await until(() => planner.numbers?.waiting === 1);
    const inTheMiddle = planner.plan(ordinary());
    await pass(QUICK_MS);
    await inTheMiddle;
    expect(planner.numbers).toMatchObject({ long: 1, waiting: expect.any(Number) });
    await planner.close();
    await Promise.all(stuck);
  });

  it('begins again with what had to make room, and leaves it the whole deadline then', async () => {
    const planner = await start();
    const outcomes = [bomb(), leftBomb].map((one) => planner.plan(one).catch((error) => error.code));
    let second: unknown = null;
    void outcomes[1]?.then((outcome) => {
      second = outcome;
    });
    await pass(QUICK_MS);
    await until(() => planner.numbers?.waiting === 0);
    await pass(QUICK_MS);
    expect(planner.numbers).toMatchObject({ long: 1, waiting: 1 });
    await pass(OPTIONS.deadlineMs - 2 * QUICK_MS);
    expect(await outcomes[0]).toBe('PLANNING_TIMEOUT');
    await until(() => planner.numbers?.long === 1);
    await pass(OPTIONS.deadlineMs - 1);
    await planner.plan(ordinary());
    expect(second).toBeNull();
    await pass(1);
    expect(await outcomes[1]).toBe('PLANNING_TIMEOUT');
    await planner.plan(ordinary());
  });

  it('keeps half of its queue free for operations that raise no doubt', async () => {
    const planner = await start({ queueMax: 4 });
    const stuck = [planner.plan(bomb()).catch(() => {})];
    const first = planner.plan(ordinary());
    await pass(QUICK_MS);
    await first;
    for (const name of ['Second', 'Third']) stuck.push(planner.plan(bomb(name)).catch(() => {}));
    await expect(planner.plan(bomb('Fourth'))).rejects.toMatchObject({ code: 'PLANNING_OVERLOADED' });
    await planner.plan(ordinary('{ leaf { value } }'));
    await planner.close();
    await Promise.all(stuck);
  });

  it('starts no spare for ordinary operations', async () => {
    const planner = await start();
    for (let count = 0; count < 20; count++) await planner.plan(ordinary(`{ leaf { id a${count}: value } }`));
    expect(started).toHaveLength(1);
  });

  it('leaves every worker to long operations, and has one thread more for the others', async () => {
    const planner = await start({ workers: 2 });
    const stuck = ['First', 'Second'].map((name) => planner.plan(bomb(name)).catch(() => {}));
    const first = planner.plan(ordinary());
    await pass(QUICK_MS);
    await first;
    expect(planner.numbers).toMatchObject({ long: 2, waiting: 0 });
    expect(started).toHaveLength(3);
    await planner.close();
    await Promise.all(stuck);
  });

  it('plans small operations before large ones', async () => {
    const planner = await start();
    const order: string[] = [];
    const note = (name: string) => () => order.push(name);
    await Promise.all([
      planner.plan(ordinary('{ east }')).then(note('first')),
      planner.plan(ordinary('{ leaf { id value left { id } } }')).then(note('large')),
      planner.plan(ordinary('{ leaf { value } }')).then(note('small')),
    ]);
    expect(order).toEqual(['first', 'small', 'large']);
  });

  it('refuses what comes when the queue is full', async () => {
    const planner = await start({ queueMax: 1 });
    const cut = planner.plan(bomb()).catch((error) => error.code);
    const queued = planner.plan(ordinary());
    await expect(planner.plan(ordinary('{ east }'))).rejects.toMatchObject({ code: 'PLANNING_OVERLOADED' });
    await pass(OPTIONS.deadlineMs);
    expect(await cut).toBe('PLANNING_TIMEOUT');
    await queued;
  });

  it('forgets an operation in the queue that nobody waits for', async () => {
    const planner = await start({ queueMax: 1 });
    const cut = planner.plan(bomb()).catch((error) => error.code);
    const leaving = new Leaver();
    const left = planner.plan(ordinary(), leaving.cancellation);
    leaving.leave();
    await expect(left).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    const queued = planner.plan(ordinary('{ east }'));
    await pass(OPTIONS.deadlineMs);
    await cut;
    await queued;
  });

  it('does not begin for somebody who has left', async () => {
    const planner = await start();
    await expect(planner.plan(ordinary(), gone())).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
  });

  it('replaces a thread that dies while it is idle', async () => {
    const planner = await start();
    await started[0]?.terminate();
    await planner.plan(ordinary());
    expect(started).toHaveLength(2);
  });

  it('replaces a thread that dies while it plans, and says so', async () => {
    const planner = await start();
    const lost = planner.plan(bomb());
    const next = planner.plan(ordinary());
    await started[0]?.terminate();
    await expect(lost).rejects.toMatchObject({ code: 'INTERNAL' });
    await next;
  });

  it('replaces a spare that dies', async () => {
    const planner = await start();
    for (const name of ['First', 'Second']) {
      const cut = planner.plan(bomb(name)).catch(() => {});
      await until(() => planner.numbers?.waiting === 0);
      await pass(OPTIONS.deadlineMs);
      await cut;
    }
    await planner.plan(ordinary());
    const spares = started.slice(1);
    expect(spares.length).toBeGreaterThan(0);
    await Promise.all(alive().map((worker) => worker.terminate()));
    await planner.plan(ordinary());
  });

  it('tells why an operation cannot be planned', async () => {
    const planner = await start();
    await expect(planner.plan(ordinary('{ nothing }'))).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
    await expect(planner.plan(ordinary('{ leaf {'))).rejects.toMatchObject({ code: 'PLANNING_FAILED' });
    const subscription = { query: 'query A { east } query B { leaf { id } }', operationName: 'B' };
    expect(printPlan(await planner.plan(subscription))).toContain('leaf');
  });

  it('refuses a plan of more fetches than allowed', async () => {
    const planner = await start({ fetchesMax: 1 });
    await expect(planner.plan(ordinary('{ leaf { id value } }'))).rejects.toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('planning.max_fetches allows 1'),
    });
    await planner.plan(ordinary());
  });

  it('does not start over something that is no supergraph', async () => {
    await expect(createApolloPlanner('type Query { a: Int }', OPTIONS)).rejects.toMatchObject({
      code: 'SUPERGRAPH_INVALID',
    });
    await expect(createApolloPlanner('nonsense', { ...OPTIONS, workers: 2 })).rejects.toMatchObject({
      code: 'SUPERGRAPH_INVALID',
    });
  });

  it('refuses what waits when it is closed, and what comes later', async () => {
    const planner = await start();
    const planning = planner.plan(bomb()).catch((error) => error);
    const queued = planner.plan(ordinary()).catch((error) => error);
    await planner.close();
    expect(await queued).toMatchObject({ code: 'GATEWAY_NOT_READY' });
    expect(await planning).toBeInstanceOf(Error);
    await expect(planner.plan(ordinary())).rejects.toMatchObject({ code: 'GATEWAY_NOT_READY' });
  });

  it('keeps a process alive while it loads, and lets it end when it is idle', async () => {
    const file = join(__dirname, '../../../gateway/planning/apollo/planner.js');
    const script = `require(${JSON.stringify(file)}).createApolloPlanner(process.argv[1], ${JSON.stringify(OPTIONS)}).then(() => process.stdout.write('loaded'))`;
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', script, sdl]);
    expect(stdout).toBe('loaded');
  });

  it('ends its threads when it is closed', async () => {
    const planner = await start({ workers: 2 });
    expect(alive()).toHaveLength(2);
    const ends = alive().map((worker) => once(worker, 'exit'));
    await planner.close();
    await Promise.all(ends);
    expect(alive()).toHaveLength(0);
  });
});
