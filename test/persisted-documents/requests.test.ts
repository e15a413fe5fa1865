import { createHash } from 'node:crypto';
import { type Events, subscribe } from '../../gateway/events';
import type { ManifestDocument, PersistedOptions, Requirement } from '../../gateway/persisted-documents/options';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

const HELLO = 'query Hello($name: String! = "world") { hello(name: $name) }';
const RENAME = 'mutation Rename { rename(name: "x") }';
const TWO = 'query One { hello } query Two { hello(name: "two") }';
const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const HASH = hashOf(HELLO);
const OTHER = '{ hello }';

const everyone = { clientName: null, app: null };
const DOCUMENTS: readonly ManifestDocument[] = [
  { id: HASH, text: HELLO, ...everyone },
  { id: 'hello', text: HELLO, ...everyone },
  { id: 'rename', text: RENAME, ...everyone },
  { id: 'two', text: TWO, ...everyone },
  { id: 'mine', text: '{ hello(name: "ios") }', clientName: 'ios', app: null },
  { id: 'mine', text: '{ hello(name: "others") }', ...everyone },
  { id: 'crash', text: '{ nothing }', ...everyone },
];
const SOURCES: PersistedOptions = { automatic: true, sources: ['documentId', 'sha256Hash', 'doc_id', 'path'] };
const automatic = (hash: string) => ({ extensions: { persistedQuery: { version: 1, sha256Hash: hash } } });

interface Got {
  readonly status: number;
  readonly body: { readonly data?: unknown; readonly errors?: readonly { extensions: { code: string } }[] };
}

