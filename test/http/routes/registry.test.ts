import { request as httpRequest } from 'undici';
import { closeCompositionThread } from '../../../gateway/supergraph/compose';
import { type LocalRegistry, ownSdl, startLocalRegistry } from '../../fixtures/local-registry';
import { temporaryDirectories } from '../../fixtures/temporary-directory';

const newDirectory = temporaryDirectories();
const GRAPH = '/registry/graphs/default';

let local: LocalRegistry;
beforeEach(async () => {
  local = await startLocalRegistry(newDirectory());
});
afterEach(() => local.close());
afterAll(() => closeCompositionThread());

interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: unknown;
}

async function call(
  method: 'GET' | 'PUT' | 'POST' | 'DELETE',
  path: string,
  body?: string | Buffer,
  headers: Record<string, string> = {},
): Promise<Reply> {
  const answer = await httpRequest(local.url + path, { method, body: body ?? null, headers });
  const text = await answer.body.text();
  const isJson = String(answer.headers['content-type']).startsWith('application/json');
  return { status: answer.statusCode, headers: answer.headers, text, json: isJson ? JSON.parse(text) : undefined };
}

const put = (name: string, sdl = ownSdl(name), query = `?url=http://127.0.0.1:4001/${name}`) =>
  call('PUT', `${GRAPH}/subgraphs/${name}${query}`, sdl);

describe('PUT …/subgraphs/:name', () => {
  it('answers 201 for a new subgraph, 200 for one that changes or stays', async () => {
    const created = await put('products');
    expect(created.status).toBe(201);
    expect(created.json).toEqual({
      revision: 1,
      changes: [
        {
          subgraph: 'products',
          kind: 'added',
          instances: [{ url: 'http://127.0.0.1:4001/products', weight: 1 }],
          message: 'products: added at http://127.0.0.1:4001/products',
        },
      ],
      supergraph_was_updated: true,
      subgraph_was_created: true,
      hints: expect.any(Array),
      lint: [],
      api: null,
    });
    const changed = await put('products', ownSdl('products', ['id', 'name']));
    expect(changed.status).toBe(200);
    expect(changed.json).toMatchObject({ revision: 2, supergraph_was_updated: true, subgraph_was_created: false });
    const same = await put('products', ownSdl('products', ['id', 'name']));
    expect(same.status).toBe(200);
    expect(same.json).toMatchObject({ revision: 2, changes: [], supergraph_was_updated: false });
  });

  it('takes several URLs, each weight for the URL before it or in their order', async () => {
    await put('a', undefined, '?url=http://h:1/&url=http://h:2/&weight=3');
    await put('b', undefined, '?url=http://h:1/&url=http://h:2/&weight=3&weight=4');
    const instances = async (name: string) =>
      (await local.registry.subgraph('default', name)).state.instances.map(({ weight }) => weight);
    expect(await instances('a')).toEqual([1, 3]);
    expect(await instances('b')).toEqual([3, 4]);
  });

  it('answers 422 with subgraph, line and column of each error, and changes nothing', async () => {
    await put('products');
    const refused = await put('reviews', 'type Query {\n  reviews: [Review]\n  others: [Other]\n}\n');
    expect(refused.status).toBe(422);
    expect(refused.json).toMatchObject({
      error: {
        code: 'COMPOSITION_FAILED',
        details: expect.arrayContaining([
          {
            subgraph: 'reviews',
            line: 2,
            column: expect.any(Number),
            code: expect.any(String),
            message: expect.any(String),
          },
        ]),
      },
    });
    expect((await call('GET', `${GRAPH}/revisions`)).json).toMatchObject({ revisions: [{ revision: 1 }] });
    expect(local.delivered).toHaveLength(1);
  });

  it('answers 422 for a name that looks like an existing one, and creates it with create=true', async () => {
    await put('products');
    expect((await put('productz')).json).toMatchObject({ error: { code: 'NAME_NEEDS_CONFIRMATION', details: [] } });
    expect((await put('productz', undefined, '?url=http://h/&create=true')).status).toBe(201);
  });

  it.each([
    ['a weight without a URL', '?weight=3'],
    ['a weight that is no number', '?url=http://h/&weight=heavy'],
    ['two weights for one URL', '?url=http://h:1/&weight=1&weight=2'],
    ['a URL that is none', '?url=nowhere'],
    ['a parameter that does not exist', '?url=http://h/&waight=3'],
    ['a flag that is neither true nor false', '?url=http://h/&create=perhaps'],
  ])('answers 400 for %s', async (_, query) => {
    const answer = await put('products', undefined, query);
    expect(answer.status).toBe(400);
    expect(answer.json).toMatchObject({ error: { code: 'INVALID_ARGUMENT', message: expect.any(String) } });
  });

  it.each([
    ['empty', ''],
    ['not utf-8', Buffer.from([0x74, 0xff, 0xfe])],
  ])('answers 400 for a body that is %s', async (_, body) => {
    expect((await call('PUT', `${GRAPH}/subgraphs/a?url=http://h/`, body)).status).toBe(400);
  });

  it('takes SDL under any content type', async () => {
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await call('PUT', `${GRAPH}/subgraphs/a?url=http://h/`, ownSdl('a'), headers)).status).toBe(201);
  });

  it('keeps message and VCS data with the revision', async () => {
    await put('a', undefined, '?url=http://h/&message=why%20not&vcs_commit=abc123&vcs_author=Ada');
    expect((await call('GET', `${GRAPH}/revisions/1`)).json).toMatchObject({
      revision: 1,
      actor: 'loopback',
      kind: 'publish',
      subgraph: 'a',
      message: 'why not',
      vcs: { commit: 'abc123', author: 'Ada' },
      state: [{ name: 'a', instances: [{ url: 'http://h/', weight: 1 }] }],
    });
  });

  it('loses nothing of eight publishers at once', async () => {
    const names = Array.from({ length: 8 }, (_, n) => `team${n}`);
    const outcomes = await Promise.all(
      names.map(async (name) => {
        const statuses: number[] = [];
        for (const fields of [['id'], ['id', 'a'], ['id', 'b']])
          statuses.push((await put(name, ownSdl(name, fields))).status);
        return statuses;
      }),
    );
    expect(outcomes).toEqual(names.map(() => [201, 200, 200]));
    const revisions = await local.registry.revisions('default', { before: null, limit: 100 });
    expect(revisions.map(({ revision }) => revision)).toEqual(Array.from({ length: 24 }, (_, n) => n + 1));
    const { sdl } = await local.registry.supergraph('default', null);
    for (const name of names) expect(sdl).toContain(`graph: ${name.toUpperCase()}`);
  });
});

