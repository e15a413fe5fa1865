import { type Events, subscribe } from '../../gateway/events';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool, PoolAnswer } from '../../gateway/pool/pool';
import { holdTimers, letGo } from '../fixtures/held-time';
import { gone, Leaver } from '../fixtures/leaver';
import { instance, mutation, poolOptions, query } from '../fixtures/pool-options';
import {
  answerJson,
  hang,
  refusedUrl,
  reset,
  type Script,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server';

const servers: ScriptedServer[] = [];
const pools: Pool[] = [];
const unsubscribes: (() => void)[] = [];

/** A clock that stands still: no ejection is over, and nobody is late, because the machine has other work. */
const START_MS = performance.now();
const stopped = () => START_MS;

afterEach(async () => {
  letGo();
  for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

const named = (name: string) => answerJson({ data: { name } });
const nameIn = (answer: PoolAnswer) => JSON.parse(answer.body.toString()).data.name;

function leaver() {
  const leaving = new Leaver();
  return { cancellation: leaving.cancellation, leave: () => leaving.leave() };
}

async function serve(script: Script): Promise<ScriptedServer> {
  const server = await startScriptedServer(script);
  servers.push(server);
  return server;
}

function open(...args: Parameters<typeof createPool>): Pool {
  const pool = createPool(...args);
  pools.push(pool);
  return pool;
}

function heard<Name extends keyof Events>(name: Name): Events[Name][] {
  const events: Events[Name][] = [];
  unsubscribes.push(subscribe(name, (event) => events.push(event)));
  return events;
}

function nextEvent<Name extends keyof Events>(name: Name, fits: (event: Events[Name]) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = subscribe(name, (event) => {
      if (!fits(event)) return;
      stop();
      resolve();
    });
    unsubscribes.push(stop);
  });
}

describe('choice', () => {
  it('sends to weights 3, 1 in their proportion', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([instance(a.url, { weight: 3 }), instance(b.url, { weight: 1 })]));
    for (let n = 0; n < 8; n += 1) await pool.request(query());
    expect([a.received.length, b.received.length]).toEqual([6, 2]);
  });

  it('uses a backup only when no primary instance is well', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, instance(b.url, { tier: 'backup' })]));
    for (let n = 0; n < 4; n += 1) expect(nameIn(await pool.request(query()))).toBe('a');
    await a.kill();
    for (let n = 0; n < 4; n += 1) expect(nameIn(await pool.request(query()))).toBe('b');
  });

  it('appends the path of a request to the path of the instance', async () => {
    const server = await serve(named('a'));
    const pool = open(poolOptions([`http://127.0.0.1:${server.port}/api/`]));
    await pool.request(query({ method: 'GET', path: '/items?id=1', body: null }));
    expect(server.received[0]?.url).toBe('/api/items?id=1');
  });

  it('keeps the query of the instance for GraphQL', async () => {
    const server = await serve(named('a'));
    const pool = open(poolOptions([`${server.url}?key=1`]));
    await pool.request(query());
    expect(server.received[0]?.url).toBe('/graphql?key=1');
  });
});

