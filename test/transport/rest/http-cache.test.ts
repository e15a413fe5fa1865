import { loadConfig } from '../../../gateway/config/load';
import type { HeaderRule, HttpCacheOptions } from '../../../gateway/transport/options';
import { HttpCache } from '../../../gateway/transport/rest/execute/http-cache';
import type { RestAnswer } from '../../../gateway/transport/rest/response/judge';
import { configFolders } from '../../fixtures/config-folder';
import { newFlight } from '../../fixtures/flight';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import type { ReceivedRequest } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    a(id: ID): User @connect(source: "api", selection: "id name",
      http: { GET: "/users/{$args.id}", headers: [{ name: "accept-language", from: "accept-language" }] })
  }
  type Mutation {
    set(id: ID): User @connect(source: "api", http: { PUT: "/users/{$args.id}" }, selection: "id name")
    other: Twice @connect(source: "api", http: { POST: "/other" }, selection: "done: $(true)")
  }
  type Twice { done: Boolean user: User @connect(source: "api", http: { GET: "/users/1" }, selection: "id name") }
  type User { id: ID name: String }
`);
const OPTIONS: HttpCacheOptions = { maxBytes: 1_000_000, keyHeaders: [] };
const propagate = (...names: readonly string[]): readonly HeaderRule[] =>
  names.map((named) => ({ kind: 'propagate', named, rename: null, default: null }));

describe('a cache of a source', () => {
  let adapter: RestAdapter | undefined;
  let now: number;
  beforeEach(() => {
    now = Date.parse('2026-01-01T00:00:00Z');
    jest.spyOn(Date, 'now').mockImplementation(() => now);
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await adapter?.close();
    adapter = undefined;
  });

  /** Each answer has a name of its own; `condition` of the request is answered 304 while it holds. */
  async function start(
    headersOf: (request: ReceivedRequest) => Record<string, string>,
    cache: Partial<HttpCacheOptions> | null = {},
    requestHeaders: readonly HeaderRule[] = propagate('accept-language', 'authorization'),
  ): Promise<RestAdapter> {
    let count = 0;
    adapter = await startRestAdapter(
      SDL,
      (request, response) => {
        const headers: Record<string, string> = {
          date: new Date(now).toUTCString(),
          'content-type': 'application/json',
          ...headersOf(request),
        };
        const { 'if-none-match': tag, 'if-modified-since': since } = request.headers;
        const isSame =
          (tag !== undefined && tag === headers.etag) || (since !== undefined && since === headers['last-modified']);
        if (isSame) return response.writeHead(304, headers).end();
        count += 1;
        return response.writeHead(200, headers).end(JSON.stringify({ id: 1, name: `answer ${count}` }));
      },
      { subgraph: { requestHeaders, sources: cache === null ? {} : { api: { cache: { ...OPTIONS, ...cache } } } } },
    );
    return adapter;
  }

  const ask = async (headers: Record<string, string> = {}, id = 1) => {
    if (adapter === undefined) throw new Error('there is no adapter');
    const { data, errors } = await adapter.ask(
      'query($id: ID) { a(id: $id) { name } }',
      { id },
      newFlight({ headers }),
    );
    expect(errors).toEqual([]);
    return (data as { a: { name: string } }).a.name;
  };

  it('is not there unless it is configured', async () => {
    const { sent } = await start(() => ({ 'cache-control': 'public, max-age=60' }), null);
    expect([await ask(), await ask()]).toEqual(['answer 1', 'answer 2']);
    expect(sent()).toHaveLength(2);
  });

  it.each<[string, Record<string, string>]>([
    ['max-age', { 'cache-control': 'max-age=60' }],
    ['s-maxage, over max-age', { 'cache-control': 's-maxage=60, max-age=1' }],
    ['expires', { expires: new Date(Date.parse('2026-01-01T00:01:00Z')).toUTCString() }],
  ])('keeps an answer as long as it says by %s', async (_how, headers) => {
    await start(() => headers);
    expect(await ask()).toBe('answer 1');
    now += 59_000;
    expect(await ask()).toBe('answer 1');
    now += 2_000;
    expect(await ask()).toBe('answer 2');
    expect(await ask({}, 2)).toBe('answer 3');
  });

  it.each<[string, Record<string, string>]>([
    ['says nothing', {}],
    [
      'says when it was made, which is no time to guess from',
      { 'last-modified': 'Wed, 01 Jan 2020 00:00:00 GMT', pragma: 'x' },
    ],
    ['must not be stored', { 'cache-control': 'no-store, max-age=60' }],
    ['is private', { 'cache-control': 'private, max-age=60' }],
    ['sets a cookie', { 'cache-control': 'public, max-age=60', 'set-cookie': 'session=1' }],
    ['varies by everything', { 'cache-control': 'max-age=60', vary: '*' }],
    ['has grown too old on its way', { 'cache-control': 'max-age=60', age: '61' }],
  ])('answers with nothing that %s', async (_what, headers) => {
    await start(({ headers: { 'if-modified-since': since } }) => (since === undefined ? headers : {}));
    expect([await ask(), await ask()]).toEqual(['answer 1', 'answer 2']);
  });

  it('tells apart what an answer varies by', async () => {
    await start(() => ({ 'cache-control': 'max-age=60', vary: 'Accept-Language' }), { keyHeaders: ['x-none'] });
    const [de, en] = [{ 'accept-language': 'de' }, { 'accept-language': 'en' }];
    expect([await ask(de), await ask(en), await ask(de), await ask(en)]).toEqual([
      'answer 1',
      'answer 2',
      'answer 1',
      'answer 2',
    ]);
  });

  it('tells apart by every header that is sent, or by those that it is told', async () => {
    await start(() => ({ 'cache-control': 'max-age=60' }));
    expect([await ask({ 'accept-language': 'de' }), await ask({ 'accept-language': 'en' })]).toEqual([
      'answer 1',
      'answer 2',
    ]);
    await adapter?.close();
    await start(() => ({ 'cache-control': 'max-age=60' }), { keyHeaders: ['x-tenant'] });
    expect([await ask({ 'accept-language': 'de' }), await ask({ 'accept-language': 'en' })]).toEqual([
      'answer 1',
      'answer 1',
    ]);
  });

  it('gives no answer to one client to another, and keeps those with authorization only where they say so', async () => {
    const [ann, bob] = [{ authorization: 'Ann' }, { authorization: 'Bob' }];
    await start(() => ({ 'cache-control': 'public, max-age=60' }), { keyHeaders: ['authorization'] });
    expect([await ask(ann), await ask(bob), await ask(ann)]).toEqual(['answer 1', 'answer 2', 'answer 1']);
    await adapter?.close();
    await start(() => ({ 'cache-control': 'max-age=60' }), { keyHeaders: ['authorization'] });
    expect([await ask(ann), await ask(ann)]).toEqual(['answer 1', 'answer 2']);
  });

  it.each([
    ['a tag', { etag: '"v1"' }],
    ['a date', { 'last-modified': 'Wed, 01 Jan 2020 00:00:00 GMT' }],
  ])('asks whether an answer with %s still holds, and keeps it on', async (_what, validator) => {
    let still: Record<string, string> = validator;
    await start(() => ({ 'cache-control': 'max-age=10', ...still }));
    expect(await ask()).toBe('answer 1');
    now += 11_000;
    expect(await ask()).toBe('answer 1');
    now += 9_000;
    expect(await ask()).toBe('answer 1');
    expect(adapter?.service.received).toHaveLength(2);
    still = { etag: '"v2"' };
    now += 11_000;
    expect(await ask()).toBe('answer 2');
    expect(adapter?.service.received).toHaveLength(3);
  });

  it('forgets what a change has changed, and lets a mutation read anew', async () => {
    const { ask: send, sent } = await start(() => ({ 'cache-control': 'max-age=60' }));
    expect(await ask()).toBe('answer 1');
    await send('mutation { other { user { name } } }');
    expect(sent()).toEqual(['GET /v1/users/1', 'POST /v1/other', 'GET /v1/users/1']);
    expect(await ask()).toBe('answer 3');
    await send('mutation { set(id: 1) { id } }');
    expect(await ask()).toBe('answer 5');
  });

  it('keeps no more than it may', () => {
    const cache = new HttpCache({ maxBytes: 100_000, keyHeaders: [] });
    const request = (path: string) => ({ path, headers: {}, body: null });
    const answer = {
      status: 200,
      headers: { 'cache-control': 'max-age=60' },
      responseBytes: 5_000,
      data: null,
      unreadable: null,
    };
    for (let n = 0; n < 50; n += 1) cache.store(request(`/${n}`), answer as unknown as RestAnswer);
    const kept = Array.from({ length: 50 }, (_, n) => cache.find(request(`/${n}`))).filter((found) => found !== null);
    expect(kept.length).toBeGreaterThan(0);
    expect(kept.length).toBeLessThan(4);
    expect(cache.find(request('/49'))).not.toBeNull();
  });
});

describe('the configuration of a cache', () => {
  const configFolder = configFolders();
  const load = (cache: string, more = '') =>
    loadConfig({
      path: configFolder().write(
        'headgate.yaml',
        `subgraphs: { users: { rest: ./u, sources: { api: { url: "http://127.0.0.1:1", cache: ${cache} } } } }\n${more}`,
      ),
    }).then(({ config }) => config.subgraphs.get('users')?.sources?.api?.cache);

  it('is off by default', async () => {
    expect(await load('{}')).toBeUndefined();
    expect(await load('{ enabled: true, key_headers: [ X-Tenant ] }')).toEqual({
      maxBytes: 50_000_000,
      keyHeaders: ['x-tenant'],
    });
  });

  it.each([
    ['authorization', 'headers: { all: { request: [ { propagate: { named: Authorization } } ] } }'],
    ['authorization', 'headers: { subgraphs: { users: { request: [ { propagate: { matching: "^auth" } } ] } } }'],
    ['cookie', 'headers: { all: { request: [ { propagate: { named: cookie } } ] } }'],
    ['x-auth', 'headers: { all: { request: [ { propagate: { named: authorization, rename: X-Auth } } ] } }'],
    ['x-user', `headers: { all: { request: [ { insert: { name: X-User, expression: 'request.headers["x-a"]' } } ] } }`],
  ])('has to tell clients apart by %s where requests carry it', async (header, more) => {
    await expect(load('{ enabled: true }', more)).rejects.toThrow(
      new RegExp(`sources\\.api\\.cache: requests carry .*${header}.*add (it|them) to key_headers`),
    );
    expect(await load(`{ enabled: true, key_headers: [ ${header} ] }`, more)).toBeDefined();
    expect(await load('{ enabled: false }', more)).toBeUndefined();
  });
});
