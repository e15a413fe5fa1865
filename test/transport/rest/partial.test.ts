import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import type { Script } from '../../fixtures/scripted-server';

/** Names come by one lookup each, plans in bulk, and limits for a plan. */
const SDL = adapterSdl(`
  type Query {
    users: [User!] @connect(source: "api", http: { GET: "/users" }, selection: "id city")
    first: User @connect(source: "api", http: { GET: "/first" }, selection: "id city")
    user(id: ID!): User @connect(source: "api", http: { GET: "/names/{$args.id}" }, selection: "id name strict: name city", entity: true)
  }
  type User @key(fields: "id")
    @connect(source: "api", http: { GET: "/plans", queryParams: "id: $batch.id" }, batch: { maxSize: 2 }, selection: "id plan") {
    id: ID!
    city: String
    name: String
    strict: String!
    plan: String
    limit: Int @connect(source: "api", http: { GET: "/limits/{$this.plan}" }, selection: "$.limit")
  }
`);

type Rows = Readonly<Record<string, unknown>>;

/** By path and query; a number is a status, everything else a body. */
const answering =
  (rows: Rows): Script =>
  (request, response) => {
    const { pathname, search } = new URL(request.url, 'http://service');
    const found = rows[`${pathname.slice(3)}${search}`] ?? rows[pathname.slice(3)] ?? 404;
    const status = typeof found === 'number' ? found : 200;
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(found));
  };

const USERS = [
  { id: 1, city: 'Ulm' },
  { id: 2, city: 'Bonn' },
];

let adapter: RestAdapter | undefined;
afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

async function ask(rows: Rows, operation: string, variables = {}) {
  adapter = await startRestAdapter(SDL, answering(rows));
  const { data, errors } = await adapter.ask(operation, variables);
  return { data, errors: errors.map(({ path, extensions }) => [path?.join('.'), extensions?.code]) };
}

const entities = (rows: Rows, selection: string, ...ids: number[]) =>
  ask(rows, `query($r: [_Any!]!) { _entities(representations: $r) { ... on User { ${selection} } } }`, {
    r: ids.map((id) => ({ __typename: 'User', id })),
  });

describe('an object of which not all can be loaded', () => {
  it.each<[string, number | null, unknown]>([
    ['fails', 503, 'UPSTREAM_ERROR'],
    ['is for what does not exist', 404, 'NOT_FOUND'],
  ])('keeps what is known when a lookup %s', async (_how, status, code) => {
    const rows = { '/users': USERS, '/names/1': { id: 1, name: 'Ann' }, '/names/2': status };
    expect(await ask(rows, '{ users { id city name } }')).toEqual({
      data: {
        users: [
          { id: '1', city: 'Ulm', name: 'Ann' },
          { id: '2', city: 'Bonn', name: null },
        ],
      },
      errors: [['users.1.name', code]],
    });
  });

  it('keeps what is known when a lookup finds nothing, without an error', async () => {
    const rows = { '/users': USERS, '/plans': [{ id: 2, plan: 'gold' }] };
    expect(await ask(rows, '{ users { id city plan } }')).toEqual({
      data: {
        users: [
          { id: '1', city: 'Ulm', plan: null },
          { id: '2', city: 'Bonn', plan: 'gold' },
        ],
      },
      errors: [],
    });
  });

  it('loses no more than its field when another lookup goes well', async () => {
    const rows = {
      '/first': USERS[0],
      '/names/1': 500,
      '/plans': [{ id: 1, plan: 'tin' }],
      '/limits/tin': { limit: 7 },
    };
    expect(await ask(rows, '{ first { city name plan limit } }')).toEqual({
      data: { first: { city: 'Ulm', name: null, plan: 'tin', limit: 7 } },
      errors: [['first.name', 'UPSTREAM_ERROR']],
    });
  });

  it('has the error of the lookup where a field needs what is not known', async () => {
    const rows = { '/first': USERS[0], '/plans': 503 };
    expect(await ask(rows, '{ first { city limit } }')).toEqual({
      data: { first: { city: 'Ulm', limit: null } },
      errors: [['first.limit', 'UPSTREAM_ERROR']],
    });
  });

  it('is null where a field may not be, with the reason', async () => {
    const rows = { '/first': USERS[0], '/names/1': 403 };
    expect(await ask(rows, '{ first { city strict } }')).toEqual({
      data: { first: null },
      errors: [['first.strict', 'FORBIDDEN']],
    });
  });

  it('keeps a value in whose place a lookup has nothing', async () => {
    const rows = { '/first': USERS[0], '/names/1': { id: 1, name: 'Ann', city: null } };
    expect((await ask(rows, '{ first { city name } }')).data).toEqual({ first: { city: 'Ulm', name: 'Ann' } });
  });
});

describe('a reference', () => {
  it('of which one lookup fails keeps what the other gives', async () => {
    const rows = { '/names/1': 500, '/names/2': { id: 2, name: 'Bob' }, '/plans': [{ id: 1, plan: 'tin' }] };
    expect(await entities(rows, '__typename id name plan', 1, 2)).toEqual({
      data: {
        _entities: [
          { __typename: 'User', id: '1', name: null, plan: 'tin' },
          { __typename: 'User', id: '2', name: 'Bob', plan: null },
        ],
      },
      errors: [['_entities.0.name', 'UPSTREAM_ERROR']],
    });
  });

  it('of which no lookup finds anything is null', async () => {
    expect(await entities({ '/plans': [{ id: 2, plan: 'gold' }] }, 'plan', 1, 2)).toEqual({
      data: { _entities: [null, { plan: 'gold' }] },
      errors: [],
    });
  });

  it('fails when every lookup fails', async () => {
    expect(await entities({ '/names/1': 500, '/plans': 403 }, 'name plan', 1)).toEqual({
      data: { _entities: [null] },
      errors: [['_entities.0', 'UPSTREAM_ERROR']],
    });
  });
});

describe('an answer to a lookup', () => {
  it('that is about another object is none', async () => {
    expect(
      await entities({ '/names/1': { id: 1, name: 'Ann' }, '/names/2': { id: 1, name: 'Ann' } }, 'name', 1, 2),
    ).toEqual({
      data: { _entities: [{ name: 'Ann' }, null] },
      errors: [['_entities.1', 'REST_RESPONSE_INVALID']],
    });
  });

  it('none of whose rows has the key is told', async () => {
    expect(await entities({ '/plans': [{ ID: 1, plan: 'tin' }] }, 'plan', 1)).toEqual({
      data: { _entities: [null] },
      errors: [['_entities.0', 'REST_RESPONSE_INVALID']],
    });
  });

  it('that is empty says that there is nothing', async () => {
    expect(await entities({ '/plans': [] }, 'plan', 1)).toEqual({ data: { _entities: [null] }, errors: [] });
  });
});