describe('a query', () => {
  it('loses nothing when one of three instances is killed under load', async () => {
    const all = [await serve(named('a')), await serve(named('b')), await serve(named('c'))];
    const urls = all.map(({ url }) => url);
    const pool = open(poolOptions(urls), stopped);
    const [first] = all;
    const wave = () => Promise.allSettled(Array.from({ length: 20 }, () => pool.request(query())));
    const before = await wave();
    const during = wave();
    await first?.kill();
    const results = [...before, ...(await during), ...(await wave()), ...(await wave())];
    expect(results.filter(({ status }) => status === 'rejected')).toEqual([]);
    expect(pool.instances().map(({ state }) => state)).toEqual(['ejected', 'healthy', 'healthy']);
  });

  it('goes elsewhere when the connection is refused', async () => {
    const server = await serve(named('b'));
    const answer = await open(poolOptions([await refusedUrl(), server.url])).request(query());
    expect(answer).toMatchObject({ status: 200, attempts: 2, instance: `127.0.0.1:${server.port}` });
  });

  it('goes elsewhere when the connection breaks before the answer', async () => {
    const [a, b] = [await serve(reset), await serve(named('b'))];
    const answer = await open(poolOptions([a.url, b.url])).request(query());
    expect([nameIn(answer), answer.attempts]).toEqual(['b', 2]);
  });

  it('goes elsewhere when the connection breaks within the answer', async () => {
    const half: Script = (_request, response, socket) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"data":', () => socket.resetAndDestroy());
    };
    const [a, b] = [await serve(half), await serve(named('b'))];
    expect(nameIn(await open(poolOptions([a.url, b.url])).request(query()))).toBe('b');
  });

  it('goes elsewhere on a 503', async () => {
    const [a, b] = [await serve(answerJson({}, 503)), await serve(named('b'))];
    const answer = await open(poolOptions([a.url, b.url])).request(query());
    expect([nameIn(answer), a.received.length]).toEqual(['b', 1]);
  });

  it('keeps a status that is not to be tried again', async () => {
    const [a, b] = [await serve(answerJson({}, 500)), await serve(named('b'))];
    expect(await open(poolOptions([a.url, b.url])).request(query())).toMatchObject({ status: 500, attempts: 1 });
  });

  it('is also sent elsewhere when an instance hangs, and takes the answer', async () => {
    holdTimers();
    const [a, b] = [await serve(hang), await serve(named('b'))];
    const outcomes = heard('attempt.finished');
    const answer = open(poolOptions([a.url, b.url]), stopped).request(query({ deadlineAt: START_MS + 2_000 }));
    await a.arrived(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(nameIn(await answer)).toBe('b');
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'timeout']);
  });

  it('takes the answer of a slow instance although it was sent elsewhere meanwhile', async () => {
    holdTimers();
    const b = await serve(hang);
    const a = await serve((_request, response) => {
      void b.arrived(1).then(() => response.end('{"data":{"name":"a"}}'));
    });
    const outcomes = heard('attempt.finished');
    const asked = open(poolOptions([a.url, b.url]), stopped).request(query({ deadlineAt: START_MS + 2_000 }));
    await a.arrived(1);
    await jest.advanceTimersByTimeAsync(1_000);
    const answer = await asked;
    expect([nameIn(answer), answer.attempts]).toEqual(['a', 2]);
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['ok', 'cancelled']);
  });

  it('times out when every instance hangs', async () => {
    holdTimers();
    let nowMs = START_MS;
    const wait = (ms: number) => {
      nowMs += ms;
      return jest.advanceTimersByTimeAsync(ms);
    };
    const [a, b] = [await serve(hang), await serve(hang)];
    const pool = open(poolOptions([a.url, b.url]), () => nowMs);
    const failure = pool.request(query({ deadlineAt: START_MS + 100 })).catch((error: unknown) => error);
    await a.arrived(1);
    await wait(50);
    await b.arrived(1);
    await wait(50);
    expect(await failure).toMatchObject({ code: 'SUBGRAPH_TIMEOUT', details: { attempts: 2 } });
  });

  it('never asks an instance twice while another one is untried', async () => {
    const all = [await serve(answerJson({}, 503)), await serve(answerJson({}, 503)), await serve(answerJson({}, 503))];
    const answer = await open(poolOptions(all.map(({ url }) => url))).request(query());
    expect(answer).toMatchObject({ status: 503, attempts: 3 });
    expect(all.map(({ received }) => received.length)).toEqual([1, 1, 1]);
  });

  it('asks the only instance again', async () => {
    const server = await serve(reset);
    server.script = (_request, _response, socket) => {
      server.script = named('a');
      socket.resetAndDestroy();
    };
    expect(nameIn(await open(poolOptions([server.url])).request(query()))).toBe('a');
  });

  it('waits as long as Retry-After says when there is nobody else', async () => {
    const server = await serve(answerJson({}, 503, { 'retry-after': '1' }));
    const times: number[] = [];
    const busy = server.script;
    server.script = (...call) => {
      times.push(performance.now());
      (times.length === 1 ? busy : named('a'))(...call);
    };
    expect(nameIn(await open(poolOptions([server.url])).request(query()))).toBe('a');
    // The second is counted from later than the first time: what holds the machine up makes it longer only.
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(900);
  });

  it('does not wait for a Retry-After that is past the deadline', async () => {
    const server = await serve(answerJson({}, 503, { 'retry-after': '600' }));
    expect(await open(poolOptions([server.url])).request(query())).toMatchObject({ status: 503, attempts: 1 });
  });

  it('says who cannot be reached, and keeps the address to itself', async () => {
    const url = await refusedUrl();
    const failure = await open(poolOptions([url]))
      .request(query())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SUBGRAPH_UNREACHABLE', message: 'products cannot be reached' });
    expect(failure).toHaveProperty('cause.message', expect.stringContaining(url));
  });

  it('is not retried when the budget is spent', async () => {
    const server = await serve(answerJson({}, 503));
    const options = poolOptions([server.url], { outlierDetection: null });
    const retry = { ...options.retry, budgetRatio: 0, budgetMinPerSecond: 0, intervalMs: 0, maxIntervalMs: 0 };
    const pool = open({ ...options, retry });
    for (let n = 0; n < 20; n += 1) expect((await pool.request(query())).status).toBe(503);
    expect(server.received.length).toBe(20 + 10);
  });
});

