import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type Events, subscribe } from '../../gateway/events';
import { sdlHash } from '../../gateway/pool/health/sdl-hash';
import type { Connect } from '../../gateway/pool/instance';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Override, Pool, PoolAnswer } from '../../gateway/pool/pool';
import { until } from '../fixtures/held-time';
import { InstantDispatcher } from '../fixtures/instant-dispatcher';
import { instance, poolOptions, query } from '../fixtures/pool-options';
import { answerJson, hang, type Script, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';

const servers: ScriptedServer[] = [];
const pools: Pool[] = [];
const unsubscribes: (() => void)[] = [];

/** A clock that stands still: nothing is over, and nobody is late, because the machine has other work. */
const START_MS = performance.now();
const stopped = () => START_MS;

afterEach(async () => {
  for (const unsubscribe of unsubscribes.splice(0)) unsubscribe();
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await Promise.all(servers.splice(0).map((server) => server.kill()));
});

const named = (name: string) => answerJson({ data: { name } });
const nameIn = (answer: PoolAnswer) => JSON.parse(answer.body.toString()).data.name;
const BY = { reason: 'deploy', actor: 'ann' };
const drain: Override = { action: 'drain', ttlMs: null, ...BY };

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

function next<Name extends keyof Events>(name: Name, fits: (event: Events[Name]) => boolean): Promise<Events[Name]> {
  return new Promise((resolve) => {
    const stop = subscribe(name, (event) => {
      if (!fits(event)) return;
      stop();
      resolve(event);
    });
    unsubscribes.push(stop);
  });
}

const idOf = (server: ScriptedServer) => `127.0.0.1:${server.port}`;

describe('an operator', () => {
  it('LB-25: drains an instance under load: nothing fails, and nothing new goes there', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url]));
    const before = Array.from({ length: 20 }, () => pool.request(query()));
    await a.arrived(1);
    const drained = next('instance.drained', () => true);
    expect(pool.override(idOf(a), drain)).toMatchObject({ state: 'draining', reason: 'drained: deploy (ann)' });
    const after = await Promise.all(Array.from({ length: 20 }, () => pool.request(query())));
    expect(new Set(after.map(nameIn))).toEqual(new Set(['b']));
    expect((await Promise.all(before)).every(({ status }) => status === 200)).toBe(true);
    expect(await drained).toMatchObject({ instance: idOf(a), cutOff: 0 });
  });

  it('resumes an instance', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url]));
    pool.override(idOf(a), drain);
    expect(pool.override(idOf(a), { action: 'resume', ttlMs: null, ...BY })).toMatchObject({ state: 'healthy' });
    const answers = await Promise.all(Array.from({ length: 4 }, () => pool.request(query())));
    expect(answers.map(nameIn).sort()).toEqual(['a', 'a', 'b', 'b']);
  });

  it('gives an instance another weight for a while', async () => {
    let nowMs = 0;
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url]), () => nowMs);
    expect(pool.override(idOf(a), { action: 'weight', weight: 3, ttlMs: 1_000, ...BY })).toMatchObject({ weight: 3 });
    expect(pool.instances()[0]?.overrides).toMatchObject([{ action: 'weight', weight: 3 }]);
    nowMs = 1_000;
    expect(pool.instances()[0]).toMatchObject({ weight: 1, effectiveWeight: 1, overrides: [] });
  });

  it('ejects an instance and forces one up that a check took out', async () => {
    const [a, b] = [await serve(answerJson({}, 500)), await serve(named('b'))];
    const healthCheck = {
      probe: { path: '/' },
      intervalMs: 50,
      timeoutMs: 60_000,
      unhealthyThreshold: 1,
      healthyThreshold: 1,
    };
    const pool = open(poolOptions([a.url, b.url], { healthCheck }));
    await next('instance.changed', ({ instance: id, to }) => id === idOf(a) && to === 'ejected');
    expect(pool.override(idOf(a), { action: 'force-up', ttlMs: null, ...BY })).toMatchObject({ state: 'healthy' });
    expect(pool.override(idOf(b), { action: 'eject', ttlMs: null, ...BY })).toMatchObject({ state: 'ejected' });
  });

  it('is told that there is no such instance', () => {
    expect(open(poolOptions([])).override('x:1', drain)).toBeNull();
  });

  it('is closed while drained instances still have something: no promise is left without a handler', async () => {
    const child = spawn(process.execPath, [join(__dirname, '..', 'fixtures', 'drained-pool-process.js')]);
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  });

  it('may drain them all: then nobody is asked', async () => {
    const a = await serve(named('a'));
    const pool = open(poolOptions([a.url]));
    pool.override(idOf(a), drain);
    await expect(pool.request(query())).rejects.toMatchObject({ code: 'SUBGRAPH_UNREACHABLE' });
    expect(a.received).toEqual([]);
  });
});

