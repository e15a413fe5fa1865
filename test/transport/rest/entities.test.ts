import { adapterSdl, type RestAdapter, routes, startRestAdapter } from '../../fixtures/rest-adapter';
import type { Script } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    user(id: ID!, view: String = "full"): User
      @connect(source: "api", http: { GET: "/users/{$args.id}?view={$args.view}" }, selection: "id name plan boss: { id: boss_id }", entity: true)
    team: [User!] @connect(source: "api", http: { GET: "/team" }, selection: "id")
    items: [Item] @connect(source: "api", http: { GET: "/items" }, selection: "sku store: { id: store_id }")
  }
  type User @key(fields: "id") {
    id: ID!
    name: String
    plan: String
    boss: User
    weight: Int @external
    discount(code: String): Int @connect(source: "api", selection: "$.percent",
      http: { GET: "/discounts/{$this.plan}", queryParams: "code: $args.code" })
    shipping: Int @requires(fields: "weight") @connect(source: "api", http: { GET: "/shipping/{$this.weight}" }, selection: "$.cents")
  }
  type Item @key(fields: "sku store { id }")
    @connect(source: "api", http: { POST: "/items", body: "items: $batch { sku store: store.id }" },
      selection: "$.rows { sku store: { id: store_id } price }") {
    sku: ID! store: Store! price: Int
  }
  type Store { id: ID! }
  type Tag @key(fields: "id") @connect(source: "api", http: { GET: "/tags/{$this.id}" }, selection: "id label") { id: ID! label: String }
`);

const script: Script = routes({
  'GET /v1/users/1': (_request, url) => ({
    id: 1,
    name: `Ann ${url.searchParams.get('view')}`,
    plan: 'gold',
    boss_id: 2,
  }),
  'GET /v1/users/2': () => ({ id: 2, name: 'Bob', plan: 'tin', boss_id: null }),
  'GET /v1/team': () => [{ id: 1 }, { id: 2 }, { id: 1 }],
  'GET /v1/discounts/gold': (_request, url) => ({ percent: url.searchParams.has('code') ? 50 : 20 }),
  'GET /v1/shipping/500': () => ({ cents: 990 }),
  'GET /v1/items': () => [
    { sku: 'a', store_id: 1 },
    { sku: 'a', store_id: 2 },
    { sku: null, store_id: null },
  ],
  'POST /v1/items': ({ body }) => ({
    rows: JSON.parse(body)
      .items.map(({ sku, store }: { sku: string; store: number }) => ({
        sku,
        store_id: Number(store),
        price: Number(store) * 10,
      }))
      .reverse(),
  }),
  'GET /v1/tags/x': () => ({ id: 'x', label: 'X' }),
});

let adapter: RestAdapter;

beforeEach(async () => {
  adapter = await startRestAdapter(SDL, script);
});

afterEach(() => adapter.close());

const entities = (selection: string, ...representations: Record<string, unknown>[]) =>
  adapter.ask(`query($r: [_Any!]!) { _entities(representations: $r) { ${selection} } }`, { r: representations });

const user = (id: unknown, more = {}) => ({ __typename: 'User', id, ...more });

describe('entities', () => {
  it('are loaded through a Query field with entity: true, each once, with the defaults of its arguments', async () => {
    const { data } = await entities('... on User { name }', user(1), user('2'), user('1'));
    expect(data).toEqual({ _entities: [{ name: 'Ann full' }, { name: 'Bob' }, { name: 'Ann full' }] });
    expect([...adapter.sent()].sort()).toEqual(['GET /v1/users/1?view=full', 'GET /v1/users/2?view=full']);
  });

  it('are loaded through a connector of their type with $this', async () => {
    const { data } = await entities('... on Tag { __typename label }', { __typename: 'Tag', id: 'x' });
    expect(data).toEqual({ _entities: [{ __typename: 'Tag', label: 'X' }] });
  });

  it('that do not exist fail alone', async () => {
    const { data, errors } = await entities('... on User { name }', user(1), user(9));
    expect(data).toEqual({ _entities: [{ name: 'Ann full' }, null] });
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([[['_entities', 1], 'NOT_FOUND']]);
  });

  it('are not loaded for what their representation has', async () => {
    const { data } = await entities('... on User { __typename id shipping }', user(1, { weight: 500 }));
    expect(data).toEqual({ _entities: [{ __typename: 'User', id: '1', shipping: 990 }] });
    expect(adapter.sent()).toEqual(['GET /v1/shipping/500']);
  });

  it('are loaded for a field that only the connector of another field reads', async () => {
    const { data } = await entities('... on User { discount half: discount(code: "x") }', user(1));
    expect(data).toEqual({ _entities: [{ discount: 20, half: 50 }] });
    expect([...adapter.sent()].sort()).toEqual([
      'GET /v1/discounts/gold',
      'GET /v1/discounts/gold?code=x',
      'GET /v1/users/1?view=full',
    ]);
  });

  it('of a type that is not here are refused', async () => {
    const { data, errors } = await entities('... on User { name }', { __typename: 'Alien', id: 1 }, user(2));
    expect(data).toEqual({ _entities: [null, { name: 'Bob' }] });
    expect(errors[0]?.extensions?.code).toBe('BAD_USER_INPUT');
  });

  it('with keys of several fields find their rows', async () => {
    const { data, errors } = await adapter.ask('{ items { sku store { id } price } }');
    expect(errors).toEqual([]);
    expect(data?.items).toEqual([
      { sku: 'a', store: { id: '1' }, price: 10 },
      { sku: 'a', store: { id: '2' }, price: 20 },
      null,
    ]);
    expect(adapter.service.received[1]?.body).toBe('{"items":[{"sku":"a","store":1},{"sku":"a","store":2}]}');
  });
});

describe('references inside answers', () => {
  it('are followed through the entity connector', async () => {
    const { data } = await adapter.ask('{ team { name boss { name boss { name } } } }');
    const ann = { name: 'Ann full', boss: { name: 'Bob', boss: null } };
    expect(data?.team).toEqual([ann, { name: 'Bob', boss: null }, ann]);
    const [first, ...others] = adapter.sent();
    expect([first, others.sort()]).toEqual([
      'GET /v1/team',
      ['GET /v1/users/1?view=full', 'GET /v1/users/2?view=full'],
    ]);
  });

  it('whose key is null are null', async () => {
    const { data, errors } = await adapter.ask('{ user(id: 2) { boss { id } } }');
    expect([data, errors]).toEqual([{ user: { boss: null } }, []]);
  });
});
