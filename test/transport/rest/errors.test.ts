import { newFlight } from '../../fixtures/flight';
import { poolOptions } from '../../fixtures/pool-options';
import { adapterSdl, type RestAdapter, type RestAdapterOptions, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson, hang, refusedUrl, type Script } from '../../fixtures/scripted-server';

const MAPPED = 'errors: { message: "error.message", extensions: "code: error.code" }';

const sdl = (source = '', connect = '') =>
  adapterSdl(
    `type Query {
      user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name tags { id }" ${connect})
      users: [User!] @connect(source: "api", http: { GET: "/users" }, selection: "$.data { id name }")
      required: User! @connect(source: "api", http: { GET: "/users/1" }, selection: "id name")
      count: Int @connect(source: "api", http: { GET: "/count" }, selection: "$.count")
    }
    type Mutation { add(name: String!): User @connect(source: "api", http: { POST: "/users", body: "name: $args.name" }, selection: "id name") }
    type User { id: ID! name: String tags: [Tag!] }
    type Tag { id: ID! }`,
    source,
  );

const ONE_ATTEMPT: RestAdapterOptions = { pool: { retry: { ...poolOptions([]).retry, maxAttempts: 1 } } };

let adapter: RestAdapter | undefined;

async function start(text: string, script: Script, options: RestAdapterOptions = ONE_ATTEMPT): Promise<RestAdapter> {
  adapter = await startRestAdapter(text, script, options);
  return adapter;
}

afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

const USER = '{ user(id: 1) { id name } }';

