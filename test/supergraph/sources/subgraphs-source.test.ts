import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { HeadgateError } from '../../../gateway/errors';
import { type Events, subscribe } from '../../../gateway/events';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import type { SubgraphSource } from '../../../gateway/supergraph/options';
import { openSubgraphsSource, type SubgraphsSource } from '../../../gateway/supergraph/sources/subgraphs-source';
import type { SubgraphsTiming } from '../../../gateway/supergraph/sources/timing';
import { Inbox } from '../../fixtures/inbox';
import { type SdlServer, sdlAnswer, startSdlServer } from '../../fixtures/sdl-server';

const never = (_: number, signal: AbortSignal) =>
  new Promise<void>((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('aborted'))));

describe('subgraphs as a source', () => {
  let folder: string;
  let delivered: Inbox<string>;
  let refused: Inbox<Events['supergraph.refused']>;
  let cleanups: (() => unknown)[];

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'headgate-subgraphs-source-'));
    delivered = new Inbox();
    refused = new Inbox();
    cleanups = [subscribe('supergraph.refused', refused.put), () => rm(folder, { recursive: true })];
  });

  afterEach(async () => {
    for (const cleanup of cleanups.reverse()) await cleanup();
  });

  afterAll(closeCompositionThread);

  function open(subgraphs: readonly SubgraphSource[], timing: Partial<SubgraphsTiming> = {}): SubgraphsSource {
    const deliver = async (sdl: string) => delivered.put(sdl);
    const feed = openSubgraphsSource(subgraphs, deliver, { timing: { sleep: never, startMs: 0, ...timing } });
    cleanups.push(() => feed.close());
    return feed;
  }

  async function file(name: string, sdl: string): Promise<SubgraphSource> {
    const path = join(folder, `${name}.graphql`);
    // As a whole: nobody sees the beginning of it.
    await writeFile(`${path}.new`, sdl);
    await rename(`${path}.new`, path);
    return { name, url: `http://127.0.0.1/${name}`, schema: { file: path } };
  }

  async function server(name: string, sdl: string): Promise<SdlServer & { source: SubgraphSource }> {
    const started = await startSdlServer(sdlAnswer(sdl));
    cleanups.push(() => started.close());
    return Object.assign(started, { source: { name, url: started.url, schema: { introspect: [started.url] } } });
  }

  it('delivers what files and running subgraphs compose to', async () => {
    const running = await server('running', 'type Query { fromServer: Int }');
    await open([await file('written', 'type Query { fromFile: Int }'), running.source]).start();
    const sdl = await delivered.take();
    expect(sdl).toContain('fromFile: Int @join__field(graph: WRITTEN)');
    expect(sdl).toContain('fromServer: Int @join__field(graph: RUNNING)');
  });

  it('fails the start with every problem when the subgraphs do not compose', async () => {
    const feed = open([await file('a', 'type Query {'), await file('b', '}')]);
    await expect(feed.start()).rejects.toMatchObject({
      code: 'COMPOSITION_FAILED',
      details: { problems: [{ subgraph: 'a' }, { subgraph: 'b' }] },
    });
  });

  it('fails the start at once when a file is missing', async () => {
    const feed = open([{ name: 'a', url: '', schema: { file: join(folder, 'none') } }], { startMs: 60_000 });
    await expect(feed.start()).rejects.toMatchObject({
      code: 'SUPERGRAPH_UNAVAILABLE',
      message: expect.stringContaining('none'),
    });
  });

  it('composes again when a file changes', async () => {
    const a = await file('a', 'type Query { one: Int }');
    await open([a]).start();
    await file('a', 'type Query { two: Int }');
    expect(await delivered.take()).toContain('one: Int');
    expect(await delivered.take()).toContain('two: Int');
  });

  it('announces a file that breaks composition, keeps what ran, and recovers', async () => {
    const a = await file('a', 'type Query { one: Int }');
    await open([a]).start();
    await file('a', 'type Query { one: Nope }');
    expect(await refused.take()).toMatchObject({
      source: 'subgraphs',
      code: 'COMPOSITION_FAILED',
      message: expect.stringContaining('a:1:19 INVALID_GRAPHQL Unknown type Nope'),
    });
    await file('a', 'type Query { two: Int }');
    expect(await delivered.take()).toContain('one: Int');
    expect(await delivered.take()).toContain('two: Int');
  });

  it('asks a subgraph that is not up yet again while starting', async () => {
    const waits: number[] = [];
    const up = await server('late', 'type Query { late: Int }');
    up.answer = (_, response) => response.writeHead(503).end();
    const sleep = async (ms: number, signal: AbortSignal) => {
      waits.push(ms);
      if (waits.length === 3) up.answer = sdlAnswer('type Query { late: Int }');
      if (waits.length > 3) await never(ms, signal);
    };
    await open([up.source], { startMs: 60_000, retryMs: 100, retryMsMax: 300, random: () => 1, sleep }).start();
    expect(await delivered.take()).toContain('late: Int');
    expect(waits.slice(0, 3)).toEqual([100, 200, 300]);
  });

  it('gives up the start after startMs, naming the subgraph and the reason', async () => {
    const up = await server('down', '');
    up.answer = (_, response) => response.writeHead(503).end();
    let nowMs = 0;
    const sleep = async (ms: number, signal: AbortSignal) => {
      if (ms > 5_000) await never(ms, signal);
      nowMs += ms;
    };
    const feed = open([up.source], { startMs: 30_000, now: () => nowMs, sleep });
    await expect(feed.start()).rejects.toMatchObject({
      code: 'SUPERGRAPH_UNAVAILABLE',
      message: expect.stringMatching(/subgraph down .*HTTP 503/),
    });
    expect(nowMs).toBeLessThanOrEqual(30_000);
  });

  it('goes on polling after a start that failed', async () => {
    const up = await server('late', '');
    up.answer = (_, response) => response.writeHead(503).end();
    const polls = new Inbox<() => void>();
    const feed = open([up.source], { sleep: () => new Promise((resolve) => polls.put(resolve)) });
    await expect(feed.start()).rejects.toThrow();
    up.answer = sdlAnswer('type Query { late: Int }');
    (await polls.take())();
    expect(await delivered.take()).toContain('late: Int');
    (await polls.take())();
  });

  it('polls running subgraphs and delivers only what changed', async () => {
    const running = await server('a', 'type Query { one: Int }');
    const polls = new Inbox<() => void>();
    const sleep = (_: number, signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => resolve());
        polls.put(resolve);
      });
    await open([running.source], { sleep }).start();
    (await polls.take())();
    const wake = await polls.take();
    expect(running.requests).toHaveLength(2);
    running.answer = sdlAnswer('type Query { two: Int }');
    wake();
    expect(await delivered.take()).toContain('one: Int');
    expect(await delivered.take()).toContain('two: Int');
  });

  it('keeps the last good SDL of a subgraph that is down, and says so once', async () => {
    const running = await server('a', 'type Query { fromA: Int }');
    const b = await file('b', 'type Query { one: Int }');
    const feed = open([running.source, b]);
    await feed.start();
    await delivered.take();
    running.answer = (_, response) => response.destroy();
    await feed.refresh();
    await feed.refresh();
    expect(await refused.take()).toMatchObject({ source: 'subgraph a', code: 'SUBGRAPH_UNREACHABLE' });
    expect(refused.waiting).toBe(0);
    await file('b', 'type Query { two: Int }');
    const sdl = await delivered.take();
    expect(sdl).toContain('fromA: Int');
    expect(sdl).toContain('two: Int');
  });

  it('tries again at a refresh what was refused by the receiver', async () => {
    const seen: string[] = [];
    const a = await file('a', 'type Query { one: Int }');
    const deliver = async (sdl: string) => {
      seen.push(sdl);
      if (seen.length === 1) throw new HeadgateError('SUPERGRAPH_INVALID', 'not now');
    };
    const feed = openSubgraphsSource([a], deliver, { timing: { sleep: never } });
    cleanups.push(() => feed.close());
    await expect(feed.start()).rejects.toThrow('not now');
    await feed.refresh();
    await feed.refresh();
    expect(seen).toHaveLength(2);
  });

  it('starts with what another feed knows of subgraphs that stay', async () => {
    const asked = await server('asked', 'type Query { fromAsked: Int }');
    const a = await file('a', 'type Query { fromA: Int }');
    const before = open([asked.source]);
    await before.start();
    await delivered.take();
    asked.answer = (_, response) => response.destroy();
    const moved = { ...asked.source, url: 'http://127.0.0.1/elsewhere' };
    expect([before.hasSame([asked.source]), before.hasSame([moved])]).toEqual([true, false]);
    const known = before.sdlsOf([moved, a]);
    const feed = openSubgraphsSource([moved, a], async (sdl) => delivered.put(sdl), {
      timing: { sleep: never },
      known,
    });
    cleanups.push(() => feed.close());
    await feed.start();
    const sdl = await delivered.take();
    expect(sdl).toContain('fromAsked: Int');
    expect(sdl).toContain('http://127.0.0.1/elsewhere');
    expect(before.sdlsOf([{ name: 'asked', url: '', schema: { file: 'another place' } }]).size).toBe(0);
  });

  it('stops waiting for a subgraph when it is closed', async () => {
    const silent = await server('silent', '');
    const asked = new Promise<void>((resolve) => {
      silent.answer = () => resolve();
    });
    const feed = open([silent.source], { startMs: 60_000 });
    const outcome = feed.start().catch((thrown: unknown) => thrown);
    await asked;
    await feed.close();
    expect(await outcome).toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(refused.waiting).toBe(0);
  });
});