describe('explain', () => {
  it('shows the last choices with both costs', async () => {
    let nowMs = START_MS;
    const urls = [(await serve(named('a'))).url, (await serve(named('b'))).url];
    const pool = open(poolOptions(urls, { policy: 'adaptive' }), () => nowMs);
    for (let n = 0; n < 100; n += 1) await pool.request(query());
    nowMs += 5_000;
    const before = Date.now();
    const choices = pool.explain();
    const after = Date.now();
    expect(choices).toHaveLength(64);
    const [last] = choices.slice(-1);
    expect(last).toMatchObject({
      cost: expect.any(Number),
      otherCost: expect.any(Number),
      reason: 'adaptive primary well',
    });
    expect(last?.other).not.toBe(last?.chosen);
    expect(last?.at).toBeGreaterThanOrEqual(before - 5_001);
    expect(last?.at).toBeLessThanOrEqual(after - 4_999);
  });
});

describe('retries', () => {
  it('are capped over all requests of one client operation', async () => {
    const server = await serve(answerJson({}, 503));
    const pool = open(poolOptions([server.url], { outlierDetection: null }));
    const denied = heard('attempt.denied');
    const retries = { left: 3 };
    await Promise.all(Array.from({ length: 5 }, () => pool.request(query({ id: 'client-1', retries }))));
    expect([server.received.length, retries.left, denied.length]).toEqual([5 + 3, 0, expect.any(Number)]);
    expect(denied[0]).toEqual({ id: 'client-1', pool: 'products', kind: 'retry' });
  });

  it('tell the subgraph what time is left', async () => {
    let nowMs = START_MS;
    const late: Script = (...call) => {
      nowMs += 100;
      answerJson({}, 503)(...call);
    };
    const [a, b] = [await serve(late), await serve(named('b'))];
    const headers = { 'content-type': 'application/json', 'x-request-timeout-ms': '60000' };
    const pool = open(poolOptions([a.url, b.url]), () => nowMs);
    await pool.request(query({ headers, deadlineAt: START_MS + 60_000 }));
    const told = [a, b].map(({ received }) => received[0]?.headers['x-request-timeout-ms']);
    expect(told).toEqual(['60000', '59900']);
  });

  it('leave an instance alone for as long as it asks', async () => {
    const [a, b] = [await serve(answerJson({}, 503, { 'retry-after': '60' })), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url]), stopped);
    for (let n = 0; n < 10; n += 1) expect(nameIn(await pool.request(query()))).toBe('b');
    expect(a.received.length).toBe(1);
  });
});

