import { subscribe } from '../../../gateway/events';
import { sdlHash } from '../../../gateway/pool/health/sdl-hash';
import { sdlAnswerOf, sdlHashOf } from '../../../gateway/pool/health/sdl-thread';
import { createPool } from '../../../gateway/pool/instance-pool';
import type { Pool } from '../../../gateway/pool/pool';
import { poolOptions } from '../../fixtures/pool-options';
import { answerJson, type ScriptedServer, startScriptedServer } from '../../fixtures/scripted-server';

/** About half a megabyte. */
const SDL = Array.from(
  { length: 4_000 },
  (_, n) =>
    `type Thing${n} @key(fields: "id") { id: ID! name(first: Int = ${n}, after: String): String other: [Thing${n}!] }`,
).join('\n');
const QUERY = 'extend type Query { things: [Thing1!] }';
const CHECK = {
  probe: 'graphql',
  intervalMs: 20,
  timeoutMs: 60_000,
  unhealthyThreshold: 1,
  healthyThreshold: 1,
} as const;

describe('a schema of megabytes', () => {
  let server: ScriptedServer;
  let pool: Pool;
  let expected: string;

  beforeAll(async () => {
    expected = await sdlHashOf(`${SDL} ${QUERY}`);
  });
  afterEach(async () => {
    await pool?.close(0);
    await server?.kill();
  });

  /** What the first check of an instance with this schema comes to. */
  async function firstCheck(sdl: string) {
    server = await startScriptedServer(answerJson({ data: { _service: { sdl } } }));
    const checked = new Promise<string | undefined>((resolve) => {
      const stop = subscribe('check.finished', ({ detail }) => {
        stop();
        resolve(detail);
      });
    });
    pool = createPool(poolOptions([server.url], { healthCheck: CHECK, sdlHash: expected }));
    const detail = await checked;
    return { detail, state: pool.instances()[0]?.state };
  }

  it('has the hash that it has when it is read here', async () => {
    expect(expected).toBe(sdlHash(`${QUERY} ${SDL}`));
    const body = Buffer.from(JSON.stringify({ data: { _service: { sdl: SDL } } }));
    expect(await sdlAnswerOf(body)).toEqual({ graphql: true, hash: sdlHash(SDL) });
    expect(await sdlAnswerOf(Buffer.from(`<html>${SDL}`))).toEqual({ graphql: false, hash: null });
    expect(await sdlAnswerOf(Buffer.from(JSON.stringify({ errors: [{ message: SDL }] })))).toEqual({
      graphql: true,
      hash: null,
    });
  });

  it('of an instance is compared', async () => {
    expect(await firstCheck(`# Served\n${QUERY} ${SDL}`)).toEqual({ detail: 'status 200', state: 'healthy' });
  });

  it('of an instance that differs is found', async () => {
    const { detail, state } = await firstCheck(SDL.replace('other: [Thing7!]', 'other: [Thing7]'));
    expect(detail).toMatch(/its schema is not the one/);
    expect(state).toBe('degraded');
  });

  it('is not read by the loop: it turns meanwhile', async () => {
    const other = SDL.replaceAll('Thing', 'Item');
    let turns = 0;
    let reading = true;
    const turn = () => {
      turns += 1;
      if (reading) setImmediate(turn);
    };
    turn();
    await sdlHashOf(other);
    reading = false;
    expect(turns).toBeGreaterThan(20);
  });
});
