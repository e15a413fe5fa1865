import { once } from 'node:events';
import { HeadgateError } from '../../gateway/errors';
import type { Flight } from '../../gateway/flight';
import type { FetchAnswer } from '../../gateway/transport/fetch-answer';
import { FetchFailure } from '../../gateway/transport/fetch-failure';
import type { SubgraphOptions } from '../../gateway/transport/options';
import { answersUnderWay, releaseFor } from '../../gateway/under-way';
import {
  FETCH_KINDS,
  type FetchedSubgraph,
  type FetchKind,
  hostFlight,
  poolName,
  startFetched,
} from '../fixtures/fetch-kinds';
import { fetchRequest } from '../fixtures/fetches';
import { poolOptions } from '../fixtures/pool-options';
import { answerJson, hang, type Script } from '../fixtures/scripted-server';

let subgraph: FetchedSubgraph;

async function start(kind: FetchKind, script: Script, changes?: Partial<SubgraphOptions>): Promise<FetchedSubgraph> {
  subgraph = await startFetched(kind, script, changes);
  return subgraph;
}

afterEach(() => subgraph.close());

const query = () => fetchRequest({ operation: 'query Q { a }' });
const ONE = { data: { a: 1 } };

/** What failed: as an error, or as an error in the answer. */
async function failureOf(asked: FetchAnswer | Promise<FetchAnswer>) {
  try {
    const { content, status } = await asked;
    return { code: content.errors[0]?.extensions?.code, status };
  } catch (error) {
    if (!(error instanceof FetchFailure)) throw error;
    return { code: error.code, status: FetchFailure.reportOf(error).status };
  }
}

const codesOf = ({ calls }: Flight) => calls.map(({ errorCode }) => errorCode);