describe('a mutation', () => {
  it('goes elsewhere when the connection is refused', async () => {
    const server = await serve(named('b'));
    const answer = await open(poolOptions([await refusedUrl(), server.url])).request(mutation());
    expect([nameIn(answer), answer.attempts]).toEqual(['b', 2]);
  });

  it('is executed once and its outcome unknown when the connection breaks after it was sent', async () => {
    const [a, b] = [await serve(reset), await serve(reset)];
    await expect(open(poolOptions([a.url, b.url])).request(mutation())).rejects.toMatchObject({
      code: 'MUTATION_OUTCOME_UNKNOWN',
    });
    expect(a.received.length + b.received.length).toBe(1);
  });

  it('is not sent elsewhere while its instance hangs', async () => {
    holdTimers();
    const [a, b] = [await serve(hang), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url]), stopped);
    const failure = pool.request(mutation({ deadlineAt: START_MS + 1_000 })).catch((error: unknown) => error);
    await a.arrived(1);
    await jest.advanceTimersByTimeAsync(1_000);
    expect(await failure).toMatchObject({ code: 'MUTATION_OUTCOME_UNKNOWN' });
    expect(b.received).toEqual([]);
  });

  it('keeps a 503: it may have been executed', async () => {
    const [a, b] = [await serve(answerJson({}, 503)), await serve(named('b'))];
    expect(await open(poolOptions([a.url, b.url])).request(mutation())).toMatchObject({ status: 503, attempts: 1 });
    expect(b.received).toEqual([]);
  });
});

describe('a client that leaves', () => {
  it('has its query cut off at the subgraph', async () => {
    const server = await serve(hang);
    const leaving = new Leaver();
    const closed = new Promise((resolve) => {
      server.script = (_request, _response, socket) => {
        socket.once('close', resolve);
        leaving.leave();
      };
    });
    const answer = open(poolOptions([server.url])).request(query({ cancellation: leaving.cancellation }));
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await closed;
  });

  it('lets its mutation run to its end', async () => {
    const leaving = new Leaver();
    const server = await serve((_request, response) => {
      leaving.leave();
      setImmediate(() => response.end('{"data":{}}'));
    });
    const outcome = nextEvent('attempt.finished', (event) => event.outcome === 'ok');
    const answer = open(poolOptions([server.url])).request(mutation({ cancellation: leaving.cancellation }));
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await outcome;
  });

  it('asks nobody when it left before', async () => {
    const server = await serve(named('a'));
    const answer = open(poolOptions([server.url])).request(query({ cancellation: gone() }));
    await expect(answer).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    expect(server.received).toEqual([]);
  });

  it('leaves the queue', async () => {
    const server = await serve(hang);
    const pool = open(poolOptions([server.url], { concurrency: { max: 1, queue: 1 } }));
    const first = pool.request(query()).catch((error) => error.code);
    const leaving = new Leaver();
    const second = pool.request(query({ cancellation: leaving.cancellation }));
    leaving.leave();
    await expect(second).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
    await server.arrived(1);
    await pool.close(0);
    expect(await first).toBe('SUBGRAPH_UNREACHABLE');
    expect(server.received.length).toBe(1);
  });
});

