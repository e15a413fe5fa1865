import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import { holdTimers, letGo, until } from '../fixtures/held-time';
import { Leaver } from '../fixtures/leaver';
import { mutation, poolOptions } from '../fixtures/pool-options';
import {
  answerJson,
  hang,
  type ReceivedRequest,
  reset,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server';

const servers: ScriptedServer[] = [];
const pools: Pool[] = [];

afterEach(async () => {
  letGo();
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

/** An instance that executes a mutation once it has read it, and then does as the script says. */
async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  servers.push(server);
  return server;
}

const well = answerJson({ data: { done: true } });

/** How many times each mutation was executed, at all instances together; mutations are told apart by their body. */
function executions(): Map<string, number> {
  const counts = new Map<string, number>();
  const isMutation = ({ body }: ReceivedRequest) => body.includes('mutation');
  for (const { received } of servers)
    for (const { body } of received.filter(isMutation)) counts.set(body, (counts.get(body) ?? 0) + 1);
  return counts;
}

interface Tally {
  readonly answered: number;
  readonly codes: readonly unknown[];
  readonly executedTwice: number;
  /** Neither answered nor reported as an unknown outcome, but executed. */
  readonly silentlyExecuted: number;
}

const TIMEOUT_MS = 60_000;

/**
 * Sends so many mutations, several at a time, hedging and every retry switched on.
 * @param hanging answers nobody: the time of those whom it has runs out, on held timers
 */
async function send(
  urls: readonly string[],
  count: number,
  { during = () => undefined, hanging }: { during?: () => unknown; hanging?: ScriptedServer | undefined } = {},
): Promise<Tally> {
  const options = poolOptions(urls, { hedge: { after: { ms: 20 }, max: 2 }, policy: 'adaptive' });
  const retry = { ...options.retry, onStatus: new Set([500, 502, 503, 504]) };
  // No ejection is over, and nobody is slower than the others, because the machine has other work.
  let nowMs = performance.now();
  const pool = createPool({ ...options, retry }, () => nowMs);
  pools.push(pool);
  const bodies = Array.from({ length: count }, (_, n) => JSON.stringify({ query: `mutation { pay(n: ${n}) }` }));
  const fates = new Map<string, unknown>();
  for (let from = 0; from < count; from += 10) {
    const wave = bodies.slice(from, from + 10).map(async (body) => {
      const request = mutation({ body, deadlineAt: nowMs + TIMEOUT_MS, attemptTimeoutMs: TIMEOUT_MS });
      const fate = await pool.request(request).then(
        ({ status }) => status,
        (error: { code?: unknown }) => error.code,
      );
      fates.set(body, fate);
    });
    if (from === 0) during();
    const sent = from + wave.length;
    while (hanging !== undefined && fates.size < sent) {
      await until(() => fates.size + hanging.received.filter(({ body }) => !fates.has(body)).length === sent);
      nowMs += TIMEOUT_MS;
      await jest.advanceTimersByTimeAsync(TIMEOUT_MS);
    }
    await Promise.all(wave);
  }
  const executed = executions();
  const unreported = bodies.filter(
    (body) =>
      executed.has(body) && typeof fates.get(body) !== 'number' && fates.get(body) !== 'MUTATION_OUTCOME_UNKNOWN',
  );
  return {
    answered: [...fates.values()].filter((fate) => fate === 200).length,
    codes: [...new Set([...fates.values()].filter((fate) => fate !== 200))],
    executedTwice: [...executed.values()].filter((times) => times > 1).length,
    silentlyExecuted: unreported.length,
  };
}

const afterHeaders: Script = (_request, response, socket) => {
  response.writeHead(200, { 'content-length': '100' }).write('{"data":', () => socket.resetAndDestroy());
};
const garbage: Script = (_request, _response, socket) => socket.end('this is not HTTP\r\n\r\n');
const slow: Script = (_request, response) => {
  setTimeout(() => response.end('{"data":{}}'), 80);
};
const closes: Script = (_request, response, socket) => {
  response.writeHead(200, { connection: 'keep-alive' }).end('{"data":{}}', () => socket.destroy());
};

describe('LB-07: a mutation is executed once at most', () => {
  it.each<[string, Script, readonly unknown[]]>([
    ['resets the connection', reset, ['MUTATION_OUTCOME_UNKNOWN']],
    ['breaks off within the answer', afterHeaders, ['MUTATION_OUTCOME_UNKNOWN']],
    ['answers what is not HTTP', garbage, ['MUTATION_OUTCOME_UNKNOWN']],
    ['hangs', hang, ['MUTATION_OUTCOME_UNKNOWN']],
    ['answers 500', answerJson({}, 500), [500]],
    ['answers 502', answerJson({}, 502), [502]],
    ['answers 503 and asks to retry', answerJson({}, 503, { 'retry-after': '0' }), [503]],
    ['answers 504', answerJson({}, 504), [504]],
  ])('although one instance %s', async (_fault, script, codes) => {
    const [bad, ...good] = [await serve(script), await serve(well), await serve(well)];
    const urls = [bad, ...good].map(({ url }) => url);
    if (script === hang) holdTimers();
    const tally = await send(urls, 40, { hanging: script === hang ? bad : undefined });
    expect(bad.received.length).toBeGreaterThan(0);
    expect(tally).toMatchObject({ codes, executedTwice: 0, silentlyExecuted: 0 });
    // What is written to a connection that is being reset is sent, as far as anybody can know.
    expect(tally.answered).toBeLessThanOrEqual(40 - bad.received.length);
    expect(tally.answered).toBeGreaterThanOrEqual(20);
  });

  it('although one instance is slow and hedging is on', async () => {
    const urls = [await serve(slow), await serve(slow)].map(({ url }) => url);
    expect(await send(urls, 20)).toMatchObject({ answered: 20, executedTwice: 0 });
  });

  it('although an instance closes its connections without a word after each answer', async () => {
    const urls = [await serve(closes), await serve(well)].map(({ url }) => url);
    expect(await send(urls, 100)).toMatchObject({ executedTwice: 0, silentlyExecuted: 0 });
  });

  it('although an instance is killed while it works', async () => {
    const [dying, other] = [await serve(slow), await serve(well)];
    const tally = await send([dying.url, other.url], 60, {
      during: () => void dying.arrived(2).then(() => dying.kill()),
    });
    expect(tally).toMatchObject({ executedTwice: 0, silentlyExecuted: 0 });
    expect(tally.codes.filter((code) => code !== 'MUTATION_OUTCOME_UNKNOWN')).toEqual([]);
  });

  it('and goes elsewhere when an instance cannot be connected to: nothing was sent', async () => {
    const [gone, other] = [await serve(well), await serve(well)];
    await gone.kill();
    expect(await send([gone.url, other.url], 40)).toMatchObject({ answered: 40, codes: [], executedTwice: 0 });
  });

  it('and goes on when its client leaves', async () => {
    const server = await serve(slow);
    const pool = createPool(poolOptions([server.url]));
    pools.push(pool);
    const finished = new Promise<Events['attempt.finished']>((resolve) => {
      const stop = subscribe('attempt.finished', (event) => {
        stop();
        resolve(event);
      });
    });
    const leaving = new Leaver();
    const answer = pool
      .request(mutation({ cancellation: leaving.cancellation }))
      .catch((error: { code?: unknown }) => error.code);
    await server.arrived(1);
    leaving.leave();
    expect(await answer).toBe('REQUEST_CANCELLED');
    expect((await finished).outcome).toBe('ok');
  });
});