describe('the other calls of subgraphs', () => {
  it('list all, fetch one', async () => {
    expect((await call('GET', `${GRAPH}/subgraphs`)).json).toEqual({ revision: 0, subgraphs: [] });
    await put('products');
    await put('reviews');
    const list = await call('GET', `${GRAPH}/subgraphs`);
    expect(list.json).toMatchObject({
      revision: 2,
      subgraphs: [
        { name: 'products', revision: 1 },
        { name: 'reviews', revision: 2 },
      ],
    });
    const one = await call('GET', `${GRAPH}/subgraphs/products`);
    expect(one.json).toMatchObject({
      name: 'products',
      sdl: ownSdl('products'),
      routing_url: 'http://127.0.0.1:4001/products',
      instances: [{ url: 'http://127.0.0.1:4001/products', weight: 1 }],
    });
  });

  it('check without storing', async () => {
    const checked = await call('POST', `${GRAPH}/subgraphs/products/check`, ownSdl('products'));
    expect(checked.status).toBe(200);
    expect(checked.json).toMatchObject({
      revision: 0,
      supergraph_was_updated: false,
      supergraph_would_be_updated: true,
      subgraph_would_be_created: true,
    });
    expect((await call('POST', `${GRAPH}/subgraphs/products/check`, 'type Query {')).status).toBe(422);
    expect((await call('GET', `${GRAPH}/subgraphs`)).json).toMatchObject({ subgraphs: [] });
  });

  it('delete, after a dry run if asked', async () => {
    await put('products');
    await put('reviews');
    const dry = await call('DELETE', `${GRAPH}/subgraphs/reviews?dry_run=true`);
    expect(dry.json).toMatchObject({ revision: 2, subgraph_was_deleted: false, supergraph_would_be_updated: true });
    const real = await call('DELETE', `${GRAPH}/subgraphs/reviews`);
    expect(real.json).toMatchObject({ revision: 3, subgraph_was_deleted: true, supergraph_was_updated: true });
    const last = await call('DELETE', `${GRAPH}/subgraphs/products`);
    expect(last.status).toBe(422);
    expect(last.json).toMatchObject({ error: { code: 'LAST_SUBGRAPH' } });
  });

  it.each([
    ['GET', '/registry/graphs/shop/subgraphs'],
    ['GET', `${GRAPH}/subgraphs/nobody`],
    ['DELETE', `${GRAPH}/subgraphs/nobody`],
    ['GET', `${GRAPH}/revisions/1`],
    ['GET', `${GRAPH}/revisions/1/diff/2`],
    ['GET', '/graphs/default/supergraph'],
    ['GET', '/graphs/shop/supergraph'],
  ] as const)('answer 404 as JSON for %s %s', async (method, path) => {
    const answer = await call(method, path);
    expect(answer.status).toBe(404);
    expect(answer.json).toMatchObject({ error: { code: 'NOT_FOUND', message: expect.any(String) } });
  });
});

