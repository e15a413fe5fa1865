import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import { MIRRORS_MAX } from '../../gateway/pool/mirrors';
import type { MirrorRequest, Pool } from '../../gateway/pool/pool';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, hang, reset, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const OK = answerJson({ data: { a: 1 } });

describe('copies of requests', () => {
  let servers: ScriptedServer[];
  let pool: Pool;
  let stop: () => void;
  const ended: Events['mirror.finished'][] = [];
  const outcomes = () => ended.map(({ outcome }) => outcome);

  beforeEach(async () => {
    servers = await Promise.all([startScriptedServer(OK), startScriptedServer(OK)]);
    pool = createPool(
      poolOptions(
        servers.map(({ url }, at) => instance(url, { tags: { version: `v${at + 1}` } })),
        { connections: 1 },
      ),
    );
    ended.length = 0;
    stop = subscribe('mirror.finished', (event) => ended.push(event));
  });
  afterEach(async () => {
    stop();
    await pool.close(0);
    await Promise.all(servers.map((server) => server.kill()));
  });

  const copy = (changes: Partial<MirrorRequest> = {}) => {
    const { method, path, headers, body } = query();
    pool.mirror({ method, path, headers, body, tags: { version: 'v2' }, timeoutMs: 60_000, ...changes });
  };
  const endedOnce = (count: number) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (ended.length < count) return;
        unlisten();
        resolve();
      };
      const unlisten = subscribe('mirror.finished', look);
      look();
    });

  it('go to an instance with the tags, marked as copies', async () => {
    copy();
    await endedOnce(1);
    expect(ended).toMatchObject([{ pool: 'products', instance: `127.0.0.1:${servers[1]?.port}`, outcome: 'answered' }]);
    expect(servers[1]?.received).toMatchObject([
      { body: '{"query":"{ a }"}', headers: { 'x-headgate-mirror': 'true' } },
    ]);
    expect(servers[0]?.received).toEqual([]);
  });

  it('say nothing of an instance, whatever becomes of them', async () => {
    const before = pool.instances();
    for (const script of [answerJson({}, 500), reset]) {
      Object.assign(servers[1] ?? {}, { script });
      const many = ended.length + 8;
      for (let at = 0; at < 8; at += 1) copy();
      await endedOnce(many);
    }
    Object.assign(servers[1] ?? {}, { script: hang });
    copy({ timeoutMs: 20 });
    await endedOnce(17);
    expect(outcomes()).toEqual([...Array(16).fill('failed'), 'timeout']);
    expect(pool.instances()).toEqual(before);
  });

  it('have connections of their own, and room for so many', async () => {
    Object.assign(servers[1] ?? {}, { script: hang });
    for (let at = 0; at < MIRRORS_MAX + 3; at += 1) copy();
    expect(outcomes()).toEqual(['dropped', 'dropped', 'dropped']);
    await servers[1]?.arrived(MIRRORS_MAX);
    Object.assign(servers[1] ?? {}, { script: OK });
    const only = { tags: { version: 'v2' }, text: 'version=v2', fallback: false };
    expect(await pool.request(query({ only }))).toMatchObject({ status: 200, attempts: 1 });
  });

  it('hold so many bytes and no more', async () => {
    Object.assign(servers[1] ?? {}, { script: hang });
    const body = Buffer.alloc(9_000_000, 32);
    copy({ body });
    copy({ body });
    expect(outcomes()).toEqual(['dropped']);
  });

  it('are not sent to whoever is not well', () => {
    copy({ tags: { version: 'v3' } });
    pool.override(`127.0.0.1:${servers[1]?.port}`, { action: 'eject', ttlMs: null, reason: '', actor: 'test' });
    copy();
    expect(outcomes()).toEqual(['nobody', 'nobody']);
  });

  it('end with their pool', async () => {
    Object.assign(servers[1] ?? {}, { script: hang });
    copy();
    await servers[1]?.arrived(1);
    await pool.close(0);
    copy();
    expect(outcomes()).toEqual(['failed', 'dropped']);
  });
});
