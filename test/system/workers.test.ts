import { once } from 'node:events';
import { renameSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { exampleConfig } from '../fixtures/example-config';
import { type ExampleServices, startExampleServices } from '../fixtures/example-services';
import { askAfresh } from '../fixtures/fresh-connection';
import { ask, type HeadgateProcess, runHeadgate, startHeadgate } from '../fixtures/headgate-process';
import { startQueryLoop } from '../fixtures/query-loop';
import { sampleOperations } from '../fixtures/sample-operations';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const WORKERS = 2;
const CLIENTS = 8;
/** What a draining gateway waits for a request on a connection that has none. */
const IDLE_MS = 1_000;
const QUERY = '{ product(upc: "1001") { name inStock } }';

interface Instance {
  readonly id: string;
  readonly state: string;
  readonly workers: readonly { readonly worker: number; readonly state: string }[];
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('headgate serve --workers', () => {
  const directory = temporaryDirectories();
  let services: ExampleServices;
  let folder: string;
  let headgate: HeadgateProcess;

  const ARGS = ['serve', '--workers', String(WORKERS)];

  /** As a whole: nobody reads half of it. */
  function configure(more = ''): void {
    const file = join(folder, 'headgate.yaml');
    writeFileSync(`${file}.next`, exampleConfig(services, { more }));
    renameSync(`${file}.next`, file);
  }

  function serve(): Promise<HeadgateProcess> {
    folder = directory();
    configure();
    return startHeadgate(ARGS, { cwd: folder });
  }

  /** Of the process that has the place now; the log tells a little later. */
  function pidOf(worker: number): Promise<number> {
    const newest = async () => {
      const line = headgate.lines('"worker.changed"', `"of":${worker},`, '"online"').at(-1) ?? '';
      return Number(/"worker_pid":(\d+)/.exec(line)?.[1]);
    };
    return eventually(newest, isRunning);
  }

  /** Kills without a chance to react; resolves when their primary has noticed. */
  async function killWorkers(...workers: number[]): Promise<void> {
    const pids = await Promise.all(workers.map(pidOf));
    for (const pid of pids) process.kill(pid, 'SIGKILL');
    await Promise.all(pids.map((pid) => headgate.logged(`"worker_pid":${pid}`, '"gone"', 'SIGKILL')));
  }

  async function metrics(): Promise<string> {
    return (await fetch(new URL('/metrics', headgate.admin))).text();
  }

  async function diedSoFar(): Promise<number> {
    return Number(/^headgate_workers_died\{worker="0"\} (\d+)$/m.exec(await metrics())?.[1]);
  }

  async function whole(): Promise<void> {
    await eventually(ready, ({ body }) => JSON.stringify(body).includes('"ok"'));
  }

  async function ready(): Promise<{ status: number; body: unknown }> {
    const response = await fetch(new URL('/health/ready', headgate.admin));
    return { status: response.status, body: await response.json() };
  }

  async function eventually<Value>(look: () => Promise<Value>, wanted: (value: Value) => boolean): Promise<Value> {
    for (;;) {
      const value = await look();
      if (wanted(value)) return value;
      await pause(10);
    }
  }

  /** What the health page said of so few; kills again when others had taken their places before it was read. */
  async function seenAfterKilling(...workers: number[]): Promise<{ status: number; body: unknown }> {
    for (;;) {
      await killWorkers(...workers);
      const seen = await ready();
      await whole();
      if (JSON.stringify(seen.body).includes(`"ready":${WORKERS - workers.length}`)) return seen;
    }
  }

  async function instancesOf(pool: string): Promise<readonly Instance[]> {
    const response = await fetch(new URL('/pools', headgate.admin));
    const { pools } = (await response.json()) as { pools: { name: string; instances: Instance[] }[] };
    return pools.find(({ name }) => name === pool)?.instances ?? [];
  }

  beforeAll(async () => {
    services = await startExampleServices({ products: 2 });
  });
  afterAll(() => services.stop());

  describe('while it runs', () => {
    beforeAll(async () => {
      headgate = await serve();
    });
    beforeEach(() => whole());
    afterAll(() => headgate.stop());

    it('shares the port between processes that name themselves in the log', async () => {
      for (const { query, variables } of sampleOperations())
        expect((await ask(headgate.graphql, query, variables)).body.errors).toBeUndefined();
      await Promise.all([askAfresh(headgate.graphql, QUERY), askAfresh(headgate.graphql, QUERY)]);
      for (const worker of [1, 2]) await headgate.logged('"request"', `"worker":${worker},`);
      expect(await ready()).toEqual({ status: 200, body: { status: 'ok', workers: { ready: 2, wanted: 2 } } });
    });

    it('replaces a worker that is killed; nobody loses more than what that worker was working on', async () => {
      const loop = startQueryLoop(headgate.graphql, { query: QUERY, clients: CLIENTS, pauseMs: 10 });
      await loop.more(50);
      await killWorkers(1);
      await loop.more(50);
      await whole();
      await loop.more(100);
      const { failures } = await loop.stop();
      expect(failures.length).toBeLessThanOrEqual(CLIENTS);
      expect(failures.filter((failure) => !/ECONNRESET|EPIPE/.test(failure))).toEqual([]);
      const after = startQueryLoop(headgate.graphql, { query: QUERY, clients: CLIENTS });
      await after.more(50);
      expect((await after.stop()).failures).toEqual([]);
    });

    it('loses no connection that nobody had taken yet', async () => {
      await killWorkers(1, 2);
      const answers = await Promise.all(Array.from({ length: CLIENTS }, () => askAfresh(headgate.graphql, QUERY)));
      for (const { status, body } of answers) {
        expect(status).toBe(200);
        expect(body.errors).toBeUndefined();
      }
    });

    it('is degraded without one of its workers, and starting without any', async () => {
      expect(await seenAfterKilling(1)).toEqual({
        status: 200,
        body: { status: 'degraded', workers: { ready: 1, wanted: 2 } },
      });
      expect(await seenAfterKilling(1, 2)).toEqual({
        status: 503,
        body: { status: 'starting', workers: { ready: 0, wanted: 2 } },
      });
    });

    it('takes a changed configuration to every worker', async () => {
      const query = '{ a: categories { __typename } b: categories { __typename } c: categories { __typename } }';
      expect((await askAfresh(headgate.graphql, query)).body.errors).toBeUndefined();
      configure('limits: { max_aliases: 2 }');
      await headgate.logged('config.reloaded');
      for (let count = 0; count < 2 * WORKERS; count += 1) {
        const { body } = await askAfresh(headgate.graphql, query);
        expect(JSON.stringify(body.errors)).toContain('OPERATION_LIMIT_EXCEEDED');
      }
      await killWorkers(1);
      await whole();
      for (let count = 0; count < 2 * WORKERS; count += 1) {
        const { body } = await askAfresh(headgate.graphql, query);
        expect(JSON.stringify(body.errors)).toContain('OPERATION_LIMIT_EXCEEDED');
      }
    });

    it('does what operators ask in every worker, and in those that come later', async () => {
      const [{ id = '' } = {}] = await instancesOf('products');
      const drain = new URL(`/pools/products/instances/${id}/drain`, headgate.admin);
      const response = await fetch(drain, { method: 'POST', body: '{"reason":"new disk"}' });
      expect(response.status).toBe(200);
      const beliefs = async () => (await instancesOf('products')).find((one) => one.id === id);
      expect((await beliefs())?.workers.map(({ state }) => state)).toEqual(['draining', 'draining']);
      const died = await diedSoFar();
      await killWorkers(2);
      await whole();
      expect((await beliefs())?.workers.map(({ state }) => state)).toEqual(['draining', 'draining']);
      expect(await diedSoFar()).toBe(died + 1);
      expect(await metrics()).toMatch(/headgate_pool_instances\{worker="2",.*state="draining"\} 1/);
    });
  });

  it('stops without losing a request of fifty clients', async () => {
    headgate = await serve();
    const loop = startQueryLoop(headgate.graphql, {
      query: QUERY,
      clients: 50,
      endsOn: (code) => code === 'ECONNREFUSED',
      idleMs: IDLE_MS,
    });
    await loop.more(200);
    const pids = [await pidOf(1), await pidOf(2)];
    headgate.child.kill('SIGTERM');
    expect((await loop.ended).failures).toEqual([]);
    expect(await headgate.exited).toBe(0);
    expect(pids.filter(isRunning)).toEqual([]);
  });

  it('ends at once, workers included, when it is told a second time', async () => {
    headgate = await serve();
    const pids = [await pidOf(1), await pidOf(2)];
    const loop = startQueryLoop(headgate.graphql, { query: QUERY, endsOn: () => true });
    await loop.more(20);
    headgate.child.kill('SIGTERM');
    await headgate.logged('server.draining');
    headgate.child.kill('SIGTERM');
    expect(await headgate.exited).toBe(143);
    await eventually(
      async () => pids.filter(isRunning),
      ({ length }) => length === 0,
    );
    await loop.ended;
  });

  it('leaves no worker behind when it is killed', async () => {
    headgate = await serve();
    const pids = [await pidOf(1), await pidOf(2)];
    headgate.child.kill('SIGKILL');
    await headgate.exited;
    await eventually(
      async () => pids.filter(isRunning),
      ({ length }) => length === 0,
    );
  });

  it('says why it cannot start', async () => {
    folder = directory();
    configure();
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const busy = await runHeadgate([...ARGS, '--port', port], { cwd: folder });
    taken.close();
    expect(busy.code).toBe(3);
    expect(busy.stderr).toContain(`port ${port} on 127.0.0.1 is taken`);
    writeFileSync(join(folder, 'plugin.js'), 'throw new Error("no licence")');
    configure('apollo: { plugins: [ ./plugin.js ] }');
    const broken = await runHeadgate(ARGS, { cwd: folder });
    expect(broken.code).toBe(3);
    expect(broken.stderr).toContain('no licence');
  });
});