describe('hedging', () => {
  const hedge = { after: { ms: 30 }, max: 1 };

  it('sends a slow query to a second instance and takes the first answer', async () => {
    const [a, b] = [await serve(hang), await serve(named('b'))];
    const outcomes = heard('attempt.finished');
    const answer = await open(poolOptions([a.url, b.url], { hedge })).request(query({ id: 'client-1' }));
    expect([nameIn(answer), answer.attempts]).toEqual(['b', 2]);
    expect(outcomes.map(({ id, kind, outcome }) => [id, kind, outcome])).toEqual([
      ['client-1', 'hedge', 'ok'],
      ['client-1', 'first', 'cancelled'],
    ]);
  });

  it('stays within five percent of the requests', async () => {
    const held: ServerResponse[] = [];
    const slow: Script = (_request, response) => void held.push(response);
    const all = [await serve(slow), await serve(slow)];
    const urls = all.map(({ url }) => url);
    const { retry } = poolOptions([]);
    const pool = open(poolOptions(urls, { hedge, retry: { ...retry, onTimeout: false } }), stopped);
    const denied = heard('attempt.denied');
    const answers = Promise.all(
      Array.from({ length: 20 }, () => pool.request(query({ id: 'client-1', deadlineAt: START_MS + 60_000 }))),
    );
    // Each of them has been hedged, or was not allowed to be.
    await until(() => held.length + denied.length === 40);
    for (const response of held) response.end('{"data":{}}');
    await answers;
    expect(denied[0]).toEqual({ id: 'client-1', pool: 'products', kind: 'hedge' });
    expect(held.length).toBeGreaterThan(20);
    expect(held.length).toBeLessThanOrEqual(20 + 1 + 1);
  });

  it('is off unless asked for', async () => {
    const slow: Script = (_request, response) => void setTimeout(() => response.end('{"data":{"name":"a"}}'), 100);
    const [a, b] = [await serve(slow), await serve(named('b'))];
    expect(nameIn(await open(poolOptions([a.url, b.url])).request(query()))).toBe('a');
  });
});

describe('health checks', () => {
  const healthCheck = {
    probe: 'graphql',
    intervalMs: 20,
    timeoutMs: 60_000,
    unhealthyThreshold: 2,
    healthyThreshold: 1,
  } as const;

  it('take a 503 of an instance that was well for its goodbye', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url], { healthCheck }));
    await Promise.all(
      [a, b].map((server) =>
        next('instance.changed', ({ instance: id, to }) => id === idOf(server) && to === 'healthy'),
      ),
    );
    a.script = answerJson({}, 503);
    expect(await next('instance.changed', ({ to }) => to === 'draining')).toMatchObject({
      instance: idOf(a),
      cause: 'check',
    });
    expect(nameIn(await pool.request(query()))).toBe('b');
    expect(pool.instances()[0]?.lastCheck).toMatchObject({ passed: false, detail: 'status 503' });
  });

  it('compare the schema: drift is degraded', async () => {
    const sdl = 'type Query { a: Int }';
    const speaks = (text: string) => answerJson({ data: { _service: { sdl: text } } });
    const [a, b] = [await serve(speaks('type Query { a: Int b: Int }')), await serve(speaks(`# same\n${sdl}`))];
    const drifted = next('instance.changed', ({ to }) => to === 'degraded');
    const well = next('instance.changed', ({ instance: id, to }) => id === idOf(b) && to === 'healthy');
    const pool = open(poolOptions([a.url, b.url], { healthCheck, sdlHash: sdlHash(sdl) }));
    expect(await drifted).toMatchObject({ instance: idOf(a), cause: 'drift' });
    await well;
    expect(pool.instances()[1]?.state).not.toBe('degraded');
  });

  it('compare the schema again at once when another one is expected', async () => {
    const speaks = (text: string) => answerJson({ data: { _service: { sdl: text } } });
    const [old, fresh] = ['type Query { a: Int }', 'type Query { a: Int b: Int }'];
    const server = await serve(speaks(fresh));
    const options = poolOptions([server.url], { healthCheck, sdlHash: sdlHash(old) });
    const drifted = next('instance.changed', ({ to }) => to === 'degraded');
    const pool = open(options);
    await drifted;
    const well = next('instance.changed', ({ to }) => to === 'healthy');
    pool.update({ ...options, sdlHash: sdlHash(fresh) });
    expect(await well).toMatchObject({ from: 'degraded' });
    const driftedAgain = next('instance.changed', ({ to }) => to === 'degraded');
    pool.update(options);
    await driftedAgain;
    const unknown = next('instance.changed', ({ to }) => to === 'healthy');
    pool.update(poolOptions([server.url], { healthCheck }));
    await unknown;
  });

  it('do not take an instance that shows no schema for one that has drifted', async () => {
    const server = await serve(answerJson({ errors: [{ message: 'Cannot query field "_service"' }] }));
    const checked = next('check.finished', () => true);
    const pool = open(poolOptions([server.url], { healthCheck, sdlHash: sdlHash('type Query { a: Int }') }));
    expect(await checked).toMatchObject({ passed: true });
    expect(pool.instances()[0]?.state).toBe('healthy');
  });
});