describe('revisions', () => {
  it('are listed oldest first, in pages', async () => {
    for (const name of ['a', 'b', 'c']) await put(name);
    const numbers = async (query: string) =>
      ((await call('GET', `${GRAPH}/revisions${query}`)).json as { revisions: { revision: number }[] }).revisions.map(
        ({ revision }) => revision,
      );
    expect(await numbers('')).toEqual([1, 2, 3]);
    expect(await numbers('?limit=2')).toEqual([2, 3]);
    expect(await numbers('?before=3&limit=1')).toEqual([2]);
    expect((await call('GET', `${GRAPH}/revisions?limit=0`)).status).toBe(400);
    expect((await call('GET', `${GRAPH}/revisions/one`)).status).toBe(400);
  });

  it('are compared', async () => {
    await put('a');
    await put('a', ownSdl('a', ['id', 'name']));
    expect((await call('GET', `${GRAPH}/revisions/1/diff/2`)).json).toEqual({
      from: 1,
      to: 2,
      changes: [
        {
          subgraph: 'a',
          kind: 'schema',
          schema: [{ kind: 'added', coordinate: 'A.name' }],
          message: 'a: A.name added',
        },
      ],
      supergraph_changed: true,
    });
  });

  it('are rolled back to', async () => {
    await put('a');
    await put('a', ownSdl('a', ['id', 'name']));
    const answer = await call('POST', `${GRAPH}/rollback`, JSON.stringify({ revision: 1, reason: 'broke mobile' }));
    expect(answer.status).toBe(200);
    expect(answer.json).toMatchObject({ revision: 3, rolled_back_to: 1, supergraph_was_updated: true });
    expect(local.delivered.at(-1)?.revision).toBe(3);
    expect((await call('GET', `${GRAPH}/revisions/3`)).json).toMatchObject({
      kind: 'rollback',
      message: 'broke mobile',
    });
  });

  it.each([
    '',
    '[]',
    'null',
    '{}',
    '{"revision":"one"}',
    '{"revision":1.5}',
    '{"revision":1,"reason":5}',
    '{"revision":',
  ])('are not rolled back to with the body %s', async (body) => {
    await put('a');
    expect((await call('POST', `${GRAPH}/rollback`, body)).status).toBe(400);
  });
});

describe('GET /graphs/:graph/supergraph', () => {
  it('answers SDL with a strong ETag and the revision, and 304 to whoever has it', async () => {
    await put('a');
    const first = await call('GET', '/graphs/default/supergraph');
    expect(first.status).toBe(200);
    expect(first.text).toContain('join__Graph');
    expect(first.headers['x-revision']).toBe('1');
    const etag = String(first.headers.etag);
    expect(etag).toMatch(/^"[0-9a-f]{64}"$/);
    for (const tags of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const again = await call('GET', '/graphs/default/supergraph', undefined, { 'if-none-match': tags });
      expect(again).toMatchObject({ status: 304, text: '', headers: { etag, 'x-revision': '1' } });
    }
    await put('b');
    const changed = await call('GET', '/graphs/default/supergraph', undefined, { 'if-none-match': etag });
    expect(changed.status).toBe(200);
    expect(changed.headers['x-revision']).toBe('2');
  });

  it('answers an older revision', async () => {
    await put('a');
    await put('b');
    const old = await call('GET', '/graphs/default/supergraph?revision=1');
    expect(old.headers['x-revision']).toBe('1');
    expect(old.text).not.toContain('graph: B');
    expect((await call('GET', '/graphs/default/supergraph?revision=x')).status).toBe(400);
  });
});

describe('with a token', () => {
  it('nothing is read or changed without it, and the revision says that it was used', async () => {
    await local.close();
    local = await startLocalRegistry(newDirectory(), 'secret');
    expect((await put('a')).status).toBe(401);
    expect((await call('GET', '/graphs/default/supergraph')).status).toBe(401);
    const headers = { authorization: 'Bearer secret' };
    const published = await call('PUT', `${GRAPH}/subgraphs/a?url=http://h/`, ownSdl('a'), headers);
    expect(published.status).toBe(201);
    expect((await local.registry.revision('default', 1)).revision.actor).toBe('token');
  });
});
