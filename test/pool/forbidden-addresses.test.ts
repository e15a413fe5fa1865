import { claimListener } from '../../gateway/addresses';
import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import type { PoolOptions } from '../../gateway/pool/options';
import type { Pool } from '../../gateway/pool/pool';
import { poolOptions, query } from '../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const CHECK = {
  probe: 'graphql',
  intervalMs: 20,
  timeoutMs: 60_000,
  unhealthyThreshold: 1,
  healthyThreshold: 1,
} as const;
const DENIED = { deny: ['127.0.0.0/8', '::1'], allow: [] };

describe('an instance at an address that is denied', () => {
  let server: ScriptedServer;
  let pool: Pool;
  let checks: Events['check.finished'][];
  let stop: () => void;

  beforeEach(async () => {
    server = await startScriptedServer(answerJson({ data: { a: 1 } }));
    checks = [];
    stop = subscribe('check.finished', (event) => checks.push(event));
  });
  afterEach(async () => {
    stop();
    await pool.close(0);
    await server.kill();
  });

  /** Asks, and waits until the instance has been checked. */
  async function ask(url: string, changes: Partial<PoolOptions>) {
    const checked = new Promise<void>((resolve) => {
      const unsubscribe = subscribe('check.finished', () => {
        unsubscribe();
        resolve();
      });
    });
    pool = createPool(poolOptions([url], { healthCheck: CHECK, ...changes }));
    const answer = pool.request(query()).catch((error) => error);
    await checked;
    return await answer;
  }

  it.each([
    ['an address', (url: string) => url],
    ['a name that resolves to one', (url: string) => url.replace('127.0.0.1', 'localhost')],
  ])('is not connected to, by requests nor by checks: %s', async (_, at) => {
    const error = await ask(at(server.url), { addresses: DENIED });
    expect(error).toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      message: 'products cannot be reached',
      details: { error: 'forbidden-address (ERR_ADDRESS_FORBIDDEN)' },
    });
    expect(checks[0]).toMatchObject({
      passed: false,
      reason: 'forbidden-address',
      detail: expect.stringContaining('discovery.addresses.deny'),
    });
    expect(server.sockets.size).toBe(0);
    expect(server.received).toEqual([]);
  });

  it('is not connected to when it is a listener of this gateway', async () => {
    const release = claimListener('127.0.0.1', server.port);
    const error = await ask(server.url, {});
    release();
    expect(error).toMatchObject({ details: { error: 'forbidden-address (ERR_ADDRESS_FORBIDDEN)' } });
    expect(checks[0]?.detail).toMatch(/a listener of this gateway itself/);
    expect(server.received).toEqual([]);
  });

  it('is asked once it is allowed', async () => {
    expect(await ask(server.url, { addresses: DENIED })).toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
    pool.update(poolOptions([server.url], { addresses: { ...DENIED, allow: ['127.0.0.1'] } }));
    expect((await pool.request(query())).status).toBe(200);
  });
});
