import type { Events } from '../../gateway/events';
import { subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { mutation, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const servers: ScriptedServer[] = [];
const pools: Pool[] = [];

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  servers.push(server);
  return server;
}

function poolOf(...instances: readonly ScriptedServer[]): Pool {
  const outlierDetection = { consecutiveErrors: 5, errorRate: 1, baseEjectionTimeMs: 300_000, maxEjectionShare: 0.5 };
  const pool = createPool(
    poolOptions(
      instances.map(({ url }) => url),
      { outlierDetection },
    ),
  );
  pools.push(pool);
  return pool;
}

const well = answerJson({ data: {} });
const nonsense: Script = (_request, response) => response.end('<html></html>');
const understands = (_status: number, body: Buffer) => body[0] === 0x7b;

describe('an answer that cannot be what was asked for', () => {
  it('sends a query elsewhere, until its instance is asked no more', async () => {
    const [bad, good] = [await serve(nonsense), await serve(well)];
    const pool = poolOf(bad, good);
    for (let n = 0; n < 30; n += 1) {
      expect(await pool.request(query({ understands }))).toMatchObject({ instance: new URL(good.url).host });
    }
    expect(bad.received).toHaveLength(5);
    expect(pool.instances().map(({ state }) => state)).toEqual(['ejected', 'healthy']);
  });

  it('is given to the caller when nobody else is there', async () => {
    const bad = await serve(nonsense);
    const answer = await poolOf(bad).request(query({ understands }));
    expect([answer.status, answer.body.toString(), answer.attempts]).toEqual([200, '<html></html>', 1]);
  });

  it('does not send a mutation again, and counts all the same', async () => {
    const [bad, good] = [await serve(nonsense), await serve(well)];
    const outcomes: Events['attempt.finished']['outcome'][] = [];
    const stop = subscribe('attempt.finished', ({ outcome }) => outcomes.push(outcome));
    const answer = await poolOf(bad, good).request(mutation({ understands }));
    stop();
    expect([answer.body.toString(), outcomes, good.received.length]).toEqual(['<html></html>', ['protocol'], 0]);
  });
});
