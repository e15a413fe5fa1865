import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';

const SDL = adapterSdl(`
  scalar JSON
  type Query {
    user(id: ID): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id ratio any next: { id: next }")
    text: String @connect(source: "api", http: { GET: "/text" }, selection: "$")
    deleted: Deleted @connect(source: "api", http: { GET: "/deleted" }, selection: "success: $(true) status: $status server: $response.headers.'x-server'->first")
    page: Page @connect(source: "api", http: { GET: "/page" }, selection: "$.data { id name } nextCursor: meta.next_cursor")
    users: [User] @connect(source: "api", http: { GET: "/users" }, selection: "id")
    numbered: [User] @connect(source: "api", http: { GET: "/numbered" }, selection: "id: $")
    within: User @connect(source: "api", http: { GET: "/within" }, selection: "$.data { id ratio }")
    ids: [ID] @connect(source: "api", http: { GET: "/ids" }, selection: "$.ids")
    node: Node @connect(source: "api", http: { GET: "/node" }, selection: """ id ... type->match(["User", { __typename: "User" }], [@, null]) """)
  }
  interface Node { id: ID }
  type Page { id: ID name: String nextCursor: String }
  type Deleted { success: Boolean status: Int server: String }
  type User implements Node { id: ID ratio: Float any: JSON next: Next }
  type Next { id: ID after: User @connect(source: "api", http: { GET: "/users/{$this.id}" }, selection: "id") }
`).replace('connect/v0.3', 'connect/v0.4');

let adapter: RestAdapter | undefined;

async function answering(
  body: string | Buffer,
  type: string | null = 'application/json',
  status = 200,
): Promise<RestAdapter> {
  adapter = await startRestAdapter(SDL, (_request, response) => {
    response.writeHead(status, { ...(type !== null && { 'content-type': type }), 'x-server': 'rest' }).end(body);
  });
  return adapter;
}

afterEach(async () => {
  await adapter?.close();
  adapter = undefined;
});

describe('bodies of answers', () => {
  it.each([
    ['application/json', '{"id": 1}', { user: { id: '1' } }],
    ['application/vnd.x+json; charset=utf-8', '{"id": 1}', { user: { id: '1' } }],
    [null, '{"id": 1}', { user: { id: '1' } }],
    ['application/json', '\ufeff{"id": "b"}', { user: { id: 'b' } }],
    ['application/json', '', { user: null }],
    ['application/json', 'null', { user: null }],
  ])('of type %s are read', async (type, body, data) => {
    const { ask } = await answering(body, type);
    expect(await ask('{ user(id: 1) { id } }')).toEqual({ data, errors: [] });
  });

  it.each([
    [
      'a page',
      'text/html; charset=utf-8',
      '<html>secret</html>',
      '{ user(id: 1) { id } }',
      'neither JSON nor plain text',
    ],
    ['a page, for a value', 'text/html', '<html>secret</html>', '{ text }', 'neither JSON nor plain text'],
    ['a text', 'text/plain', 'secret', '{ user(id: 1) { id } }', 'Query.user is declared as an object'],
    ['a text', 'application/json', '"secret"', '{ user(id: 1) { id } }', 'Query.user is declared as an object'],
    ['a number', 'application/json', '42', '{ user(id: 1) { id } }', 'Query.user is declared as an object'],
    [
      'a number within',
      'application/json',
      '{"data": 42}',
      '{ within { id } }',
      'Query.within is declared as an object',
    ],
    ['a list of numbers', 'application/json', '[4, 2]', '{ users { id } }', 'Query.users is declared as an object'],
  ])('with %s where an object is declared are told', async (_what, type, body, operation, message) => {
    const { ask } = await answering(body, type);
    const { data, errors } = await ask(operation);
    expect(JSON.stringify(Object.values(data ?? {}))).toMatch(/^\[(null|\[null,null\])\]$/);
    expect(errors[0]).toMatchObject({
      message: expect.stringContaining(message),
      extensions: { code: 'REST_RESPONSE_INVALID' },
    });
    expect(JSON.stringify(errors)).not.toContain('secret');
  });

  it('of any type leave what the mapping gives without them', async () => {
    const { ask } = await answering('<html>', 'text/html');
    expect(await ask('{ deleted { success status } }')).toEqual({
      data: { deleted: { success: true, status: 200 } },
      errors: [],
    });
  });

  it('of values become objects where the mapping makes some', async () => {
    const { ask } = await answering('[4, null, 2]');
    expect(await ask('{ numbered { id } }')).toEqual({
      data: { numbered: [{ id: '4' }, null, { id: '2' }] },
      errors: [],
    });
  });

  it('that are not there map to null', async () => {
    const { ask } = await answering('', null, 204);
    expect(await ask('{ user(id: 1) { id } }')).toEqual({ data: { user: null }, errors: [] });
  });

  it('that are not there leave what the mapping gives itself', async () => {
    const { ask } = await answering('', null, 204);
    expect((await ask('{ deleted { success status server } }')).data).toEqual({
      deleted: { success: true, status: 204, server: 'rest' },
    });
  });

  it('of plain text are strings in their charset', async () => {
    const { ask } = await answering(Buffer.from('caf\xe9', 'latin1'), 'text/plain; charset=latin1');
    expect((await ask('{ text }')).data).toEqual({ text: 'café' });
  });

  it('are unwrapped by paths with braces', async () => {
    const { ask } = await answering('{"data": {"id": 7, "name": "n"}, "meta": {"next_cursor": "c1"}}');
    expect((await ask('{ page { id name nextCursor } }')).data).toEqual({
      page: { id: '7', name: 'n', nextCursor: 'c1' },
    });
  });

  it('with keys named __proto__ set no prototype', async () => {
    const { ask } = await answering('{"id": 1, "any": {"__proto__": {"x": 1}}, "__proto__": {"ratio": 1}}');
    const { data } = await ask('{ user(id: 1) { id ratio } }');
    expect(data).toEqual({ user: { id: '1', ratio: null } });
  });

  it('of an abstract type say which in __typename', async () => {
    const known = await answering('{"type": "User", "id": 1}');
    expect((await known.ask('{ node { __typename id } }')).data).toEqual({ node: { __typename: 'User', id: '1' } });
    await known.close();
    const { ask } = await answering('{"id": 1}');
    expect((await ask('{ node { id } }')).errors[0]?.extensions?.code).toBe('REST_RESPONSE_INVALID');
  });
});

describe('integers beyond 2^53', () => {
  const BODY =
    '{"id": 175928847299117063, "next": 9007199254740993, "ratio": 12345678901234567000, "any": {"a": [9007199254740993, 1]}, "ids": [1, 175928847299117063]}';

  it('come out whole', async () => {
    const { ask } = await answering(BODY);
    expect((await ask('{ user(id: 1) { id any ratio } ids }')).data).toEqual({
      user: { id: '175928847299117063', any: { a: [Number('9007199254740993'), 1] }, ratio: 12345678901234567000 },
      ids: ['1', '175928847299117063'],
    });
  });

  it('go back into a URL whole', async () => {
    const { ask, sent } = await answering(BODY);
    await ask('{ user(id: 1) { next { after { id } } } }');
    expect(sent()).toEqual(['GET /v1/users/1', 'GET /v1/users/9007199254740993']);
  });
});