describe('panic', () => {
  it('is announced when it begins and when it ends', async () => {
    const [a, b] = [await serve(answerJson({}, 500)), await serve(answerJson({}, 500))];
    const healthCheck = {
      probe: { path: '/' },
      intervalMs: 20,
      timeoutMs: 60_000,
      unhealthyThreshold: 1,
      healthyThreshold: 1,
    };
    const begins = next('panic.changed', ({ panic }) => panic);
    const picks = heard('pick.panicked');
    const pool = open(poolOptions([a.url, b.url], { healthCheck }));
    expect(await begins).toMatchObject({ pool: 'products', available: 0 });
    await pool.request(query());
    expect(picks.length).toBeGreaterThan(0);
    const ends = next('panic.changed', ({ panic }) => !panic);
    for (const server of [a, b]) server.script = named('x');
    await ends;
  });
});

describe('a hash key', () => {
  it('keeps a client with one instance', async () => {
    const all = [await serve(named('a')), await serve(named('b')), await serve(named('c'))];
    const pool = open(
      poolOptions(
        all.map(({ url }) => url),
        { policy: 'hash', hashHeader: 'x-user' },
      ),
    );
    const answers = await Promise.all(Array.from({ length: 12 }, () => pool.request(query({ hashKey: 'ann' }))));
    expect(new Set(answers.map(nameIn)).size).toBe(1);
  });
});

describe('setEndpoints', () => {
  it('lets those go that are no longer named or about to go, and sends the name as Host', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url]));
    pool.setEndpoints([
      instance(a.url, { terminating: true }),
      instance(b.url, { hostHeader: 'products.internal:4001' }),
    ]);
    expect(nameIn(await pool.request(query()))).toBe('b');
    expect(b.received[0]?.headers.host).toBe('products.internal:4001');
    expect(pool.instances().map(({ url }) => url)).toEqual([b.url]);
  });
});

describe('maintenance', () => {
  const maintenance: Override = { action: 'maintenance', ttlMs: null, ...BY };
  const healthCheck = {
    probe: { path: '/health' },
    intervalMs: 20,
    timeoutMs: 60_000,
    unhealthyThreshold: 1,
    healthyThreshold: 1,
  } as const;

  it('takes an instance out as drain does, and nobody checks it meanwhile', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const isWell = (server: ScriptedServer) =>
      next('instance.changed', ({ instance: id, to }) => id === idOf(server) && to === 'healthy');
    const bothWell = Promise.all([a, b].map(isWell));
    const pool = open(poolOptions([a.url, b.url], { healthCheck }));
    await bothWell;
    expect(pool.override(idOf(a), maintenance)).toMatchObject({
      state: 'draining',
      reason: 'maintenance: deploy (ann)',
    });
    await a.kill();
    const checks = heard('check.finished');
    for (let n = 0; n < 3; n += 1) await next('check.finished', ({ instance: id }) => id === idOf(b));
    expect(checks.filter(({ instance: id }) => id === idOf(a))).toEqual([]);
    expect(nameIn(await pool.request(query()))).toBe('b');
  });

  it('is followed by a check before anybody is sent there again', async () => {
    const [a, b] = [await serve(named('a')), await serve(named('b'))];
    const pool = open(poolOptions([a.url, b.url], { healthCheck }));
    await next('instance.changed', ({ instance: id, to }) => id === idOf(a) && to === 'healthy');
    pool.override(idOf(a), maintenance);
    const states: string[] = [];
    unsubscribes.push(subscribe('instance.changed', ({ instance: id, to }) => id === idOf(a) && states.push(to)));
    const well = next('instance.changed', ({ instance: id, to }) => id === idOf(a) && to === 'healthy');
    expect(pool.override(idOf(a), { action: 'resume', ttlMs: null, ...BY })?.state).toBe('joining');
    await well;
    expect(states).toEqual(['joining', 'healthy']);
  });

  it('ends by itself, and the instance is checked then', async () => {
    let nowMs = 0;
    const server = await serve(named('a'));
    const options = poolOptions([server.url, (await serve(named('b'))).url], { healthCheck });
    const pool = open(options, () => performance.now() + nowMs);
    await next('instance.changed', ({ instance: id, to }) => id === idOf(server) && to === 'healthy');
    pool.override(idOf(server), { ...maintenance, ttlMs: 60_000 });
    nowMs = 60_001;
    const well = next('instance.changed', ({ instance: id, to }) => id === idOf(server) && to === 'healthy');
    expect(pool.instances()[0]?.state).toBe('joining');
    await well;
  });
});

