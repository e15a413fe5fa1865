import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    user(id: ID!): User @connect(source: "api", http: { GET: "/users/{$args.id}" }, selection: "id friend: { id: friend_id }")
    joined(a: String, b: String): User @connect(source: "api", http: { GET: "/users/{$args.a}{$args.b}" }, selection: "id")
    path(segments: [String!]): User @connect(source: "api", http: { GET: "/tree", path: "$args.segments" }, selection: "id")
    search(q: String, name: String = "q", tags: [String], page: Int): [User]
      @connect(source: "api", http: { GET: "/search/?fixed=1&{$args.name}={$args.q}", queryParams: "tag: $args.tags page: $args.page" }, selection: "id")
    spread: User @connect(source: "api", http: { GET: """
      /a/b
        ?x=1
        &y=2
      """ }, selection: "id")
    spaced: User @connect(source: "api", http: { GET: " /a b/c?q=x y " }, selection: "id")
    tagged(value: String): User @connect(source: "api",
      http: { GET: "/tagged", headers: [{ name: "X-Tag", value: "v={$args.value}" }] }, selection: "id")
  }
  type User { id: ID friend: Friend }
  type Friend { id: ID detail: Detail
    @connect(source: "api", http: { GET: "/friends/{$this.id}" }, selection: "name") }
  type Detail { name: String }
`);

let adapter: RestAdapter | undefined;

beforeAll(async () => {
  adapter = await startRestAdapter(SDL, answerJson({ id: 'x', friend_id: null }));
});

afterAll(async () => adapter?.close());

async function ask(operation: string, variables: Record<string, unknown> = {}) {
  if (adapter === undefined) throw new Error('the adapter did not start');
  const before = adapter.sent().length;
  const answer = await adapter.ask(operation, variables);
  return { ...answer, sent: adapter.sent().slice(before) };
}

const user = (id: string) => ask('query($id: ID!) { user(id: $id) { id } }', { id });

describe('URLs', () => {
  it.each([
    ['../admin', '/v1/users/..%2Fadmin'],
    ['a/b?c=d&e#f', '/v1/users/a%2Fb%3Fc%3Dd%26e%23f'],
    ['%2e%2e', '/v1/users/%252e%252e'],
    ['a b+c', '/v1/users/a%20b%2Bc'],
    ["!'()*", '/v1/users/%21%27%28%29%2A'],
    ['é😀', '/v1/users/%C3%A9%F0%9F%98%80'],
    ['\ud800', '/v1/users/%EF%BF%BD'],
    ['...', '/v1/users/...'],
    ['http://evil.example', '/v1/users/http%3A%2F%2Fevil.example'],
    ['@evil.example', '/v1/users/%40evil.example'],
    ['a\r\nx: y', '/v1/users/a%0D%0Ax%3A%20y'],
    ['175928847299117063', '/v1/users/175928847299117063'],
  ])('encode %j as one segment', async (id, path) => {
    const { sent, errors } = await user(id);
    expect([sent, errors]).toEqual([[`GET ${path}`], []]);
  });

  it.each(['..', '.', ''])('are not sent when a segment would be %j', async (id) => {
    const { sent, data, errors } = await user(id);
    expect([sent, data]).toEqual([[], { user: null }]);
    expect(errors.map(({ path, extensions }) => [path, extensions?.code])).toEqual([[['user'], 'BAD_USER_INPUT']]);
  });

  it('are not sent when two values make a dot segment together', async () => {
    const { sent, errors } = await ask('{ joined(a: ".", b: ".") { id } }');
    expect([sent, errors[0]?.extensions?.code]).toEqual([[], 'BAD_USER_INPUT']);
  });

  it('are not sent when an argument in the path is null', async () => {
    const { sent, errors } = await ask('{ joined(a: "x") { id } }');
    expect([sent, errors[0]?.extensions?.code]).toEqual([[], 'BAD_USER_INPUT']);
  });

  it('leave a field null, without an error, when a field of its parent is null', async () => {
    const { data, errors, sent } = await ask('{ user(id: 1) { friend { detail { name } } } }');
    expect([data, errors]).toEqual([{ user: { friend: { detail: null } } }, []]);
    expect(sent).toEqual(['GET /v1/users/1']);
  });

  it('take each element of `path` as one segment', async () => {
    expect((await ask('{ path(segments: ["a/b", "c"]) { id } }')).sent).toEqual(['GET /v1/tree/a%2Fb/c']);
    expect((await ask('{ path(segments: ["a", ".."]) { id } }')).sent).toEqual([]);
    expect((await ask('{ path(segments: ["a", ""]) { id } }')).sent).toEqual([]);
  });

  it('repeat list parameters, leave null ones out and encode names and values', async () => {
    const { sent } = await ask('{ search(q: "a&b=c", name: "n&m", tags: ["x y", null, "z"]) { id } }');
    expect(sent).toEqual(['GET /v1/search/?fixed=1&n%26m=a%26b%3Dc&tag=x%20y&tag=z']);
  });

  it('keep the name of a parameter in the template whose value is null', async () => {
    expect((await ask('{ search(page: 2) { id } }')).sent).toEqual(['GET /v1/search/?fixed=1&q=&page=2']);
  });

  it('have the spaces of the adapter, and none around them', async () => {
    expect((await ask('{ spaced { id } }')).sent).toEqual(['GET /v1/a%20b/c?q=x%20y']);
  });

  it.each([
    ['http://127.0.0.1:1/v1/', '/', '/v1/'],
    ['http://127.0.0.1:1/v1/', '/users', '/v1/users'],
    ['http://127.0.0.1:1/v1/', '/users/', '/v1/users/'],
    ['http://127.0.0.1:1/v1', '/', '/v1'],
    ['http://127.0.0.1:1/v1/?a=1', '/?b=2', '/v1/?a=1&b=2'],
    ['http://127.0.0.1:1/', '/', '/'],
    ['http://127.0.0.1:1', '/', '/'],
  ])('of %s with %s are %s', async (base, path, expected) => {
    const sdl = adapterSdl(`type Query { a: ID @connect(source: "api", http: { GET: "${path}" }, selection: "$.id") }`);
    const own = await startRestAdapter(sdl.replace('http://127.0.0.1:1/v1', base), answerJson({ id: 1 }));
    expect((await own.ask('{ a }')).errors).toEqual([]);
    expect(own.sent()).toEqual([`GET ${expected}`]);
    await own.close();
  });

  it('may be laid out over several lines', async () => {
    expect((await ask('{ spread { id } }')).sent).toEqual(['GET /v1/a/b?x=1&y=2']);
  });
});

describe('header values', () => {
  it.each(['a\r\nx-admin: 1', 'a\nb', 'a\0b', 'a\u2028b'])('with %j send nothing', async (value) => {
    const { sent, data, errors } = await ask('query($value: String) { tagged(value: $value) { id } }', { value });
    expect([sent, data, errors[0]?.extensions?.code]).toEqual([[], { tagged: null }, 'BAD_USER_INPUT']);
  });
});