describe('persisted documents over HTTP', () => {
  let server: LocalServer;
  const told: Events['persisted.unknown'][] = [];
  const results: string[] = [];
  const stops = [
    subscribe('persisted.unknown', (event) => told.push(event)),
    subscribe('persisted.document', ({ result }) => results.push(result)),
  ];

  async function start(requirement: Requirement, options: Partial<PersistedOptions> = {}, logUnknown = false) {
    server = await startLocalServer(
      {},
      {
        persisted: { ...SOURCES, automatic: requirement === 'any', ...options },
        documents: { requirement, logUnknown, hidesLiterals: false, documents: DOCUMENTS },
      },
    );
  }

  async function got(answer: Response): Promise<Got> {
    return { status: answer.status, body: (await answer.json()) as Got['body'] };
  }

  async function post(
    body: object,
    { path = '', headers = {} }: { path?: string; headers?: object } = {},
  ): Promise<Got> {
    const init = {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    };
    return got(await fetch(`${server.graphql}${path}`, init));
  }

  async function get(parameters: Record<string, string>, path = ''): Promise<Got> {
    const headers = { 'apollo-require-preflight': 'yes' };
    return got(await fetch(`${server.graphql}${path}?${new URLSearchParams(parameters)}`, { headers }));
  }

  afterEach(async () => {
    await server.close();
    told.length = 0;
    results.length = 0;
  });
  afterAll(() => {
    for (const stop of stops) stop();
  });

  const hello = { status: 200, body: { data: { hello: 'hello world' } } };
  const refusal = (status: number, code: string) => ({ status, body: { errors: [{ extensions: { code } }] } });

  it('are named by documentId, doc_id, the hash, the path, in POST and GET, with variables', async () => {
    await start('any');
    const plain = (await post({ query: HELLO })).body.data;
    const named = (await post({ query: HELLO, variables: { name: 'you' } })).body.data;
    expect(named).not.toEqual(plain);
    const variables = { name: 'you' };
    for (const answer of [
      await post({ documentId: 'hello' }),
      await post({ documentId: `sha256:${HASH}` }),
      await post({ doc_id: 'hello' }),
      await post(automatic(HASH)),
      await post({}, { path: '/hello' }),
      await get({ documentId: 'hello' }),
      await get({ doc_id: HASH }),
      await get({}, `/${HASH}`),
      await post({ documentId: 'hello', operationName: 'Hello' }),
      await post({ documentId: 'hello', query: HELLO }),
      await post({ documentId: 'hello', query: '' }),
      await post({ ...automatic(HASH), query: HELLO }),
      await post(automatic('hello')),
    ])
      expect(answer).toEqual({ status: 200, body: { data: plain } });
    for (const answer of [
      await post({ documentId: 'hello', variables }),
      await post({ variables }, { path: '/hello' }),
      await post({ variables }, { path: '/hello' }),
      await get({ documentId: 'hello', variables: JSON.stringify(variables) }),
      await get({ variables: JSON.stringify(variables) }, '/hello'),
    ])
      expect(answer).toEqual({ status: 200, body: { data: named } });
    expect(new Set(results)).toEqual(new Set(['found']));
  });

  it('have a place of their own in paths: one body is not taken for that of another document', async () => {
    await start('any');
    const ask = (path: string) => post({ operationName: null }, { path });
    expect((await ask('/hello')).body.data).toEqual((await post({ documentId: 'hello' })).body.data);
    expect((await ask('/rename')).body.data).toEqual((await post({ documentId: 'rename' })).body.data);
    expect((await ask('/hello')).body.data).toEqual((await post({ documentId: 'hello' })).body.data);
  });

  it('may have several operations, of which the name chooses one', async () => {
    await start('any');
    const two = await post({ documentId: 'two', operationName: 'Two' });
    expect(two.body.data).not.toEqual((await post({ documentId: 'two', operationName: 'One' })).body.data);
    expect(await post({ documentId: 'two' })).toMatchObject(refusal(400, 'OPERATION_RESOLUTION_FAILURE'));
  });

  it('of one client are for that client: the same request of others is another document', async () => {
    await start('any');
    const ask = (name: string) => post({ documentId: 'mine' }, { headers: { 'apollographql-client-name': name } });
    const [ios, android] = [await ask('ios'), await ask('android')];
    expect(ios.body.data).not.toEqual(android.body.data);
    expect(await ask('ios')).toEqual(ios);
    expect(await post({ documentId: 'mine' })).toEqual(android);
  });

  it('that are mutations are not executed by GET', async () => {
    await start('any');
    expect(await get({ documentId: 'rename' })).toMatchObject({ status: 405 });
    expect((await post({ documentId: 'rename' })).status).toBe(200);
  });

  it('that are not valid are refused as texts are', async () => {
    await start('any');
    expect(await post({ documentId: 'crash' })).toMatchObject(refusal(400, 'GRAPHQL_VALIDATION_FAILED'));
  });

  it.each([
    [{ documentId: 'nobody' }, 404, 'PERSISTED_QUERY_NOT_IN_LIST'],
    [{ documentId: 'hello', query: OTHER }, 400, 'CANNOT_SEND_PQ_ID_AND_BODY'],
    [{ documentId: 'nobody', query: OTHER }, 400, 'CANNOT_SEND_PQ_ID_AND_BODY'],
    [{ documentId: 1 }, 400, 'BAD_REQUEST'],
    [{ documentId: '' }, 400, 'BAD_REQUEST'],
    [{ documentId: 'x'.repeat(1_025) }, 400, 'BAD_REQUEST'],
    [{ documentId: 'hello', doc_id: 'rename' }, 400, 'BAD_REQUEST'],
    [{}, 400, 'BAD_REQUEST'],
    [{ ...automatic('custom'), query: OTHER }, 400, 'BAD_REQUEST'],
    [automatic(hashOf('nobody')), 200, 'PERSISTED_QUERY_NOT_FOUND'],
    [automatic('custom'), 200, 'PERSISTED_QUERY_NOT_FOUND'],
  ])('and what is none of them is refused: %j', async (body, status, code) => {
    await start('any');
    expect(await post(body)).toMatchObject(refusal(status, code));
  });

  it('leave other operations and automatic persisted queries as they are', async () => {
    await start('any');
    expect(await post({ query: OTHER })).toMatchObject(hello);
    expect(await post({ ...automatic(hashOf(OTHER)), query: OTHER })).toMatchObject(hello);
    expect(await post(automatic(hashOf(OTHER)))).toMatchObject(hello);
  });

  it('are all that is answered where they are required, by id or by exact text', async () => {
    await start('listed');
    expect((await post({ query: HELLO })).status).toBe(200);
    expect((await post({ documentId: 'hello' })).status).toBe(200);
    expect((await post({ ...automatic(HASH), query: HELLO })).status).toBe(200);
    for (const query of [OTHER, `${HELLO} `, '{ __typename }', '{ __schema { queryType { name } } }', '{ !']) {
      expect(await post({ query })).toMatchObject(refusal(403, 'QUERY_NOT_IN_SAFELIST'));
      expect(await get({ query })).toMatchObject(refusal(403, 'QUERY_NOT_IN_SAFELIST'));
    }
    // What is not answered is not kept either.
    expect(await post({ ...automatic(hashOf(OTHER)), query: OTHER })).toMatchObject(
      refusal(403, 'QUERY_NOT_IN_SAFELIST'),
    );
    expect(await post(automatic(hashOf(OTHER)))).toMatchObject(refusal(404, 'PERSISTED_QUERY_NOT_IN_LIST'));
  });

  it('are answered by their id only where that is required', async () => {
    await start('id');
    expect((await post({ documentId: 'hello' })).status).toBe(200);
    expect((await post(automatic(HASH))).status).toBe(200);
    for (const query of [HELLO, OTHER])
      expect(await post({ query })).toMatchObject(refusal(400, 'PERSISTED_QUERY_ID_REQUIRED'));
    expect(await post({ documentId: 'hello', query: OTHER })).toMatchObject(refusal(400, 'CANNOT_SEND_PQ_ID_AND_BODY'));
  });

  it('tell clients to send texts where automatic persisted queries are off', async () => {
    await start('any', { automatic: false });
    const answer = await post(automatic(hashOf(OTHER)));
    expect(answer).toMatchObject(refusal(200, 'PERSISTED_QUERY_NOT_SUPPORTED'));
    expect(answer.body.errors).toMatchObject([{ message: 'PersistedQueryNotSupported' }]);
    expect(await post({ ...automatic(hashOf(OTHER)), query: OTHER })).toMatchObject(hello);
    expect(await post(automatic(hashOf(OTHER)))).toMatchObject(refusal(200, 'PERSISTED_QUERY_NOT_SUPPORTED'));
    expect(await post(automatic(HASH))).toMatchObject(hello);
  });

  it('mean nothing in places that are no sources', async () => {
    await start('any', { sources: ['doc_id'] });
    expect((await post({ doc_id: 'hello' })).status).toBe(200);
    expect(await post({ documentId: 'hello' })).toMatchObject(refusal(400, 'BAD_REQUEST'));
    expect(await post({ documentId: 'nobody', query: OTHER })).toMatchObject(hello);
    expect(await post(automatic(HASH))).toMatchObject(refusal(200, 'PERSISTED_QUERY_NOT_FOUND'));
    expect((await fetch(`${server.graphql}/hello`, { method: 'POST' })).status).toBe(404);
  });

  it('are missed in the log once for each operation, with what would make an entry', async () => {
    await start('any', {}, true);
    for (let round = 0; round < 3; round++) await post({ query: OTHER }, { headers: { 'graphql-client-name': 'web' } });
    await post({ query: HELLO });
    expect(told).toMatchObject([
      { hash: hashOf(OTHER), text: OTHER, clientName: 'web', isRefused: false, untold: 0, operationName: null },
    ]);
  });

  it('are missed in the log a hundred times a minute at most, whatever clients send', async () => {
    await start('listed', {}, true);
    for (let at = 0; at < 120; at++) await post({ query: `query Q${at} { hello } # ${'x'.repeat(5_000)}` });
    expect(told).toHaveLength(100);
    expect(told[0]).toMatchObject({ isRefused: true });
    expect(told[0]?.text).toHaveLength(4_096);
  });
});