describe('another name for an instance with the same URL', () => {
  it('is sent as Host from then on, by requests and by checks', async () => {
    const server = await serve(named('a'));
    const healthCheck = {
      probe: { path: '/health' },
      intervalMs: 20,
      timeoutMs: 60_000,
      unhealthyThreshold: 2,
      healthyThreshold: 1,
    } as const;
    const pool = open(poolOptions([instance(server.url, { hostHeader: 'old.internal' })], { healthCheck }));
    await pool.request(query());
    // No check with the old name is on its way then.
    await next('check.finished', () => true);
    pool.setEndpoints([instance(server.url, { hostHeader: 'new.internal' })]);
    const checked = next('check.finished', () => true);
    await pool.request(query());
    await checked;
    const last = (wanted: string) => server.received.findLast(({ method }) => method === wanted)?.headers.host;
    expect([last('POST'), last('GET')]).toEqual(['new.internal', 'new.internal']);
  });

  it('is asked for in TLS from then on, on new connections', () => {
    const asked: (string | undefined)[] = [];
    const connect: Connect = (_origin, _pool, _connections, servername) => {
      asked.push(servername);
      return new InstantDispatcher();
    };
    const url = 'https://10.0.0.1/';
    const options = poolOptions([instance(url, { servername: 'old.internal' })]);
    const pool = open(options, undefined, undefined, connect);
    pool.setEndpoints([instance(url, { servername: 'new.internal' })]);
    pool.setEndpoints([instance(url, { servername: 'new.internal', weight: 2 })]);
    expect(asked).toEqual(['old.internal', 'new.internal']);
  });
});

describe('the queue', () => {
  it('passes over those who have no time left', async () => {
    const finish: (() => void)[] = [];
    const server = await serve((_request, response) => finish.push(() => response.end('{"data":{"name":"a"}}')));
    const pool = open(poolOptions([server.url], { concurrency: { max: 1, queue: 10 } }));
    const shed = heard('request.shed');
    const running = pool.request(query());
    await server.arrived(1);
    const hopeless = pool.request(query({ id: 'client-2', deadlineAt: performance.now() + 20 }));
    await expect(hopeless).rejects.toMatchObject({ code: 'SUBGRAPH_OVERLOADED' });
    finish[0]?.();
    expect(nameIn(await running)).toBe('a');
    expect(shed).toEqual([{ id: 'client-2', pool: 'products', reason: 'queue-timeout' }]);
  });

  it('lets only as many in as the instances have connections', async () => {
    const server = await serve(hang);
    const pool = open(poolOptions([server.url], { connections: 2, concurrency: { max: 100, queue: 1 } }), stopped);
    const deadlineAt = START_MS + 400;
    const all = Array.from({ length: 4 }, () => pool.request(query({ deadlineAt })).catch((error) => error.code));
    expect((await Promise.all(all)).sort()).toEqual([
      'SUBGRAPH_OVERLOADED',
      'SUBGRAPH_OVERLOADED',
      'SUBGRAPH_TIMEOUT',
      'SUBGRAPH_TIMEOUT',
    ]);
  });
});
