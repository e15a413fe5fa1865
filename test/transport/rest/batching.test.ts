import { poolOptions } from '../../fixtures/pool-options';
import { adapterSdl, type RestAdapter, routes, startRestAdapter } from '../../fixtures/rest-adapter';
import type { Script } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    users: [User!] @connect(source: "api", http: { GET: "/users" }, selection: "id name email")
    user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id name email", entity: true)
    reviews: [Review!] @connect(source: "api", http: { GET: "/reviews" }, selection: "id author: { id: author_id }")
  }
  type Review { id: ID! author: User }
  type User @key(fields: "id")
    @connect(source: "api", http: { GET: "/users", queryParams: "id: $batch.id" }, batch: { maxSize: MAX },
      selection: "id name email") {
    id: ID!
    name: String!
    email: String
    orders: [Order!] @connect(source: "api", http: { GET: "/orders?userId={$this.id}" },
      selection: "id total user: { id: user_id }")
  }
  type Order { id: ID! total: Int user: User }
`);

const USERS = [
  { id: 1, name: 'Ann', email: 'ann@example.com' },
  { id: 2, name: 'Bob', email: 'bob@example.com' },
  { id: 3, name: 'Cyd', email: 'cyd@example.com' },
];

const service = routes({
  'GET /v1/users': (_request, url) => {
    const ids = url.searchParams.getAll('id');
    return ids.length === 0 ? USERS : USERS.filter(({ id }) => ids.includes(String(id)));
  },
  'GET /v1/users/1': () => USERS[0],
  'GET /v1/users/2': () => USERS[1],
  'GET /v1/reviews': () => [1, 2, 1, 2, 2].map((author_id, index) => ({ id: index, author_id })),
});

const ENTITIES =
  'query($representations: [_Any!]!) { _entities(representations: $representations) { ... on User { name } } }';
const representations = (...ids: (string | number)[]) => ({
  representations: ids.map((id) => ({ __typename: 'User', id })),
});

let adapter: RestAdapter | undefined;

async function start(script: Script, maxSize = 50): Promise<RestAdapter> {
  adapter = await startRestAdapter(SDL.replace('MAX', String(maxSize)), script, {
    pool: { retry: { ...poolOptions([]).retry, maxAttempts: 1 } },
  });
  return adapter;
}

afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

describe('batching', () => {
  it('sends equal GETs of an operation once', async () => {
    const { ask, sent } = await start(service);
    const answer = await ask('{ a: user(id: 1) { name } b: user(id: 1) { name } c: user(id: 2) { email } }');
    expect(answer).toEqual({
      data: { a: { name: 'Ann' }, b: { name: 'Ann' }, c: { email: 'bob@example.com' } },
      errors: [],
    });
    expect([...sent()].sort()).toEqual(['GET /v1/users/1', 'GET /v1/users/2']);
  });

  it('looks the authors of a list up in one bulk request', async () => {
    const { ask, sent } = await start(service);
    const { data } = await ask('{ reviews { author { name } } }');
    expect(data?.reviews).toEqual(['Ann', 'Bob', 'Ann', 'Bob', 'Bob'].map((name) => ({ author: { name } })));
    expect(sent()).toEqual(['GET /v1/reviews', 'GET /v1/users?id=1&id=2']);
  });

  it('makes no lookup for what a reference already has', async () => {
    const { ask, sent } = await start(service);
    await ask('{ reviews { author { id } } }');
    expect(sent()).toEqual(['GET /v1/reviews']);
  });

  it('gives each entity its own row, null for a missing one, asking for each once', async () => {
    const { ask, sent } = await start(service);
    const answer = await ask(ENTITIES, representations(3, 1, 99, 1));
    expect(answer).toEqual({
      data: { _entities: [{ name: 'Cyd' }, { name: 'Ann' }, null, { name: 'Ann' }] },
      errors: [],
    });
    expect(sent()).toEqual(['GET /v1/users?id=3&id=1&id=99']);
  });

  it('matches rows by key when the service answers in another order with a stranger among them', async () => {
    const stranger = { id: 7, name: 'Zoe' };
    const { ask } = await start(routes({ 'GET /v1/users': () => [USERS[0], stranger, USERS[2]] }));
    const answer = await ask(ENTITIES, representations(3, '1', 99, 1));
    expect(answer.data).toEqual({ _entities: [{ name: 'Cyd' }, { name: 'Ann' }, null, { name: 'Ann' }] });
  });

  it('fails only the rows of a chunk that fails', async () => {
    const { ask, sent } = await start((_request, response) => {
      const ids = new URL(_request.url, 'http://service').searchParams.getAll('id');
      if (ids.includes('3')) response.writeHead(503).end();
      else response.writeHead(200).end(JSON.stringify(ids.map((id) => ({ id, name: `user ${id}` }))));
    }, 2);
    const { data, errors } = await ask(ENTITIES, representations(1, 2, 3, 4, 5, 6, 7));
    const row = (id: number) => ({ name: `user ${id}` });
    expect(data).toEqual({ _entities: [row(1), row(2), null, null, row(5), row(6), row(7)] });
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([
      [['_entities', 2], 'UPSTREAM_ERROR'],
      [['_entities', 3], 'UPSTREAM_ERROR'],
    ]);
    expect(sent()).toHaveLength(4);
  });

  it('splits a bulk request whose URL would be too long', async () => {
    const { ask, service: server } = await start((request, response) => {
      const ids = new URL(request.url, 'http://service').searchParams.getAll('id');
      response.writeHead(200).end(JSON.stringify(ids.map((id) => ({ id, name: id.slice(0, 3) }))));
    });
    const ids = Array.from({ length: 30 }, (_, index) => `${100 + index}${'x'.repeat(500)}`);
    const { data } = await ask(ENTITIES, representations(...ids));
    expect(data?._entities).toEqual(ids.map((id) => ({ name: id.slice(0, 3) })));
    expect(server.received.length).toBeGreaterThan(1);
    for (const { url } of server.received) expect(url.length).toBeLessThanOrEqual(8_000);
  });

  it('collects the keys of nested lookups that arrive at different times into one bulk request', async () => {
    const waiting = new Map<string, () => void>();
    const {
      ask,
      sent,
      service: server,
    } = await start((request, response) => {
      const url = new URL(request.url, 'http://service');
      const userId = url.searchParams.get('userId');
      const answer = (value: unknown) => response.writeHead(200).end(JSON.stringify(value));
      if (userId === null) answer(USERS);
      else waiting.set(userId, () => answer([{ id: `o${userId}`, user_id: Number(userId) }]));
    });
    const asked = ask('{ users { id name orders { id user { name } } } }');
    await server.arrived(4);
    for (const [delayMs, userId] of [
      [20, '1'],
      [40, '2'],
      [60, '3'],
    ] as const)
      setTimeout(() => waiting.get(userId)?.(), delayMs);
    const { data, errors } = await asked;
    expect(errors).toEqual([]);
    expect(data?.users).toEqual(
      USERS.map(({ id, name }) => ({ id: String(id), name, orders: [{ id: `o${id}`, user: { name } }] })),
    );
    expect(sent()).toHaveLength(5);
    expect(sent()[4]).toBe('GET /v1/users?id=1&id=2&id=3');
  });
});