describe.each(FETCH_KINDS)('a fetch over %s', (kind) => {
  it('has the content, the status and the headers of the answer', async () => {
    const { fetch } = await start(kind, answerJson(ONE, 200, { 'x-from': 'there' }));
    const answer = await fetch(query(), hostFlight());
    expect(answer).toMatchObject({
      content: { data: { a: 1 }, errors: [], extensions: null },
      status: 200,
      cache: null,
    });
    expect(answer.headers['x-from']).toBe('there');
  });

  it('knows what the answer says of being kept', async () => {
    const { fetch } = await start(kind, answerJson(ONE, 200, { 'cache-control': 'max-age=60, private', age: '10' }));
    const { cache } = await fetch(query(), hostFlight());
    expect(cache).toEqual({ maxAge: 50, scope: 'private' });
  });

  it('is recorded once, with its status', async () => {
    const { fetch } = await start(kind, answerJson(ONE));
    const flight = hostFlight();
    await fetch(query(), flight);
    expect(flight.calls).toMatchObject([
      { subgraph: 'products', attempts: 1, status: 200, errorCode: null, error: null, isShared: false },
    ]);
  });

  it('is recorded when it fails, and keeps the status', async () => {
    const { fetch } = await start(kind, answerJson('busy', 500));
    const flight = hostFlight();
    const { code, status } = await failureOf(fetch(query(), flight));
    expect(code).toBe(kind === 'a REST adapter' ? 'UPSTREAM_ERROR' : 'SUBGRAPH_HTTP_ERROR');
    expect([status, flight.calls.map((call) => call.status)]).toEqual([500, [500]]);
    // What a data source throws for clients is an answer.
    expect(codesOf(flight)).toEqual([kind === 'a data source' ? null : code]);
  });

  it.each([
    ['its own time', { timeoutMs: 60 }, 10_000_000],
    ['the time of the flight', { timeoutMs: 10_000_000 }, 60],
  ])('ends after %s', async (_whose, changes, leftMs) => {
    const { fetch } = await start(kind, hang, changes);
    const flight = hostFlight({}, leftMs);
    const { code, status } = await failureOf(fetch(query(), flight));
    expect([code, status]).toEqual([kind === 'a REST adapter' ? 'GATEWAY_TIMEOUT' : 'SUBGRAPH_TIMEOUT', null]);
    expect(codesOf(flight)).toEqual([code]);
  });

  it('tells of a mutation that was not answered in time that nobody knows what came of it', async () => {
    const { fetch } = await start(kind, hang, { timeoutMs: 60 });
    const mutation = fetchRequest({ operation: 'mutation { a }', operationKind: 'mutation' });
    expect(await failureOf(fetch(mutation, hostFlight()))).toMatchObject({ code: 'MUTATION_OUTCOME_UNKNOWN' });
  });

  it('ends when its flight is cancelled', async () => {
    const { fetch, server } = await start(kind, hang);
    const flight = hostFlight();
    const asked = Promise.resolve(fetch(query(), flight)).catch((error) => error.code);
    await server.arrived(1);
    flight.cancel(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
    expect(await asked).toBe('REQUEST_CANCELLED');
    await new Promise(setImmediate);
    expect(codesOf(flight)).toEqual(['REQUEST_CANCELLED']);
  });

  it.each([
    ['succeeds', 200, ONE],
    ['fails', 500, 'busy'],
  ])('hands on headers of an answer that %s, which nobody else gets', async (_how, status, body) => {
    const responseHeaders = [{ named: 'set-cookie', algorithm: 'append' }] as const;
    const { fetch, server } = await start(kind, answerJson(body, status, { 'set-cookie': 'a=1' }), { responseHeaders });
    const flights = [hostFlight(), hostFlight()];
    await Promise.all(flights.map((flight) => failureOf(fetch(query(), flight))));
    expect(server.received).toHaveLength(2);
    // A data source throws away what it does not understand.
    const lost = kind === 'a data source' && status === 500;
    expect(flights.map(({ answerHeaders }) => [...answerHeaders])).toEqual(
      flights.map(() => (lost ? [] : [['set-cookie', ['a=1']]])),
    );
  });
});

describe.each(['a pool', 'a REST adapter'] as const)('headers over %s', (kind) => {
  it('are those that the rules make of the client, under those that a layer in front gave', async () => {
    const requestHeaders = [
      { kind: 'propagate', named: 'x-user', rename: 'user', default: null },
      { kind: 'insert', name: 'x-a', value: 'rule' },
    ] as const;
    const { fetch, server } = await start(kind, answerJson(ONE), { requestHeaders });
    await fetch(query(), hostFlight({ 'x-user': 'ann', cookie: 'secret' }));
    await fetch(query().withHeaders({ 'x-a': 'own' }), hostFlight());
    const sent = server.received.map(({ headers: { user, cookie, 'x-a': a } }) => ({ user, cookie, a }));
    expect(sent).toEqual([{ user: 'ann', a: 'rule' }, { a: 'own' }]);
  });
});

describe.each(['a pool', 'a REST adapter'] as const)('equal fetches over %s', (kind) => {
  it('are one, of which each flight is told', async () => {
    const { fetch, server } = await start(kind, answerJson(ONE));
    const flights = [hostFlight(), hostFlight(), hostFlight()];
    const answers = await Promise.all(flights.map((flight) => fetch(query(), flight)));
    expect(server.received).toHaveLength(1);
    expect(new Set(answers.map(({ content }) => content)).size).toBe(1);
    expect(flights.map(({ calls }) => calls.map(({ status, isShared }) => [status, isShared]))).toEqual([
      [[200, false]],
      [[200, true]],
      [[200, true]],
    ]);
  });

  it('fail together', async () => {
    const { fetch, server } = await start(kind, answerJson('busy', 500));
    const flights = [hostFlight(), hostFlight()];
    const failures = await Promise.all(flights.map((flight) => failureOf(fetch(query(), flight))));
    expect([server.received.length, failures[0]]).toEqual([1, failures[1]]);
    expect(flights.map(({ calls }) => calls.map((call) => [call.status, call.isShared]))).toEqual([
      [[500, false]],
      [[500, true]],
    ]);
  });

  it('go on for those who stay, and are told of once', async () => {
    const answering: (() => void)[] = [];
    const { fetch, server } = await start(kind, (request, response, socket) => {
      answering.push(() => answerJson(ONE)(request, response, socket));
    });
    const [first, second] = [hostFlight(), hostFlight()];
    const left = Promise.resolve(fetch(query(), first)).catch((error) => error.code);
    const stayed = fetch(query(), second);
    await server.arrived(1);
    first.cancel(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
    expect(await left).toBe('REQUEST_CANCELLED');
    answering[0]?.();
    expect((await stayed).content.data).toEqual({ a: 1 });
    expect([codesOf(first), codesOf(second)]).toEqual([[null], [null]]);
    expect([first, second].map(({ calls }) => calls[0]?.isShared)).toEqual([false, true]);
  });

  it('are cut off when the last one has gone', async () => {
    const { fetch, server } = await start(kind, hang);
    const flights = [hostFlight(), hostFlight()];
    const asked = flights.map((flight) => Promise.resolve(fetch(query(), flight)).catch((error) => error.code));
    await server.arrived(1);
    const [socket] = server.sockets;
    const closed = socket === undefined ? Promise.reject(new Error('nobody came')) : once(socket, 'close');
    for (const flight of flights) flight.cancel(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
    expect(await Promise.all(asked)).toEqual(['REQUEST_CANCELLED', 'REQUEST_CANCELLED']);
    await closed;
  });

  it('are apart for clients whose headers are sent and differ', async () => {
    const requestHeaders = [{ kind: 'propagate', named: 'X-User', rename: null, default: null }] as const;
    const { fetch, server } = await start(kind, answerJson(ONE), { requestHeaders });
    const users = ['ann', 'bob', 'ann'];
    await Promise.all(
      users.map((user) => fetch(query(), hostFlight({ 'x-user': user, 'x-other': `${Math.random()}` }))),
    );
    expect(server.received.map(({ headers }) => headers['x-user'])).toEqual(['ann', 'bob']);
  });

  it('are apart when layers in front have given them other headers', async () => {
    const { fetch, server } = await start(kind, answerJson(ONE));
    const named = (name: string) => fetch(query().withHeaders({ 'x-name': name }), hostFlight());
    await Promise.all([named('a'), named('b'), named('a'), fetch(query(), hostFlight())]);
    expect(server.received.map(({ headers }) => headers['x-name'])).toEqual(['a', 'b', undefined]);
  });

  it('are apart by the variable that chooses an instance', async () => {
    const { fetch, server } = await start(kind, answerJson(ONE), {
      pools: {
        [poolName(kind)]: { ...poolOptions([]), policy: 'hash', hashVariable: 'id' },
      },
    });
    const flights = [1, 2, 1].map((id) => Object.assign(hostFlight(), { variables: { id } }));
    await Promise.all(flights.map((flight) => fetch(query(), flight)));
    expect(server.received).toHaveLength(2);
  });

  it('are each made when that is switched off, and mutations always are', async () => {
    const { fetch, server } = await start(kind, answerJson(ONE), { deduplicate: false });
    await Promise.all([fetch(query(), hostFlight()), fetch(query(), hostFlight())]);
    expect(server.received).toHaveLength(2);
    await subgraph.close();
    const shared = await start(kind, answerJson(ONE));
    const mutation = () => fetchRequest({ operation: 'mutation { a }', operationKind: 'mutation' });
    await Promise.all([shared.fetch(mutation(), hostFlight()), shared.fetch(mutation(), hostFlight())]);
    expect(shared.server.received).toHaveLength(2);
  });

  it('hold the bytes of a large answer until the last flight has ended', async () => {
    const { fetch } = await start(kind, answerJson({ ...ONE, padding: 'x'.repeat(300_000) }));
    const before = answersUnderWay.taken;
    const [first, second] = [hostFlight(), hostFlight()];
    await Promise.all([fetch(query(), first), fetch(query(), second)]);
    await new Promise(setImmediate);
    const held = () => answersUnderWay.taken - before;
    expect(held()).toBeGreaterThan(300_000);
    releaseFor(first);
    expect(held()).toBeGreaterThan(300_000);
    releaseFor(second);
    expect(held()).toBe(0);
  });
});

it('is asked for by each client of a host itself', async () => {
  const { fetch, server } = await start('a data source', answerJson(ONE));
  const flight = hostFlight();
  await Promise.all([fetch(query(), flight), fetch(query(), flight), fetch(query(), hostFlight())]);
  expect(server.received).toHaveLength(3);
});

it('keeps the extensions of an answer', async () => {
  const { fetch } = await start('a pool', answerJson({ ...ONE, extensions: { cost: 3 } }));
  expect((await fetch(query(), hostFlight())).content.extensions).toEqual({ cost: 3 });
});

describe('equal bodies with other headers', () => {
  it('have the very same content, each with what its own headers say', async () => {
    const { fetch, server } = await start('a pool', answerJson(ONE, 200, { 'cache-control': 'max-age=1', 'x-n': '1' }));
    const first = await fetch(query(), hostFlight());
    server.script = answerJson(ONE, 200, { 'cache-control': 'max-age=2, private', 'x-n': '2' });
    const second = await fetch(query(), hostFlight());
    expect(second.content).toBe(first.content);
    expect([first, second].map(({ cache, headers }) => [cache, headers['x-n']])).toEqual([
      [{ maxAge: 1, scope: 'public' }, '1'],
      [{ maxAge: 2, scope: 'private' }, '2'],
    ]);
  });

  it('have another content with another status', async () => {
    const { fetch, server } = await start('a pool', answerJson(ONE, 200));
    const first = await fetch(query(), hostFlight());
    server.script = answerJson(ONE, 203);
    const second = await fetch(query(), hostFlight());
    expect([second.content === first.content, first.status, second.status]).toEqual([false, 200, 203]);
    expect(second.content).toEqual(first.content);
  });
});

describe('a REST answer that is made of several', () => {
  const both = () => fetchRequest({ operation: '{ a b }' });

  it('is kept as long as the one that may be kept shortest, and has the headers of all', async () => {
    const { fetch } = await start('a REST adapter', (request, response, socket) => {
      const [n, cache] = request.url.endsWith('/a') ? ['1', 'max-age=9, private'] : ['2', 'max-age=5'];
      answerJson(ONE, 200, { 'x-n': n, 'cache-control': cache })(request, response, socket);
    });
    const { cache, headers, attempts, status, requestBytes } = await fetch(both(), hostFlight());
    expect(cache).toEqual({ maxAge: 5, scope: 'private' });
    expect([headers['x-n']].flat().sort()).toEqual(['1', '2']);
    expect([attempts, status, requestBytes]).toEqual([2, 200, 0]);
  });

  it('is not kept when one of them says nothing, and has the status of the worst', async () => {
    const { fetch } = await start('a REST adapter', (request, response, socket) => {
      const well = request.url.endsWith('/a');
      const script = well ? answerJson(ONE, 200, { 'cache-control': 'max-age=9' }) : answerJson({}, 404);
      script(request, response, socket);
    });
    const flight = hostFlight();
    const { cache, status, content } = await fetch(both(), flight);
    expect([cache, status, content.data]).toEqual([{ maxAge: 0, scope: 'public' }, 404, { a: 1, b: null }]);
    // Each request is a call of its own.
    expect(codesOf(flight).sort()).toEqual(['NOT_FOUND', null].sort());
  });

  it('is of none when nothing had to be asked', async () => {
    const { fetch } = await start('a REST adapter', hang);
    const answer = await fetch(fetchRequest({ operation: '{ __typename }' }), hostFlight());
    expect(answer).toMatchObject({ status: null, headers: {}, cache: null, attempts: 0, instance: null });
  });
});
