import { HeadgateError } from '../../gateway/errors';
import { packageVersion } from '../../gateway/package-root';
import { fetchStack } from '../../gateway/pipeline';
import { createPool } from '../../gateway/pool/instance-pool';
import type { Pool } from '../../gateway/pool/pool';
import type { FetchRequest } from '../../gateway/transport/fetch-request';
import { graphqlOverPool } from '../../gateway/transport/graphql';
import type { SubgraphOptions } from '../../gateway/transport/options';
import { fetchRequest } from '../fixtures/fetches';
import { newFlight } from '../fixtures/flight';
import { poolOptions } from '../fixtures/pool-options';
import {
  answerJson,
  hang,
  refusedUrl,
  reset,
  type ScriptedServer,
  startScriptedServer,
} from '../fixtures/scripted-server';

let server: ScriptedServer;
const pools: Pool[] = [];

beforeEach(async () => {
  server = await startScriptedServer(answerJson({ data: { a: 1 } }));
});

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.close(0)));
  await server.kill();
});

function send(changes: Partial<SubgraphOptions> = {}, url = server.url) {
  const pool = createPool(poolOptions([url]));
  pools.push(pool);
  const options: SubgraphOptions = {
    name: 'products',
    kind: 'graphql',
    timeoutMs: 60_000,
    deduplicate: true,
    responseBytesMax: 10_000,
    responseDepthMax: 20,
    requestHeaders: [],
    responseHeaders: [],
    pools: {},
    ...changes,
  };
  const fetch = fetchStack(options, graphqlOverPool(options, pool));
  return async (asked: FetchRequest, flight = newFlight()) => fetch(asked, flight);
}

const request = (changes: Parameters<typeof fetchRequest>[0] = {}) =>
  fetchRequest({ variables: '{"id":1}', ...changes });

it('posts the operation as JSON and returns the checked answer', async () => {
  const { content } = await send()(request());
  expect(content).toEqual({ data: { a: 1 }, errors: [], extensions: null, bytes: 16 });
  const [received] = server.received;
  expect(JSON.parse(received?.body ?? '')).toEqual({
    query: 'query Q { a }',
    operationName: 'Q',
    variables: { id: 1 },
  });
  expect(received?.headers).toMatchObject({
    'content-type': 'application/json',
    accept: 'application/graphql-response+json, application/json;q=0.9',
    'user-agent': `headgate/${packageVersion}`,
  });
});

it('reads a large answer in turns of its own, unless whoever asked has gone meanwhile', async () => {
  const large = 'x'.repeat(1_200_000);
  server.script = answerJson({ data: { a: large } });
  const call = send({ responseBytesMax: 2_000_000 });
  const { content } = await call(request());
  expect(content.data).toEqual({ a: large });
  // The same bytes are the same object, and are not read again.
  expect((await call(request())).content).toBe(content);
  server.script = answerJson({ data: { a: `${large}y` } });
  const flight = newFlight();
  const asked = call(request(), flight);
  flight.cancel(new HeadgateError('REQUEST_CANCELLED', 'the client went away'));
  await expect(asked).rejects.toMatchObject({ code: 'REQUEST_CANCELLED' });
});

it('tells the subgraph how much time is left: its own timeout or less', async () => {
  const call = send({ timeoutMs: 60_000 });
  const left = async (deadlineMs: number) => {
    await call(request(), newFlight({ leftMs: deadlineMs }));
    return Number(server.received.at(-1)?.headers['x-request-timeout-ms']);
  };
  const own = await left(600_000);
  expect(own).toBeLessThanOrEqual(60_000);
  expect(own).toBeGreaterThan(50_000);
  expect(await left(50_000)).toBeLessThanOrEqual(50_000);
});

it('forwards headers by the rules, and never lets them replace its own', async () => {
  const flight = newFlight({ headers: { accept: 'text/html', 'x-a': '1', cookie: 'secret' } });
  await send({ requestHeaders: [{ kind: 'propagate-matching', matching: /^(x-|accept)/ }] })(request(), flight);
  expect(server.received[0]?.headers).toMatchObject({ 'x-a': '1', accept: expect.stringMatching(/^application/) });
  expect(server.received[0]?.headers).not.toHaveProperty('cookie');
});

it('hands answer headers on by the rules', async () => {
  server.script = answerJson({ data: {} }, 200, { 'set-cookie': 'a=1', 'x-private': 'p' });
  const flight = newFlight();
  await send({ responseHeaders: [{ named: 'set-cookie', algorithm: 'append' }] })(request(), flight);
  expect([...flight.answerHeaders]).toEqual([['set-cookie', ['a=1']]]);
});

