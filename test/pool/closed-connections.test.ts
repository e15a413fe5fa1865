import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { Leaver } from '../fixtures/leaver';
import { mutation, poolOptions } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const servers: ScriptedServer[] = [];
const pools: Pool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function serve(): Promise<ScriptedServer> {
  const server = await startScriptedServer(answerJson({ data: { done: true } }));
  servers.push(server);
  return server;
}

function poolOf(...instances: readonly ScriptedServer[]): Pool {
  const pool = createPool(poolOptions(instances.map(({ url }) => url)));
  pools.push(pool);
  return pool;
}

/** The end of each connection is in the pool's sockets when this returns, but the loop has not read it. */
function endConnections({ sockets }: ScriptedServer): void {
  expect(sockets.size).toBeGreaterThan(0);
  for (const socket of sockets) socket.destroy();
}

const fate = (answer: Promise<{ status: number }>) =>
  answer.then(
    ({ status }) => status,
    (error: { code?: unknown }) => error.code,
  );

describe('a mutation that comes just when its instance has ended its connections', () => {
  it('is sent on a new one', async () => {
    const server = await serve();
    const pool = poolOf(server);
    const fates: unknown[] = [];
    // Again and again: at which point of the loop's turn the mutation comes is not the same each time.
    for (let n = 0; n < 10; n += 1) {
      for (let before = 0; before < 3; before += 1) await pool.request(mutation());
      endConnections(server);
      fates.push(await fate(pool.request(mutation())));
    }
    expect(fates).toEqual(Array(10).fill(200));
    expect(server.received).toHaveLength(40);
  });

  it('is sent elsewhere when the instance listens no more', async () => {
    const [leaving, staying] = [await serve(), await serve()];
    const pool = poolOf(leaving, staying);
    for (let n = 0; n < 10; n += 1) await pool.request(mutation());
    endConnections(leaving);
    const killed = leaving.kill();
    expect(await Promise.all([fate(pool.request(mutation())), fate(pool.request(mutation()))])).toEqual([200, 200]);
    await killed;
    expect([leaving.received.length, staying.received.length]).toEqual([5, 7]);
  });

  it('is not sent at all when its client leaves before', async () => {
    const server = await serve();
    const pool = poolOf(server);
    const leaving = new Leaver();
    const answer = fate(pool.request(mutation({ cancellation: leaving.cancellation })));
    leaving.leave();
    expect(await answer).toBe('REQUEST_CANCELLED');
    await pool.request(mutation({ body: 'the next' }));
    expect(server.received.map(({ body }) => body)).toEqual(['the next']);
  });
});
