import { loadConfig } from '../../../gateway/config/load';
import type { SubgraphOptions } from '../../../gateway/transport/options';
import { configFolders } from '../../fixtures/config-folder';
import { newFlight } from '../../fixtures/flight';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson, hang, type Script } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    get: Int @connect(source: "api", http: { GET: "/get" }, selection: "$.n")
    search(q: String): Int @connect(source: "api", http: { POST: "/search", body: "q: $args.q" }, selection: "$.n")
  }
  type Mutation {
    add(n: Int): Int @connect(source: "api", http: { POST: "/add", body: "n: $args.n" }, selection: "$.n")
    change: Int @connect(source: "api", http: { PATCH: "/change" }, selection: "$.n")
    mine: Int @connect(source: "api", http: { POST: "/mine", headers: [{ name: "idempotency-key", value: "mine" }] }, selection: "$.n")
  }
`);

/** Breaks the first connections after they have brought a request, then answers. */
const breaking = (times: number): Script => {
  let left = times;
  return (request, response, socket) => {
    if (left === 0) return answerJson({ n: 7 })(request, response, socket);
    left -= 1;
    socket.destroy();
  };
};

/** Answers a status for a while, then well. */
const failing = (status: number, times: number): Script => {
  let left = times;
  return (request, response, socket) => {
    const now = left > 0 ? status : 200;
    left -= 1;
    answerJson({ n: 7 }, now)(request, response, socket);
  };
};

describe('one source of a REST subgraph', () => {
  const configFolder = configFolders();
  let adapter: RestAdapter | undefined;
  afterEach(async () => {
    await adapter?.close();
    adapter = undefined;
  });

  /** As a file says it. */
  async function sourcesOf(keys: string): Promise<NonNullable<SubgraphOptions['sources']>> {
    const source = `{ url: "http://127.0.0.1:1"${keys === '' ? '' : `, ${keys}`} }`;
    const path = configFolder().write(
      'headgate.yaml',
      `subgraphs: { users: { rest: ./u, sources: { api: ${source} } } }`,
    );
    return (await loadConfig({ path })).config.subgraphs.get('users')?.sources ?? {};
  }

  async function start(script: Script, keys = ''): Promise<RestAdapter> {
    adapter = await startRestAdapter(SDL, script, { subgraph: { sources: await sourcesOf(keys) } });
    return adapter;
  }

  const codes = (errors: readonly { readonly extensions: Readonly<Record<string, unknown>> | undefined }[]) =>
    errors.map(({ extensions }) => extensions?.code);

  it('has a timeout of its own', async () => {
    const { ask } = await start(hang, 'timeout: 100ms, retry: { max_attempts: 1 }');
    expect(codes((await ask('{ get }')).errors)).toEqual(['GATEWAY_TIMEOUT']);
  });

  it('has limits of its own', async () => {
    const script: Script = (request, response, socket) =>
      answerJson(request.url.endsWith('get') ? { n: 'x'.repeat(500) } : { n: [[[[1]]]] })(request, response, socket);
    const { ask } = await start(script, 'limits: { response_bytes: 300B, response_depth: 3 }');
    expect(codes((await ask('{ get }')).errors)).toEqual(['SUBGRAPH_RESPONSE_TOO_LARGE']);
    expect(codes((await ask('{ search }')).errors)).toEqual(['REST_RESPONSE_INVALID']);
  });

  describe('whose POST requests are not known to be safe', () => {
    it('is not sent one again, and nobody knows what came of it', async () => {
      const { ask, sent } = await start(breaking(1));
      expect(codes((await ask('{ search }')).errors)).toEqual(['MUTATION_OUTCOME_UNKNOWN']);
      expect(sent()).toEqual(['POST /v1/search']);
    });
  });

  describe('whose POST requests are safe', () => {
    it('is sent one again when the connection breaks', async () => {
      const { ask, sent } = await start(breaking(1), 'safe_posts: true');
      expect(await ask('{ search(q: "a") }')).toEqual({ data: { search: 7 }, errors: [] });
      expect(sent()).toEqual(['POST /v1/search', 'POST /v1/search']);
    });

    it('has failed when there is no answer at all', async () => {
      const { ask } = await start(breaking(9), 'safe_posts: true');
      expect(codes((await ask('{ search }')).errors)).toEqual(['UPSTREAM_UNAVAILABLE']);
    });

    it('gets equal ones of an operation once', async () => {
      const { ask, service } = await start(answerJson({ n: 7 }), 'safe_posts: true');
      await ask('{ a: search(q: "a") b: search(q: "a") c: search(q: "b") }');
      expect(service.received.map(({ body }) => body).sort()).toEqual(['{"q":"a"}', '{"q":"b"}']);
    });

    it('gets those of mutations once each', async () => {
      const { ask, sent } = await start(breaking(1), 'safe_posts: true');
      expect(codes((await ask('mutation { add(n: 1) }')).errors)).toEqual(['MUTATION_OUTCOME_UNKNOWN']);
      expect(sent()).toEqual(['POST /v1/add']);
    });
  });

  describe('that takes idempotency keys', () => {
    const KEYED = 'idempotency_key: { header: Idempotency-Key }';
    const keysOf = ({ service }: RestAdapter) => service.received.map(({ headers }) => headers['idempotency-key']);

    it.each<[string, Script]>([
      ['breaks', breaking(2)],
      ['is answered 503', failing(503, 2)],
    ])('gets a change again, with the same key, when it %s', async (_how, script) => {
      const started = await start(script, KEYED);
      expect(await started.ask('mutation { add(n: 1) }')).toEqual({ data: { add: 7 }, errors: [] });
      const [key, ...again] = keysOf(started);
      expect(key).toMatch(/^[0-9a-f-]{36}$/);
      expect(again).toEqual([key, key]);
    });

    it('gets a key of its own for each change, of PATCH as well, and none for a read', async () => {
      const started = await start(answerJson({ n: 7 }), 'idempotency_key: {}');
      await started.ask('mutation { a: add(n: 1) b: add(n: 1) change }');
      await started.ask('{ get }');
      const keys = keysOf(started);
      expect(new Set(keys.slice(0, 3)).size).toBe(3);
      expect(keys[3]).toBeUndefined();
    });

    it('gets the key that the request has already', async () => {
      const started = await start(answerJson({ n: 7 }), KEYED);
      await started.ask('mutation { mine }');
      const requestHeaders = [{ kind: 'propagate', named: 'idempotency-key', rename: null, default: null }] as const;
      expect(keysOf(started)).toEqual(['mine']);
      const sources = await sourcesOf(KEYED);
      const ruled = await startRestAdapter(SDL, answerJson({ n: 7 }), { subgraph: { sources, requestHeaders } });
      await ruled.ask('mutation { add(n: 1) }', {}, newFlight({ headers: { 'idempotency-key': "the client's" } }));
      expect(keysOf(ruled)).toEqual(["the client's"]);
      await ruled.close();
    });

    it('leaves it open what came of a change that nobody answers', async () => {
      const { ask, sent } = await start(breaking(9), KEYED);
      expect(codes((await ask('mutation { add(n: 1) }')).errors)).toEqual(['MUTATION_OUTCOME_UNKNOWN']);
      expect(sent().length).toBeGreaterThan(1);
    });

    it('refuses a name that no request may have', async () => {
      await expect(sourcesOf('idempotency_key: { header: content-length }')).rejects.toThrow(/idempotency_key\.header/);
    });
  });
});