describe('a client that leaves while its calls wait for a place', () => {
  it.each([
    ['queries', query],
    ['mutations', mutation],
  ])('has none of its waiting %s sent, and those of others take the places', async (_, waiting) => {
    const server = await serve(hang);
    const pool = open(poolOptions([server.url], { concurrency: { max: 2, queue: 10 } }));
    const { cancellation, leave } = leaver();
    const running = [pool.request(query({ cancellation })), pool.request(query({ cancellation }))];
    const queued = [1, 2, 3].map(() => pool.request(waiting({ cancellation, body: 'of the one who left' })));
    const others = [1, 2].map(() => pool.request(waiting({ body: 'of another' })));
    await server.arrived(2);
    server.script = named('a');
    leave();
    const codes = [...running, ...queued].map((one) => one.catch((error) => error.code));
    expect(await Promise.all(codes)).toEqual(Array(5).fill('REQUEST_CANCELLED'));
    expect((await Promise.all(others)).map(nameIn)).toEqual(['a', 'a']);
    expect(server.received.map(({ body }) => body).slice(2)).toEqual(['of another', 'of another']);
  });
});

describe('limits', () => {
  it('refuses a call when the limit and the queue are full', async () => {
    const responses: (() => void)[] = [];
    const server = await serve((_request, response) => responses.push(() => response.end('{"data":{"name":"a"}}')));
    const pool = open(poolOptions([server.url], { concurrency: { max: 1, queue: 1 } }));
    const running = pool.request(query());
    const waiting = pool.request(query());
    await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    await server.arrived(1);
    responses[0]?.();
    await server.arrived(2);
    responses[1]?.();
    expect([nameIn(await running), nameIn(await waiting)]).toEqual(['a', 'a']);
  });

  it('refuses a call whose time runs out in the queue', async () => {
    const pool = open(poolOptions([(await serve(hang)).url], { concurrency: { max: 1, queue: 1 } }), stopped);
    const running = pool.request(query({ deadlineAt: START_MS + 300 })).catch((error: unknown) => error);
    const waiting = pool.request(query({ deadlineAt: START_MS + 30 }));
    await expect(waiting).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    expect(await running).toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
  });

  it('opens no more connections to an instance than allowed', async () => {
    const server = await serve(named('a'));
    const pool = open(poolOptions([server.url], { connections: 2 }));
    await Promise.all(Array.from({ length: 20 }, () => pool.request(query())));
    expect(server.sockets.size).toBeLessThanOrEqual(2);
  });

  it('refuses a header value that would break out of its line, and blames no instance for it', async () => {
    const server = await serve(named('a'));
    const pool = open(poolOptions([server.url, await refusedUrl()]));
    const answer = pool.request(query({ headers: { 'x-bad': 'a\r\nb: c' } }));
    await expect(answer).rejects.toMatchObject({ code: 'INTERNAL' });
    expect(server.received).toEqual([]);
  });
});

