import { writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type LoadedConfig, loadConfig } from '../gateway/config/load';
import { closeCompositionThread, composeSubgraphs } from '../gateway/supergraph/compose';
import { ask } from './fixtures/headgate-process';
import { hold, letGo, until } from './fixtures/held-time';
import { type InProcessGateway, startInProcess } from './fixtures/in-process-gateway';
import { answerJson, type ScriptedServer, startScriptedServer } from './fixtures/scripted-server';
import { temporaryDirectories } from './fixtures/temporary-directory';

const SDL = {
  staying: 'type Query { here: String }',
  leaving: 'type Query { slow: String } type Mutation { change: String }',
};
type Name = keyof typeof SDL;

/** Of one request: longer than any time after which something could be taken for forgotten. */
const ALLOWED_MS = 2_000_000;
const PASSED_MS = 1_500_000;
const CHECK_MS = 10_000;
/** Of the clock of the test, for each look: a check has time to be made. */
const STEP_MS = 50;

describe('what a version before the one in service still uses', () => {
  const directory = temporaryDirectories();
  let servers: Record<Name, ScriptedServer>;
  /** Answers that the subgraph owes. */
  let owed: ServerResponse[];
  let gateway: InProcessGateway;

  const serverOf = (data: Record<string, string>) =>
    startScriptedServer((request, response, socket) => {
      if (/slow|change/.test(request.body)) owed.push(response);
      else answerJson({ data })(request, response, socket);
    });

  function configuration(checks: string): Promise<LoadedConfig> {
    const path = join(directory(), 'headgate.yaml');
    writeFileSync(
      path,
      `supergraph: { source: registry, checkpoint: false }
log: { level: silent }
discovery: { checkpoint: false }
planning: { deadline: 1m }
traffic_shaping:
  router: { timeout: ${ALLOWED_MS}ms }
  all: { timeout: ${ALLOWED_MS}ms, health_check: ${checks}, outlier_detection: false }
`,
    );
    return loadConfig({ path });
  }

  async function serve(...names: Name[]): Promise<void> {
    const { sdl } = await composeSubgraphs(names.map((name) => ({ name, url: servers[name].url, sdl: SDL[name] })));
    await gateway.change({ supergraph: { sdl, origin: 'test', instances: new Map() }, loaded: null });
  }

  function pools(): string[] {
    const route = gateway.side.routes.find(({ path }) => path === '/pools');
    const answered = route?.handle({} as never) as { body: string } | undefined; // as: it is there at once
    return JSON.parse(answered?.body ?? '')
      .pools.map(({ name }: { name: string }) => name)
      .sort();
  }

  function answer(value: string): void {
    for (const response of owed.splice(0))
      response.setHeader('content-type', 'application/json').end(JSON.stringify({ data: { slow: value } }));
  }

  async function start(checks = 'false'): Promise<void> {
    owed = [];
    servers = { staying: await serverOf({ here: 'here' }), leaving: await serverOf({ __typename: 'Query' }) };
    gateway = await startInProcess(await configuration(checks));
    await serve('staying', 'leaving');
  }

  /** Asks for what takes as long as the test wants. @param time `again`: the operation is known already */
  async function askSlow(time: 'first' | 'again'): Promise<{ readonly answered: Promise<unknown> }> {
    const once = async () => {
      const answered = ask(gateway.graphql, '{ slow }').then(({ body }) => body);
      await until(() => owed.length === 1);
      return { answered };
    };
    if (time === 'again') {
      const { answered } = await once();
      answer('first');
      await answered;
    }
    return once();
  }

  /** Waits while time passes. */
  async function passing(fits: () => boolean): Promise<void> {
    await until(() => {
      jest.advanceTimersByTime(STEP_MS);
      return fits();
    });
  }

  /** Its grace passes with the clock of the test. */
  async function stop(): Promise<void> {
    let stopped = false;
    const stopping = gateway.stop().then(() => {
      stopped = true;
    });
    await passing(() => stopped);
    await stopping;
  }

  // Clocks move when the test says so; sockets and threads go on.
  beforeAll(() => hold('setTimeout', 'clearTimeout', 'setInterval', 'clearInterval'));
  afterAll(() => {
    letGo();
  });
  afterEach(async () => {
    await stop();
    await Promise.all([servers.staying.kill(), servers.leaving.kill()]);
  });
  afterAll(closeCompositionThread);

  it.each(['first', 'again'] as const)(
    'answers however long it takes, and closes its pool then, asked %s',
    async (time) => {
      await start();
      const { answered } = await askSlow(time);
      await serve('staying');
      expect(pools()).toEqual(['staying']);
      expect((await ask(gateway.graphql, '{ here }')).body).toEqual({ data: { here: 'here' } });
      jest.advanceTimersByTime(PASSED_MS);
      expect(owed[0]?.destroyed).toBe(false);
      answer('late');
      expect(await answered).toEqual({ data: { slow: 'late' } });
      await until(() => servers.leaving.sockets.size === 0);
    },
  );

  it('is still bound by the deadline of the request', async () => {
    await start();
    const { answered } = await askSlow('again');
    await serve('staying');
    jest.advanceTimersByTime(ALLOWED_MS);
    expect(await answered).toMatchObject({ errors: [{ extensions: { code: 'GATEWAY_TIMEOUT' } }] });
    await until(() => servers.leaving.sockets.size === 0);
  });

  it('is checked until nobody uses it any more', async () => {
    await start(`{ graphql: true, interval: ${CHECK_MS}ms }`);
    const { answered } = await askSlow('again');
    await serve('staying');
    const checks = () => servers.leaving.received.filter(({ body }) => body.includes('__typename')).length;
    const before = checks();
    await passing(() => checks() > before);
    answer('late');
    await answered;
    await until(() => servers.leaving.sockets.size === 0);
    const atTheEnd = checks();
    const ofOthers = servers.staying.received.length;
    await passing(() => servers.staying.received.length > ofOthers + 2);
    expect(checks()).toBe(atTheEnd);
  });

  it('is taken back by a version that names it again', async () => {
    await start();
    const { answered } = await askSlow('again');
    await serve('staying');
    await serve('staying', 'leaving');
    answer('late');
    expect(await answered).toEqual({ data: { slow: 'late' } });
    const [socket] = servers.leaving.sockets;
    const again = await askSlow('first');
    answer('again');
    expect(await again.answered).toEqual({ data: { slow: 'again' } });
    expect(socket !== undefined && servers.leaving.sockets.has(socket)).toBe(true);
    expect(pools()).toEqual(['leaving', 'staying']);
  });

  it('lets a mutation run on whose client has gone', async () => {
    await start();
    const client = new AbortController();
    const { received } = servers.leaving;
    const body = JSON.stringify({ query: 'mutation { change }' });
    const headers = { 'content-type': 'application/json' };
    const gone = fetch(gateway.graphql, { method: 'POST', headers, body, signal: client.signal }).catch(() => 'gone');
    await until(() => owed.length === 1);
    client.abort();
    expect(await gone).toBe('gone');
    await serve('staying');
    // Its way through the pool is long over when somebody else was answered.
    await ask(gateway.graphql, '{ here }');
    jest.advanceTimersByTime(120_000);
    await ask(gateway.graphql, '{ here }');
    const [response] = owed;
    expect(received.at(-1)?.body).toContain('change');
    expect(response?.destroyed).toBe(false);
    answer('done');
    await until(() => servers.leaving.sockets.size === 0);
    expect(response?.writableFinished).toBe(true);
  });

  it('is closed on shutdown, whatever its grace', async () => {
    await start();
    const client = new AbortController();
    const body = JSON.stringify({ query: 'mutation { change }' });
    const headers = { 'content-type': 'application/json' };
    const gone = fetch(gateway.graphql, { method: 'POST', headers, body, signal: client.signal }).catch(() => 'gone');
    await until(() => owed.length === 1);
    client.abort();
    await gone;
    await serve('staying');
    await stop();
    await until(() => servers.leaving.sockets.size === 0);
    expect(owed[0]?.writableFinished).toBe(false);
  });
});