describe('errors of REST services', () => {
  it('take message and code from the mappings of the adapter', async () => {
    const { ask } = await start(
      sdl(MAPPED),
      answerJson({ error: { code: 'NOT_FOUND', message: 'no such user' } }, 404),
    );
    const { data, errors } = await ask(USER);
    expect(data).toEqual({ user: null });
    expect(errors).toEqual([
      {
        message: 'no such user',
        path: ['user'],
        extensions: {
          code: 'NOT_FOUND',
          service: 'users',
          connector: { coordinate: 'users:Query.user@connect[0]' },
          http: { status: 404 },
        },
      },
    ]);
  });

  it('put the extensions of the connector over those of the source over the standard ones', async () => {
    const connect = 'errors: { extensions: "code: $(\'MINE\') http: { path: error.code }" }';
    const source =
      'errors: { message: "error.message", extensions: "code: $(\'SOURCE\') trace: error.trace service: $(\'spoofed\')" }';
    const { ask } = await start(
      sdl(source, connect),
      answerJson({ error: { code: 'c', message: 'm', trace: 't' } }, 500),
    );
    const { errors } = await ask(USER);
    expect(errors[0]).toMatchObject({
      message: 'm',
      extensions: { code: 'MINE', trace: 't', service: 'users', http: { status: 500, path: 'c' } },
    });
  });

  it('fall back to the standard message and code when the body has none', async () => {
    const { ask } = await start(sdl(MAPPED), (_request, response) =>
      response.writeHead(500).end('<html>secret</html>'),
    );
    const { errors } = await ask(USER);
    expect(errors[0]).toMatchObject({
      message: 'the REST service answered with status 500',
      extensions: { code: 'UPSTREAM_ERROR' },
    });
  });

  it.each([
    [400, 'BAD_USER_INPUT'],
    [401, 'UNAUTHENTICATED'],
    [403, 'FORBIDDEN'],
    [404, 'NOT_FOUND'],
    [409, 'CONFLICT'],
    [412, 'CONFLICT'],
    [422, 'BAD_USER_INPUT'],
    [503, 'UPSTREAM_ERROR'],
    [302, 'UPSTREAM_ERROR'],
  ])('with status %d have the code %s', async (status, code) => {
    const { ask, sent } = await start(sdl(), answerJson({}, status, { location: '/v1/elsewhere' }));
    const { data, errors } = await ask(USER);
    expect([data, errors[0]?.extensions]).toMatchObject([{ user: null }, { code, http: { status } }]);
    expect(sent()).toEqual(['GET /v1/users/1']);
  });

  it.each(['message', 'error', '$.message', 'told: message'])(
    'take the message of a mapping such as `%s`',
    async (mapping) => {
      const { ask } = await start(
        sdl(`errors: { message: "${mapping}" }`, 'isSuccess: "ok"'),
        answerJson({ message: 'no such user', error: 'no such user', ok: 'true' }),
      );
      expect((await ask(USER)).errors[0]?.message).toBe('no such user');
    },
  );

  it('do not stand in the way of a field that says whether it went well', async () => {
    const { ask } = await start(sdl('', 'isSuccess: "ok"'), answerJson({ ok: true, id: 1, name: 'Ann' }, 404));
    expect(await ask(USER)).toEqual({ data: { user: { id: '1', name: 'Ann' } }, errors: [] });
  });

  it('say after how many seconds to come back when the service does', async () => {
    const { ask } = await start(sdl(), answerJson({}, 429, { 'retry-after': '7.0' }));
    expect((await ask(USER)).errors[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', retryAfter: 7 });
  });

  it('name a service that refuses connections unavailable', async () => {
    const { ask } = await start(sdl(), hang, { ...ONE_ATTEMPT, instances: [new URL(await refusedUrl()).origin] });
    expect((await ask(USER)).errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE', service: 'users' });
  });

  it.each(['http://169.254.169.254', 'http://[::ffff:169.254.169.254]', 'http://metadata.google.internal'])(
    'name a service at %s, where none may be, unavailable',
    async (origin) => {
      const { ask } = await start(sdl(), hang, { ...ONE_ATTEMPT, instances: [origin] });
      const flight = newFlight();
      expect((await ask(USER, {}, flight)).errors[0]?.extensions).toMatchObject({ code: 'UPSTREAM_UNAVAILABLE' });
      expect(flight.calls[0]?.error).toContain('forbidden-address');
    },
  );

  it('name a service that hangs a timeout', async () => {
    const { ask } = await start(sdl(), hang, { ...ONE_ATTEMPT, subgraph: { timeoutMs: 150 } });
    expect((await ask(USER)).errors[0]?.extensions).toMatchObject({ code: 'GATEWAY_TIMEOUT' });
  });

  it('keep URL, headers and body of the service to themselves', async () => {
    const script = answerJson({ password: 'hunter2', id: { deep: 'secret' }, name: ['secret'] }, 200, {
      'x-secret': 'hunter2',
    });
    const { ask, service } = await start(sdl(), script);
    const text = JSON.stringify(await ask(USER));
    for (const secret of ['hunter2', 'secret', String(service.port), '/v1/users']) expect(text).not.toContain(secret);
  });

  it('go with the answer that isSuccess accepts or refuses', async () => {
    const accepting = await start(sdl('isSuccess: "$status->in(200, 404)"'), answerJson({ id: 1, name: 'gone' }, 404));
    expect(await accepting.ask(USER)).toEqual({ data: { user: { id: '1', name: 'gone' } }, errors: [] });
    await accepting.close();
    const refusing = await start(sdl('', 'isSuccess: "$.ok->eq(true)"'), answerJson({ ok: false, id: 1 }));
    expect((await refusing.ask(USER)).errors[0]?.extensions).toMatchObject({
      code: 'UPSTREAM_ERROR',
      http: { status: 200 },
    });
  });

  it('record each request for the log', async () => {
    const { ask, service } = await start(sdl(), answerJson({ error: 'x' }, 404));
    const flight = newFlight();
    await ask(USER, {}, flight);
    expect(flight.calls).toMatchObject([
      { subgraph: 'users', instance: `127.0.0.1:${service.port}`, attempts: 1, status: 404, errorCode: 'NOT_FOUND' },
    ]);
  });
});

describe('answers that do not fit', () => {
  it.each([
    ['a list where an object is declared', USER, [{ id: 1 }], 'Query.user is declared as an object'],
    [
      'an object where a list is declared',
      '{ users { id } }',
      { data: { id: 1 } },
      'Query.users is declared as a list',
    ],
    ['text where an integer is declared', '{ count }', { count: 'many' }, 'Query.count does not fit its type Int'],
    ['an integer beyond 32 bits', '{ count }', { count: 175928847299 }, 'Query.count does not fit its type Int'],
    ['nothing where something is required', USER, { name: 'Ann' }, 'User.id is null, but declared non-null'],
  ])('(%s) are null with an error that names the field', async (_what, operation, body, message) => {
    const { ask } = await start(sdl(), answerJson(body));
    const { data, errors } = await ask(operation);
    expect(Object.values(data ?? { none: 0 })).toEqual([null]);
    expect(errors).toHaveLength(1);
    expect(errors[0]?.message).toContain(message);
    expect(errors[0]?.extensions).toMatchObject({ code: 'REST_RESPONSE_INVALID', service: 'users' });
  });

  it('point at the item of a list that does not fit', async () => {
    const { ask } = await start(sdl(), answerJson({ id: 1, tags: [{ id: 1 }, 'x'] }));
    const { data, errors } = await ask('{ user(id: 1) { tags { id } } }');
    expect(data).toEqual({ user: { tags: null } });
    expect(errors[0]?.path).toEqual(['user', 'tags', 1]);
  });

  it('leave the whole answer null when a required root field fails', async () => {
    const { ask } = await start(sdl(), answerJson({}, 404));
    expect((await ask('{ required { id } }')).data).toBeNull();
  });

  it.each([
    ['text that is no JSON', '{"id": 1,'],
    ['JSON nested too deeply', '['.repeat(200) + ']'.repeat(200)],
  ])('(%s) are REST_RESPONSE_INVALID', async (_what, body) => {
    const { ask } = await start(sdl(), (_request, response) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(body),
    );
    expect((await ask(USER)).errors[0]?.extensions).toMatchObject({
      code: 'REST_RESPONSE_INVALID',
      http: { status: 200 },
    });
  });

  it('are an error when they are too large', async () => {
    const { ask } = await start(sdl(), answerJson({ id: 1, name: 'x'.repeat(10_000) }), {
      ...ONE_ATTEMPT,
      subgraph: { responseBytesMax: 1_000 },
    });
    expect((await ask(USER)).errors[0]?.extensions).toMatchObject({ code: 'SUBGRAPH_RESPONSE_TOO_LARGE' });
  });
});

describe('retries', () => {
  const failingTwice = (): Script => {
    let left = 2;
    return (_request, response, socket) => {
      const status = left > 0 ? 503 : 200;
      left -= 1;
      answerJson({ id: 1, name: 'Ann' }, status)(_request, response, socket);
    };
  };

  it('repeat a GET that is answered 503 twice', async () => {
    const { ask, sent } = await start(sdl(), failingTwice(), {});
    expect((await ask(USER)).data).toEqual({ user: { id: '1', name: 'Ann' } });
    expect(sent()).toHaveLength(3);
  });

  it('never repeat a POST', async () => {
    const { ask, sent } = await start(sdl(), failingTwice(), {});
    const { data, errors } = await ask('mutation { add(name: "Ann") { id } }');
    expect([data, errors[0]?.extensions?.code]).toEqual([{ add: null }, 'UPSTREAM_ERROR']);
    expect(sent()).toEqual(['POST /v1/users']);
  });

  it('go to an instance that lives', async () => {
    const dead = new URL(await refusedUrl()).origin;
    const first = await start(sdl(), answerJson({ id: 1, name: 'Ann' }));
    const alive = `http://127.0.0.1:${first.service.port}`;
    const several = await startRestAdapter(sdl(), hang, { instances: [alive, dead, `${alive}/`] });
    for (let count = 0; count < 12; count += 1) expect((await several.ask(USER)).errors).toEqual([]);
    await several.close();
  });
});