describe('ejection', () => {
  it('ends on probation with one query at a time, and a success ends probation', async () => {
    let nowMs = performance.now();
    const [a, b] = [await serve(answerJson({}, 500)), await serve(named('b'))];
    const pool = open(
      poolOptions([a.url, b.url]),
      () => nowMs,
      () => 0,
    );
    const ask = () => pool.request(query({ deadlineAt: nowMs + 60_000 }));
    const states = () => pool.instances().map(({ state }) => state);
    for (let n = 0; n < 10; n += 1) await ask();
    expect(states()).toEqual(['ejected', 'healthy']);

    nowMs += 10_001;
    expect(states()).toEqual(['probation', 'healthy']);
    const trial = new Promise<() => void>((resolve) => {
      a.script = (_request, response) => resolve(() => response.end('{"data":{"name":"a"}}'));
    });
    const answers = [ask(), ask(), ask()];
    (await trial)();
    expect((await Promise.all(answers)).map(nameIn).sort()).toEqual(['a', 'b', 'b']);
    expect(a.received.length).toBe(5 + 1);
    expect(states()).toEqual(['healthy', 'healthy']);
  });

  it('leaves the only instance of a pool in', async () => {
    const pool = open(poolOptions([await refusedUrl()]));
    for (let n = 0; n < 4; n += 1) await pool.request(query()).catch(() => undefined);
    expect(pool.instances()[0]?.state).toBe('healthy');
  });

  it('takes out at most half of a pool for bad answers, and all but one that cannot be reached', async () => {
    const bad = [await serve(answerJson({}, 500)), await serve(answerJson({}, 500)), await serve(answerJson({}, 500))];
    const urls = bad.map(({ url }) => url);
    const pool = open(poolOptions(urls), stopped);
    for (let n = 0; n < 30; n += 1) await pool.request(query());
    expect(pool.instances().filter(({ state }) => state === 'ejected').length).toBe(1);

    await Promise.all(bad.map((server) => server.kill()));
    for (let n = 0; n < 30; n += 1) await pool.request(query()).catch(() => undefined);
    expect(pool.instances().filter(({ state }) => state === 'ejected').length).toBe(2);
  });

  it('is announced', async () => {
    const changes = heard('instance.changed');
    const url = await refusedUrl();
    const pool = open(poolOptions([url, (await serve(named('b'))).url]));
    for (let n = 0; n < 4; n += 1) await pool.request(query());
    expect(changes).toContainEqual({
      pool: 'products',
      instance: new URL(url).host,
      from: 'healthy',
      to: 'ejected',
      reason: '2 failed connections in a row, the last: refused (ECONNREFUSED)',
      cause: 'connect',
    });
  });

  it('blames no instance for the time that this process itself was blocked', async () => {
    holdTimers();
    const server = await serve(named('a'));
    const outcomes = heard('attempt.finished');
    const pool = open(poolOptions([server.url, server.url.replace('graphql', 'other')]), stopped);
    const answer = pool.request(query({ deadlineAt: START_MS + 2_000, attemptTimeoutMs: 2_000 }));
    server.script = (_request, response) => {
      response.end('{"data":{"name":"a"}}', () => {
        // The answer is in the pool's socket; before the loop reads it, the timers of all this time come.
        const until = performance.now() + 100;
        while (performance.now() < until);
        jest.advanceTimersByTime(2_200);
      });
    };
    expect(nameIn(await answer)).toBe('a');
    expect(outcomes.map(({ outcome }) => outcome)).not.toContain('timeout');
  });
});

describe('health checks', () => {
  const check = { intervalMs: 10, timeoutMs: 60_000, unhealthyThreshold: 2, healthyThreshold: 1 };

  it('asks for __typename at once, and lets a joining instance in', async () => {
    const server = await serve(answerJson({ data: { __typename: 'Query' } }));
    const healthy = nextEvent('instance.changed', ({ to }) => to === 'healthy');
    const pool = open(poolOptions([server.url], { healthCheck: { ...check, probe: 'graphql' } }));
    expect(pool.instances()[0]?.state).toBe('joining');
    await healthy;
    expect(server.received[0]).toMatchObject({ method: 'POST', url: '/graphql', body: '{"query":"{__typename}"}' });
  });

  it('uses a joining instance when there is nobody else', async () => {
    const server = await serve((request, response) => {
      if (request.url !== '/health') response.end('{"data":{"name":"a"}}');
    });
    const pool = open(poolOptions([server.url], { healthCheck: { ...check, probe: { path: '/health' } } }));
    expect(nameIn(await pool.request(query()))).toBe('a');
  });

  it('takes an instance out whose health page fails and back when it passes', async () => {
    let healthy = true;
    const server = await serve((_request, response) => response.writeHead(healthy ? 200 : 500).end());
    const is = (state: string) => nextEvent('instance.changed', ({ to }) => to === state);
    const [up, down] = [is('healthy'), is('ejected')];
    open(poolOptions([server.url], { healthCheck: { ...check, probe: { path: '/health' } } }));
    await up;
    healthy = false;
    await down;
    const upAgain = is('healthy');
    healthy = true;
    await upAgain;
    expect(server.received[0]).toMatchObject({ method: 'GET', url: '/health' });
  });

  it('fails nothing when every check is red and the service is well', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/health') response.writeHead(500).end();
      else response.end('{"data":{"name":"a"}}');
    });
    const down = nextEvent('instance.changed', ({ to }) => to === 'ejected');
    const pool = open(poolOptions([server.url], { healthCheck: { ...check, probe: { path: '/health' } } }));
    await down;
    expect(nameIn(await pool.request(query()))).toBe('a');
  });
});

