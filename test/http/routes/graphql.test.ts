import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { type Events, subscribe } from '../../../gateway/events';
import { holdTimers, letGo } from '../../fixtures/held-time';
import { type LocalServer, startLocalServer } from '../../fixtures/local-server';
import { RawSocket } from '../../fixtures/raw-socket';

const HASH = '0'.repeat(64);

interface GraphqlBody {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly { readonly message: string; readonly extensions: Record<string, unknown> }[];
}

interface Reply extends GraphqlBody {
  readonly status: number;
  readonly type: string | null;
  readonly code: unknown;
  readonly headers: Headers;
}

async function read(response: Response): Promise<Reply> {
  const body = (await response.json()) as GraphqlBody;
  const type = response.headers.get('content-type');
  return { ...body, status: response.status, type, code: body.errors?.[0]?.extensions.code, headers: response.headers };
}

describe('the GraphQL route', () => {
  let server: LocalServer;
  let events: Events['request.finished'][];
  let internal: Events['internal.error'][];
  let stops: (() => void)[];

  const send = (body: unknown, headers: Record<string, string> = {}): Promise<Response> =>
    fetch(server.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    });
  const post = async (body: unknown, headers: Record<string, string> = {}) => read(await send(body, headers));
  const get = async (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    read(
      await fetch(`${server.graphql}?${new URLSearchParams(parameters)}`, {
        headers: { 'apollo-require-preflight': '1', ...headers },
      }),
    );

  beforeEach(async () => {
    events = [];
    internal = [];
    stops = [
      subscribe('request.finished', (event) => events.push(event)),
      subscribe('internal.error', (event) => internal.push(event)),
    ];
    server = await startLocalServer();
  });
  afterEach(async () => {
    for (const stop of stops) stop();
    await server.close();
  });

  it('answers a query', async () => {
    expect(await post({ query: '{ hello }' })).toMatchObject({ status: 200, data: { hello: 'hello world' } });
  });

  it('takes null for what is left out', async () => {
    const body = { query: '{ hello }', operationName: null, variables: null, extensions: null };
    expect(await post(body)).toMatchObject({ status: 200, data: { hello: 'hello world' } });
  });

  it('runs the operation that is named', async () => {
    const query = 'query A { a: hello } query B { b: hello }';
    expect(await post({ query, operationName: 'B' })).toMatchObject({ status: 200, data: { b: 'hello world' } });
  });

  it.each(['variables', 'extensions', 'operationName'])(
    'takes an empty parameter %s for one not given',
    async (name) => {
      const headers = { 'apollo-require-preflight': '1' };
      for (let time = 0; time < 2; time++) {
        const response = await fetch(`${server.graphql}?query=${encodeURIComponent('{ hello }')}&${name}=`, {
          headers,
        });
        expect(await read(response)).toMatchObject({ status: 200, data: { hello: 'hello world' } });
      }
    },
  );

  it('reads compressed bodies', async () => {
    const body = gzipSync('{"query":"{ hello }"}');
    const headers = { 'content-type': 'application/json', 'content-encoding': 'gzip' };
    const response = await fetch(server.graphql, { method: 'POST', headers, body: new Uint8Array(body) });
    expect(await read(response)).toMatchObject({ status: 200, data: { hello: 'hello world' } });
  });

  it('answers GET with variables', async () => {
    const parameters = { query: 'query($n: String!) { hello(name: $n) }', variables: '{"n":"you"}' };
    expect(await get(parameters)).toMatchObject({ status: 200, data: { hello: 'hello you' } });
  });

  it('keeps strange keys of variables as data', async () => {
    const text = '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}';
    const response = await send(`{"query":"query($v: JSON) { echo(value: $v) }","variables":{"v":${text}}}`);
    expect(await response.text()).toContain(text);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('remembers a persisted query', async () => {
    const query = '{ hello }';
    const sha256Hash = createHash('sha256').update(query).digest('hex');
    const extensions = { persistedQuery: { version: 1, sha256Hash } };
    expect(await post({ extensions })).toMatchObject({ code: 'PERSISTED_QUERY_NOT_FOUND' });
    expect(await post({ query, extensions })).toMatchObject({ data: { hello: 'hello world' } });
    expect(await post({ extensions })).toMatchObject({ data: { hello: 'hello world' } });
  });

  describe('refuses with 400', () => {
    it.each([
      1,
      [],
      'x',
      {},
      { version: 1 },
      { version: 2, sha256Hash: HASH },
      { version: 1, sha256Hash: { toString: 1 } },
    ])('a persisted query %j', async (persistedQuery) => {
      const extensions = { persistedQuery };
      for (const body of [{ extensions }, { query: '{ hello }', extensions }])
        expect(await post(body)).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      expect(internal).toEqual([]);
    });

    it('a query that is not the persisted one', async () => {
      const extensions = { persistedQuery: { version: 1, sha256Hash: HASH } };
      expect(await post({ query: '{ hello }', extensions })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
    });

    it.each([
      ['a body that is no JSON', '{"query":'],
      ['an empty body', ''],
      ['a batch', [{ query: '{ hello }' }]],
      ['a string', '"{ hello }"'],
      ['null', 'null'],
      ['no query', { operationName: 'A' }],
      ['an empty query', { query: '' }],
      ['a query that is no string', { query: 4 }],
      ['an operationName that is no string', { query: '{ hello }', operationName: ['A'] }],
      ['variables that are no object', { query: '{ hello }', variables: '{}' }],
      ['extensions that are no object', { query: '{ hello }', extensions: [] }],
      [
        'variables nested too deep',
        `{"query":"{ hello }","variables":{"v":${'['.repeat(20_000)}${']'.repeat(20_000)}}}`,
      ],
    ])('%s', async (_name, body) => {
      for (const accept of ['*/*', 'application/json', 'application/graphql-response+json']) {
        expect(await post(body, { accept })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      }
    });

    it('a GET whose variables are no JSON, or given twice', async () => {
      expect(await get({ query: '{ hello }', variables: '{' })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
      const response = await fetch(`${server.graphql}?query={hello}&query={hello}`, {
        headers: { 'content-type': 'application/json' },
      });
      expect(response.status).toBe(400);
    });

    it('a GET that a web page elsewhere could have sent', async () => {
      const response = await fetch(`${server.graphql}?query={hello}`);
      expect(response.status).toBe(400);
      expect(await response.text()).toContain('Cross-Site Request Forgery');
    });

    it.each([
      ['no known operationName', { operationName: 'C' }],
      ['no operationName', {}],
    ])('several operations and %s', async (_name, named) => {
      const query = 'query A { hello } query B { hello }';
      expect(await post({ query, ...named })).toMatchObject({ status: 400, code: 'OPERATION_RESOLUTION_FAILURE' });
    });
  });

  it('says that batches are not answered', async () => {
    const { errors } = await post([{ query: '{ hello }' }]);
    expect(errors?.[0]?.message).toContain('send one operation a request');
  });

  describe.each([
    ['a syntax error', '{', 'GRAPHQL_PARSE_FAILED'],
    ['an unknown field', '{ nothing }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a variable of the wrong type', 'query($n: String! = 4) { hello(name: $n) }', 'GRAPHQL_VALIDATION_FAILED'],
    ['a missing variable', 'query($n: String!) { hello(name: $n) }', 'BAD_USER_INPUT'],
    ['too large an operation', `{ ${'abcdef'.replaceAll(/./g, '$&: hello ')} }`, 'OPERATION_LIMIT_EXCEEDED'],
  ])('answers %s', (_name, query, code) => {
    it.each([
      ['application/json', 200],
      ['application/graphql-response+json', 400],
      ['*/*', 400],
    ])('to a client that accepts %s with status %d', async (accept, status) => {
      const reply = await post({ query }, { accept });
      expect(reply).toMatchObject({ status, code });
      expect(reply).not.toHaveProperty('data');
    });
  });

  it.each([
    ['application/json', 'application/json; charset=utf-8'],
    ['application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/graphql-response+json, application/json;q=0.9', 'application/graphql-response+json; charset=utf-8'],
    ['application/json;q=0.1, application/graphql-response+json', 'application/graphql-response+json; charset=utf-8'],
    ['application/json; charset=utf-8', 'application/json; charset=utf-8'],
    ['text/html, */*;q=0.1', 'application/json; charset=utf-8'],
  ])('labels the answer for accept: %s', async (accept, type) => {
    expect(await post({ query: '{ hello }' }, { accept })).toMatchObject({ status: 200, type });
  });

  it.each(['text/html', 'image/*', 'application/json;q=0'])('refuses accept: %s', async (accept) => {
    expect(await post({ query: '{ hello }' }, { accept })).toMatchObject({ status: 406, code: 'NOT_ACCEPTABLE' });
  });

  it.each([
    'text/plain',
    'multipart/form-data; boundary=x',
    'application/x-www-form-urlencoded',
    'application/json; charset=utf-16',
    '',
  ])('refuses content-type "%s"', async (type) => {
    const reply = await post({ query: '{ hello }' }, { 'content-type': type });
    expect(reply).toMatchObject({ status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' });
  });

  it('refuses mutations by GET', async () => {
    const reply = await get({ query: 'mutation { rename(name: "x") }' });
    expect([reply.status, reply.headers.get('allow')]).toEqual([405, 'POST']);
  });

  it('refuses subscriptions', async () => {
    expect(await post({ query: 'subscription { renamed }' })).toMatchObject({ status: 400, code: 'BAD_REQUEST' });
  });

  it('refuses other methods', async () => {
    expect((await fetch(server.graphql, { method: 'PUT' })).status).toBe(405);
  });

  it('refuses a body beyond the limit', async () => {
    const query = `{ hello(name: "${'x'.repeat(100_000)}") }`;
    expect(await post({ query })).toMatchObject({ status: 413, code: 'REQUEST_TOO_LARGE' });
  });

  it('answers 503 while the planner is busy', async () => {
    expect(await post({ query: 'query planlessOperation { hello }' })).toMatchObject({
      status: 503,
      code: 'PLANNING_OVERLOADED',
    });
  });

  it('passes the errors of subgraphs on, with the data there is', async () => {
    const reply = await post({ query: '{ hello refuse(code: "SUBGRAPH_TIMEOUT") }' });
    expect(reply).toMatchObject({ status: 200, data: { hello: 'hello world', refuse: null } });
    expect(reply.errors).toMatchObject([
      {
        message: 'the subgraph said no',
        path: ['refuse'],
        extensions: { code: 'SUBGRAPH_TIMEOUT', service: 'products' },
      },
    ]);
  });

  it('keeps exceptions from the client and announces them', async () => {
    const response = await send({ query: '{ hello crash }' });
    const text = await response.text();
    expect(text).not.toContain('hunter2');
    expect(JSON.parse(text)).toMatchObject({
      data: { hello: 'hello world', crash: null },
      errors: [{ message: 'Internal server error', path: ['crash'], extensions: { code: 'INTERNAL_SERVER_ERROR' } }],
    });
    const id = response.headers.get('x-request-id');
    expect(internal).toMatchObject([
      { id, where: 'an operation', error: { message: expect.stringContaining('hunter2') } },
    ]);
  });

  it('carries the headers that subgraphs are allowed to set', async () => {
    const { headers, data } = await post({ query: '{ cookies }' });
    expect(data).toEqual({ cookies: true });
    expect(headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect([headers.get('x-served-by'), headers.get('x-broken')]).toEqual(['products', null]);
  });

  it('forbids caches to keep an answer', async () => {
    expect((await post({ query: '{ hello }' })).headers.get('cache-control')).toBe('no-store');
  });

  it('cancels the work when the client goes away', async () => {
    const abort = new AbortController();
    const gone = fetch(server.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{"query":"{ held }"}',
      signal: abort.signal,
    });
    const finished = new Promise<Events['request.finished']>((resolve) => {
      stops.push(subscribe('request.finished', resolve));
    });
    await server.local.holding(1);
    abort.abort();
    await expect(gone).rejects.toThrow();
    await server.local.abortedAtLeast(1);
    expect(await finished).toMatchObject({ status: 499, operationKind: 'query' });
  });

  it('announces each request', async () => {
    await post({ query: 'mutation Rename { rename(name: "x") }' });
    await post({ query: '{' });
    await post('no json');
    expect(events).toMatchObject([
      { operationName: 'Rename', operationKind: 'mutation', status: 200, errorCount: 0, calls: [] },
      { operationName: null, operationKind: null, status: 400, errorCount: 1 },
      { operationName: null, operationKind: null, status: 400, errorCount: 1 },
    ]);
  });

  it('does not read a GET of another path as GraphQL', async () => {
    expect((await fetch(`${server.url}/graphql/`)).status).toBe(404);
  });
});

describe('the GraphQL route with other options', () => {
  let server: LocalServer;
  afterEach(async () => {
    letGo();
    await server.close();
  });

  const post = async (query: string) => {
    const headers = { 'content-type': 'application/json' };
    return read(await fetch(server.graphql, { method: 'POST', headers, body: JSON.stringify({ query }) }));
  };

  it('answers 504 when the deadline passes, and cancels the work', async () => {
    server = await startLocalServer({ timeoutMs: 20_000 });
    holdTimers();
    const reply = post('{ held }');
    await server.local.holding(1);
    jest.advanceTimersByTime(20_000);
    expect(await reply).toMatchObject({ status: 504, code: 'GATEWAY_TIMEOUT' });
    await server.local.abortedAtLeast(1);
  });

  it('answers 503 until a supergraph is there, then answers', async () => {
    server = await startLocalServer({}, { ready: false });
    const reply = await post('{ hello }');
    expect(reply).toMatchObject({ status: 503, code: 'GATEWAY_NOT_READY' });
    expect(reply.headers.get('retry-after')).toBe('1');
    server.local.serve();
    expect(await Promise.all([post('{ hello }'), post('{ hello }')])).toMatchObject([{ status: 200 }, { status: 200 }]);
  });

  it('says in its own words that introspection is off, also the second time', async () => {
    server = await startLocalServer({ introspection: false });
    for (const query of [
      '{ __schema { queryType { name } } }',
      '{ hello __type(name: "Query") { name } }',
      '{ __schema { queryType { name } } }',
    ]) {
      const { errors } = await post(query);
      expect(errors?.[0]).toMatchObject({
        message: 'introspection is off: this gateway does not answer __schema and __type',
        extensions: { code: 'GRAPHQL_VALIDATION_FAILED' },
      });
      expect(JSON.stringify(errors)).not.toMatch(/apollo/i);
    }
  });

  it('refuses a WebSocket handshake, says why, and answers the next client', async () => {
    server = await startLocalServer();
    const { hostname, port, pathname } = new URL(server.graphql);
    for (const protocol of ['graphql-transport-ws', 'graphql-ws']) {
      const socket = await RawSocket.open(Number(port));
      socket.send(
        `GET ${pathname} HTTP/1.1\r\nhost: ${hostname}:${port}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n` +
          `sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: ${protocol}\r\n\r\n`,
      );
      const answer = await socket.until('subscriptions are not served yet');
      expect(answer).toMatch(/^HTTP\/1\.1 400 /);
      expect(answer).toContain('"code":"BAD_REQUEST"');
      socket.destroy();
    }
    expect(await post('{ hello }')).toMatchObject({ status: 200 });
  });

  it('suggests names, and not when introspection is off', async () => {
    for (const [introspection, message] of [
      [true, 'Cannot query field "helo" on type "Query". Did you mean "held" or "hello"?'],
      [false, 'Cannot query field "helo" on type "Query".'],
    ] as const) {
      server = await startLocalServer({ introspection });
      const { errors } = await post('{ helo }');
      expect(errors?.[0]?.message).toBe(message);
      if (introspection) await server.close();
    }
  });

  it('refuses introspection when it is off', async () => {
    server = await startLocalServer({ introspection: false });
    expect(await post('{ __schema { queryType { name } } }')).toMatchObject({
      status: 400,
      code: 'GRAPHQL_VALIDATION_FAILED',
    });
  });

  it('shows stack traces when error details are exposed', async () => {
    server = await startLocalServer({ exposeErrorDetails: true });
    const reply = await post('{ crash }');
    expect(reply.errors?.[0]).toMatchObject({ message: expect.stringContaining('ECONNREFUSED') });
    expect(reply.errors?.[0]?.extensions.stacktrace).toBeDefined();
  });

  it('gives browsers GraphiQL, and programs GraphQL, at one path', async () => {
    server = await startLocalServer({ graphiql: true });
    const page = await fetch(server.graphql, { headers: { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' } });
    expect(page.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(await post('{ hello }')).toMatchObject({ status: 200, data: { hello: 'hello world' } });
  });

  it('serves another path', async () => {
    server = await startLocalServer({ path: '/' });
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(server.url, { method: 'POST', headers, body: '{"query":"{ hello }"}' });
    expect(response.status).toBe(200);
  });
});
