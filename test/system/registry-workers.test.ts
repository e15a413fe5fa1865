import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { askAfresh } from '../fixtures/fresh-connection';
import { type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, type SubgraphModule, startLiveSubgraph } from '../fixtures/live-subgraph';
import { startQueryLoop } from '../fixtures/query-loop';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const WORKERS = 2;
const HELLO = '{ hello }';

function greetings(...fields: string[]): SubgraphModule {
  const resolvers = Object.fromEntries(fields.map((field) => [field, () => field]));
  return {
    sdl: `type Query { ${fields.map((field) => `${field}: String`).join(' ')} }`,
    resolvers: { Query: resolvers },
  };
}

describe('a registry with several workers', () => {
  const directory = temporaryDirectories();
  let subgraph: LiveSubgraph;
  let headgate: HeadgateProcess;

  /** The subgraph is deployed first, then published, as teams do. */
  async function publish(module: SubgraphModule): Promise<{ status: number; body: unknown }> {
    subgraph.deploy(module);
    const path = `/registry/graphs/default/subgraphs/greetings?url=${encodeURIComponent(subgraph.url)}`;
    const response = await fetch(new URL(path, headgate.admin), { method: 'PUT', body: module.sdl });
    return { status: response.status, body: await response.json() };
  }

  async function health(): Promise<{ status: number; body: unknown }> {
    // On a connection of its own: one that is kept may end with the worker that has it.
    const agent = new Agent({ keepAlive: false });
    const [response] = await once(get(new URL('/health/ready', headgate.graphql), { agent }), 'response');
    return { status: response.statusCode, body: JSON.parse(await text(response)) };
  }

  /** Bodies of the answers of all workers, which get connections in turn. */
  async function askAll(query: string): Promise<readonly unknown[]> {
    const bodies: unknown[] = [];
    for (let count = 0; count < 3 * WORKERS; count++) bodies.push((await askAfresh(headgate.graphql, query)).body);
    return bodies;
  }

  const everywhere = (data: Record<string, string>) => Array.from({ length: 3 * WORKERS }, () => ({ data }));

  /** Kills a worker without a chance to react; resolves when the primary has noticed. */
  async function killWorker(worker: number): Promise<void> {
    const line = headgate.lines('"worker.changed"', `"of":${worker},`, '"online"').at(-1) ?? '';
    const pid = Number(/"worker_pid":(\d+)/.exec(line)?.[1]);
    process.kill(pid, 'SIGKILL');
    await headgate.logged(`"worker_pid":${pid}`, '"gone"');
  }

  beforeAll(async () => {
    subgraph = await startLiveSubgraph('greetings', greetings('hello'));
    headgate = await startHeadgate(['serve', '--port', '0', '--workers', String(WORKERS)], { cwd: directory() });
    for (const worker of [1, 2]) await headgate.logged('"worker.changed"', `"of":${worker},`, '"online"');
  });

  afterAll(async () => {
    await headgate?.stop();
    await subgraph?.close();
  });

  it('is not ready before the first publish, and ready in every worker after it', async () => {
    expect((await health()).status).toBe(503);
    expect((await publish(greetings('hello'))).status).toBe(201);
    expect(await askAll(HELLO)).toEqual(everywhere({ hello: 'hello' }));
    expect(await health()).toEqual({
      status: 200,
      body: { status: 'ok', workers: { ready: WORKERS, wanted: WORKERS } },
    });
  });

  it('serves what is published in every worker when the publish returns, without a lost request', async () => {
    const loop = startQueryLoop(headgate.graphql, { query: HELLO, clients: 8 });
    await loop.more(50);
    const { status, body } = await publish(greetings('hello', 'second'));
    expect([status, body]).toMatchObject([200, { revision: 2, supergraph_was_updated: true }]);
    expect(await askAll('{ second }')).toEqual(everywhere({ second: 'second' }));
    await loop.more(50);
    expect((await loop.stop()).failures).toEqual([]);
  });

  it('changes nothing in any worker when a publish does not compose', async () => {
    const loop = startQueryLoop(headgate.graphql, { query: HELLO, clients: 4 });
    await loop.more(20);
    const path = '/registry/graphs/default/subgraphs/greetings';
    const refused = await fetch(new URL(path, headgate.admin), {
      method: 'PUT',
      body: 'type Query { hello: Unknown }',
    });
    expect(refused.status).toBe(422);
    expect(await askAll('{ second }')).toEqual(everywhere({ second: 'second' }));
    await loop.more(20);
    expect((await loop.stop()).failures).toEqual([]);
  });

  it('brings a worker that died back with what was published meanwhile', async () => {
    await killWorker(1);
    const seen: unknown[] = [await health()];
    expect((await publish(greetings('hello', 'second', 'third'))).status).toBe(200);
    expect(await askAll('{ third }')).toEqual(everywhere({ third: 'third' }));
    for (;;) {
      const now = await health();
      seen.push(now);
      if (JSON.stringify(now.body).includes('"ok"')) break;
      await pause(10);
    }
    for (const one of seen) expect(one).toMatchObject({ status: 200, body: { workers: { wanted: WORKERS } } });
    await killWorker(2);
    expect(await askAll('{ third }')).toEqual(everywhere({ third: 'third' }));
  });

  it('rolls back in every worker', async () => {
    const rollback = new URL('/registry/graphs/default/rollback', headgate.admin);
    const response = await fetch(rollback, { method: 'POST', body: '{"revision":1,"reason":"test"}' });
    expect(response.status).toBe(200);
    for (const body of await askAll('{ second }'))
      expect(JSON.stringify(body)).toContain('Cannot query field \\"second\\"');
    expect(await askAll(HELLO)).toEqual(everywhere({ hello: 'hello' }));
  });
});