describe('update', () => {
  it('lets a removed instance finish what it has, and picks it no more', async () => {
    const b = await serve(named('b'));
    let finish: () => void = () => undefined;
    const a = await serve((_request, response) => {
      finish = () => response.end('{"data":{"name":"a"}}');
    });
    const pool = open(poolOptions([a.url]));
    const running = pool.request(query());
    await a.arrived(1);
    pool.update(poolOptions([b.url]));
    expect(pool.instances().map(({ state }) => state)).toEqual(['draining', 'healthy']);
    expect(nameIn(await pool.request(query()))).toBe('b');
    finish();
    expect(nameIn(await running)).toBe('a');
    expect(pool.instances().map(({ url }) => url)).toEqual([b.url]);
  });

  it('stops draining an instance that is named again', async () => {
    const server = await serve(hang);
    const pool = open(poolOptions([server.url]));
    const running = pool.request(query()).catch(() => undefined);
    await server.arrived(1);
    pool.update(poolOptions([]));
    pool.update(poolOptions([server.url]));
    expect(pool.instances().map(({ state }) => state)).toEqual(['healthy']);
    await pool.close(0);
    await running;
  });

  it('keeps the health of an instance whose weight changes', async () => {
    const url = await refusedUrl();
    const b = await serve(named('b'));
    const pool = open(poolOptions([url, b.url]), stopped);
    for (let n = 0; n < 4; n += 1) await pool.request(query());
    pool.update(poolOptions([instance(url, { weight: 7 }), b.url]));
    expect(pool.instances()[0]).toMatchObject({ state: 'ejected', weight: 7 });
  });

  it('changes the number of connections without losing a request', async () => {
    const server = await serve(named('a'));
    const pool = open(poolOptions([server.url], { connections: 1 }));
    const running = Array.from({ length: 10 }, () => pool.request(query()));
    pool.update(poolOptions([server.url], { connections: 4 }));
    expect((await Promise.all(running)).map(nameIn)).toEqual(Array(10).fill('a'));
  });
});

describe('close', () => {
  it('waits for what is in flight', async () => {
    let finish: () => void = () => undefined;
    const server = await serve((_request, response) => {
      finish = () => response.end('{"data":{"name":"a"}}');
    });
    const pool = open(poolOptions([server.url]));
    const running = pool.request(query());
    await server.arrived(1);
    const closed = pool.close(60_000);
    await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
    finish();
    expect(nameIn(await running)).toBe('a');
    await closed;
  });

  it('cuts off what outlasts the grace period, also a wait before a retry', async () => {
    const [a, b] = [await serve(hang), await serve(answerJson({}, 503, { 'retry-after': '30' }))];
    const [hanging, pausing] = [open(poolOptions([a.url])), open(poolOptions([b.url]))];
    const cut = [hanging.request(query()), pausing.request(query())].map((call) => call.catch((error) => error.code));
    await Promise.all([a.arrived(1), nextEvent('attempt.finished', ({ outcome }) => outcome === 'overload')]);
    await Promise.all([hanging.close(0), pausing.close(0)]);
    expect(await Promise.all(cut)).toEqual(['SUBGRAPH_UNREACHABLE', 'SUBGRAPH_UNREACHABLE']);
  });
});