it('does not take an answer for the last one that had the same bytes and another status', async () => {
  const call = send({ responseBytesMax: 1_000 });
  const ask = () =>
    call(request()).then(
      ({ content }) => content,
      (error) => error.code,
    );
  const answers: unknown[] = [];
  for (const status of [200, 401, 200, 418, 401]) {
    server.script = answerJson({ data: null }, status);
    answers.push(await ask());
  }
  const nothing = { data: null, errors: [], extensions: null, bytes: 13 };
  expect(answers).toEqual([nothing, 'UNAUTHENTICATED', nothing, 'SUBGRAPH_HTTP_ERROR', 'UNAUTHENTICATED']);
});

it('records every call, the failed ones too', async () => {
  const flight = newFlight();
  const call = send();
  await call(request(), flight);
  server.script = answerJson('busy', 502);
  await call(request(), flight).catch(() => undefined);
  const instance = `127.0.0.1:${server.port}`;
  const requestBytes = Buffer.byteLength(server.received[0]?.body ?? '');
  expect(flight.calls).toMatchObject([
    {
      subgraph: 'products',
      instance,
      attempts: 1,
      status: 200,
      errorCode: null,
      error: null,
      requestBytes,
      responseBytes: 16,
    },
    {
      subgraph: 'products',
      instance,
      attempts: 3,
      status: 502,
      errorCode: 'SUBGRAPH_HTTP_ERROR',
      error: 'status-5xx (502)',
      responseBytes: 6,
    },
  ]);
});

it('records a call that reached nobody', async () => {
  const flight = newFlight();
  const failure = await send({}, await refusedUrl())(request(), flight).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'SUBGRAPH_UNREACHABLE', details: { service: 'products' } });
  expect(flight.calls).toMatchObject([{ status: null, errorCode: 'SUBGRAPH_UNREACHABLE', responseBytes: 0 }]);
});

it('shows a client neither address nor instance', async () => {
  server.script = reset;
  const failure = await send()(request({ operationKind: 'mutation' })).catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'MUTATION_OUTCOME_UNKNOWN', details: { service: 'products' } });
  expect(String(failure) + JSON.stringify(failure)).not.toContain(String(server.port));
});

it('sends a mutation once', async () => {
  server.script = reset;
  await send()(request({ operationKind: 'mutation' })).catch(() => undefined);
  expect(server.received).toHaveLength(1);
});

it('gives up at the timeout of the subgraph', async () => {
  server.script = hang;
  await expect(send({ timeoutMs: 50 })(request())).rejects.toMatchObject({ code: 'SUBGRAPH_TIMEOUT' });
});

it('refuses an answer that is too large', async () => {
  server.script = answerJson({ data: { a: 'x'.repeat(20_000) } });
  await expect(send()(request())).rejects.toMatchObject({ code: 'SUBGRAPH_RESPONSE_TOO_LARGE' });
});

it('runs many calls for one client without a warning about listeners', async () => {
  const warnings: Error[] = [];
  const onWarning = (warning: Error) => warnings.push(warning);
  process.on('warning', onWarning);
  const flight = newFlight();
  const call = send();
  await Promise.all(Array.from({ length: 30 }, () => call(request(), flight)));
  process.off('warning', onWarning);
  expect(warnings).toEqual([]);
});

it('retries no more than the client operation may, over all its calls', async () => {
  server.script = answerJson({}, 503);
  const flight = newFlight({ retries: 1 });
  const call = send();
  for (let n = 0; n < 3; n += 1) await call(request(), flight).catch(() => undefined);
  expect([server.received.length, flight.retries.left]).toEqual([3 + 1, 0]);
});

it.each([
  ['header', { hashHeader: 'x-user' }, { headers: { 'x-user': 'ann' } }, {}],
  ['variable', { hashVariable: 'userId' }, {}, { userId: 7 }],
])('keeps clients of one %s with one instance when the pool hashes it', async (_, hash, sight, variables) => {
  const other = await startScriptedServer(answerJson({ data: { a: 1 } }));
  const hashing = poolOptions([server.url, other.url], { policy: 'hash', ...hash });
  const pool = createPool(hashing);
  pools.push(pool);
  const options = { name: 'products', kind: 'graphql', timeoutMs: 60_000, deduplicate: false } as const;
  const limits = { responseBytesMax: 10_000, responseDepthMax: 20 };
  const rules = { requestHeaders: [], responseHeaders: [], pools: { graphql: hashing } };
  const all = { ...options, ...limits, ...rules };
  const call = fetchStack(all, graphqlOverPool(all, pool));
  for (let n = 0; n < 8; n += 1) await call(request(), Object.assign(newFlight(sight), { variables }));
  expect([server.received.length, other.received.length].sort()).toEqual([0, 8]);
  await other.kill();
});
