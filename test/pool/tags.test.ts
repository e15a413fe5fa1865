import { subscribe } from '../../gateway/events';
import type { InstanceFilter } from '../../gateway/pool/instance-filter';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { tagText } from '../../gateway/tags';
import { instance, mutation, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, hang, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const OK = answerJson({ data: { a: 1 } });
const FAILS = answerJson({}, 503);
const DRAIN = { action: 'drain', ttlMs: null, reason: '', actor: 'test' } as const;

function only(tags: InstanceFilter['tags'], fallback = true): InstanceFilter {
  return { tags, text: tagText(tags), fallback };
}

describe('a request for instances with tags', () => {
  let servers: ScriptedServer[];
  let pool: Pool;
  let ids: string[];
  const events: unknown[] = [];
  let stops: (() => void)[];

  /** Two of v1, two of v2. */
  beforeEach(async () => {
    servers = await Promise.all([1, 2, 3, 4].map(() => startScriptedServer(OK)));
    ids = servers.map(({ port }) => `127.0.0.1:${port}`);
    const instances = servers.map(({ url }, at) =>
      instance(url, { tags: { version: at < 2 ? 'v1' : 'v2', provider: at % 2 === 0 ? 'aws' : 'gcp' } }),
    );
    pool = createPool(poolOptions(instances));
    events.length = 0;
    stops = [
      subscribe('fallback.changed', (event) => events.push(event)),
      subscribe('pick.fell.back', (event) => events.push(event)),
    ];
  });
  afterEach(async () => {
    for (const stop of stops) stop();
    await pool.close(0);
    await Promise.all(servers.map((server) => server.kill()));
  });

  const scriptOf = (at: number, script: Script) => Object.assign(servers[at] ?? {}, { script });

  /** Letters of the instances that answered so many requests. */
  async function asked(times: number, filter: InstanceFilter | null): Promise<string> {
    const seen = new Set<string>();
    for (let at = 0; at < times; at += 1) {
      const { instance: id } = await pool.request(query({ only: filter }));
      seen.add('abcd'[ids.indexOf(id ?? '')] ?? '-');
    }
    return [...seen].sort().join('');
  }

  it.each<[InstanceFilter['tags'] | null, string]>([
    [{ version: 'v2' }, 'cd'],
    [{ version: 'v1' }, 'ab'],
    [{ provider: 'aws' }, 'ac'],
    [{ provider: 'gcp', version: 'v2' }, 'd'],
    [null, 'abcd'],
  ])('goes to those with %j', async (tags, expected) => {
    expect(await asked(8, tags === null ? null : only(tags))).toBe(expected);
    expect(events).toEqual([]);
  });

  it('is tried again among them only', async () => {
    scriptOf(2, FAILS);
    const answers = [];
    for (let at = 0; at < 4; at += 1) answers.push(await pool.request(query({ only: only({ version: 'v2' }) })));
    expect(new Set(answers.map((one) => one.instance))).toEqual(new Set([ids[3]]));
    expect(answers.some(({ attempts }) => attempts === 2)).toBe(true);
  });

  it('is tried again at the same when there is no other', async () => {
    scriptOf(3, FAILS);
    const filter = only({ version: 'v2', provider: 'gcp' });
    expect(await pool.request(query({ only: filter }))).toMatchObject({ instance: ids[3], status: 503, attempts: 3 });
  });

  it('falls back to all while none of them is well, says so once, and returns', async () => {
    const filter = only({ version: 'v2' });
    pool.override(ids[2] ?? '', DRAIN);
    expect(await asked(4, filter)).toBe('d');
    pool.override(ids[3] ?? '', { ...DRAIN, action: 'eject' });
    expect(await asked(4, filter)).toBe('ab');
    const changed = { pool: 'products', tags: 'version=v2' };
    expect(events[0]).toEqual({ ...changed, fallsBack: true });
    expect(events.slice(1)).toEqual(Array(4).fill({ pool: 'products' }));
    expect(pool.explain().at(-1)?.reason).toMatch(/; nobody with version=v2 is well$/);
    pool.override(ids[2] ?? '', { ...DRAIN, action: 'resume' });
    expect(await asked(4, filter)).toBe('c');
    expect(events.at(-1)).toEqual({ ...changed, fallsBack: false });
    expect(pool.explain().at(-1)?.reason).toMatch(/, of those with version=v2$/);
  });

  it('falls back to all when nobody has the tags', async () => {
    expect(await asked(8, only({ version: 'v3' }))).toBe('abcd');
  });

  it('without fallback asks who is left of them, and fails when there is nobody', async () => {
    pool.override(ids[2] ?? '', DRAIN);
    pool.override(ids[3] ?? '', { ...DRAIN, action: 'eject' });
    expect(await asked(4, only({ version: 'v2' }, false))).toBe('d');
    pool.override(ids[3] ?? '', DRAIN);
    await expect(pool.request(query({ only: only({ version: 'v2' }, false) }))).rejects.toMatchObject({
      code: 'SUBGRAPH_UNREACHABLE',
      message: 'products has no instance with version=v2 that may be asked',
    });
    expect(events).toEqual([]);
  });

  it('stays with them at the start, when nothing is known of anybody', async () => {
    await pool.close(0);
    const check = {
      probe: { path: '/health' },
      intervalMs: 60_000,
      timeoutMs: 1000,
      unhealthyThreshold: 3,
      healthyThreshold: 2,
    };
    for (const server of servers) server.script = hang;
    const instances = servers.map(({ url }, at) => instance(url, { tags: { version: at < 3 ? 'v1' : 'v2' } }));
    pool = createPool(poolOptions(instances, { healthCheck: check }));
    scriptOf(3, (request, response, socket) => (request.method === 'GET' ? undefined : OK(request, response, socket)));
    expect(await asked(2, only({ version: 'v2' }))).toBe('d');
    expect(events).toEqual([]);
  });

  it('takes over tags that change, and holds for mutations', async () => {
    const filter = only({ version: 'v2' });
    expect(await asked(4, filter)).toBe('cd');
    pool.update(
      poolOptions(servers.map(({ url }, at) => instance(url, { tags: { version: at === 0 ? 'v2' : 'v1' } }))),
    );
    expect(await asked(4, filter)).toBe('a');
    expect((await pool.request(mutation({ only: filter }))).instance).toBe(ids[0]);
  });
});
