import { writeFileSync } from 'node:fs';
import type { IncomingHttpHeaders } from 'node:http';
import { join } from 'node:path';
import { type GraphqlAnswer, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { answerJson, type ScriptedServer, startScriptedServer } from '../fixtures/scripted-server';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const PRODUCTS = 'type Query { product: String! } type Mutation { buy: String! }';
const STOCK = `extend schema
  @link(url: "https://specs.apollo.dev/federation/v2.12", import: ["@key"])
  @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])
  @source(name: "api", http: { baseURL: "http://127.0.0.1:4010" })
type Query { stock: String! @connect(source: "api", http: { GET: "/stock" }, selection: "$.from") }`;
const CANARY = { 'x-canary': '1' };

type Data = Readonly<Record<string, string>>;

describe('routing rules', () => {
  const directory = temporaryDirectories();
  const services: LiveSubgraph[] = [];
  const sources: ScriptedServer[] = [];
  /** What instances of `products` were asked as a copy. */
  const copies: string[] = [];
  let headgate: HeadgateProcess;
  let file: string;

  /** Rules for `products` and `stock`; each has an instance of v1 and one of v2. */
  function configuration(rules: string): string {
    const of = (urls: readonly (string | undefined)[]) =>
      `[${urls.map((url, at) => `{ url: "${url}", tags: { version: v${at + 1} } }`).join(', ')}]`;
    return `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs:
  products: { schema: { file: ./products.graphql }, instances: ${of(services.map(({ url }) => url))} }
  stock: { rest: ./stock.graphql, sources: { api: { instances: ${of(sources.map(({ port }) => `http://127.0.0.1:${port}`))} } } }
traffic_shaping: { all: { load_balancing: { policy: round-robin } } }
routing:
${rules}`;
  }

  beforeAll(async () => {
    const folder = directory();
    file = join(folder, 'headgate.yaml');
    for (const version of ['v1', 'v2']) {
      // Long enough for equal queries to meet.
      const answer =
        (field: string) =>
        (_: unknown, __: unknown, { headers }: { readonly headers: IncomingHttpHeaders }) => {
          if (headers['x-headgate-mirror'] !== undefined) copies.push(`${version} ${field}`);
          return new Promise((resolve) => setTimeout(() => resolve(version), 5));
        };
      const resolvers = { Query: { product: answer('product') }, Mutation: { buy: answer('buy') } };
      services.push(await startLiveSubgraph('products', { sdl: PRODUCTS, resolvers }));
      sources.push(await startScriptedServer(answerJson({ from: version })));
    }
    writeFileSync(join(folder, 'products.graphql'), PRODUCTS);
    writeFileSync(join(folder, 'stock.graphql'), STOCK);
    writeFileSync(
      file,
      configuration(`  - { subgraphs: [products, stock], when: 'request.headers["x-canary"] == "1"', instances: { tags: { version: v2 } } }
  - { subgraphs: [products, stock], when: '"x-user" in request.headers', percent: 50, sticky: 'request.headers["x-user"]', instances: { tags: { version: v2 } } }
  - { subgraphs: [products, stock], instances: { tags: { version: v1 } } }
`),
    );
    headgate = await startHeadgate(['serve', '--config', file], { cwd: folder });
  });
  afterAll(async () => {
    await headgate.stop();
    await Promise.all([...services.map((service) => service.close()), ...sources.map((source) => source.kill())]);
  });

  async function ask(headers: Record<string, string>, query = '{ product stock }'): Promise<Data> {
    const response = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });
    const { data, errors } = (await response.json()) as GraphqlAnswer['body'];
    expect(errors).toBeUndefined();
    return data as Data;
  }

  async function reload(rules: string): Promise<void> {
    const before = headgate.lines('config.reloaded').length;
    writeFileSync(file, configuration(rules));
    while (headgate.lines('config.reloaded').length === before) await new Promise((resolve) => setTimeout(resolve, 5));
  }

  const both = (version: string) => ({ product: version, stock: version });

  it('send GraphQL and REST where they say, queries and mutations', async () => {
    for (let at = 0; at < 4; at += 1) {
      expect(await ask(CANARY)).toEqual(both('v2'));
      expect(await ask({})).toEqual(both('v1'));
      expect(await ask(CANARY, 'mutation { buy }')).toEqual({ buy: 'v2' });
    }
  });

  it('keep equal queries at the same time apart when they go elsewhere', async () => {
    const clients = Array.from({ length: 20 }, (_, at) => (at % 2 === 0 ? CANARY : {}));
    const answers = await Promise.all(clients.map((headers) => ask(headers)));
    expect(answers).toEqual(clients.map((headers) => both(headers === CANARY ? 'v2' : 'v1')));
  });

  it('send the same user to the same version every time, in all subgraphs', async () => {
    const users = Array.from({ length: 16 }, (_, at) => `user-${at}`);
    const once = await Promise.all(users.map((user) => ask({ 'x-user': user })));
    const again = await Promise.all(users.map((user) => ask({ 'x-user': user })));
    expect(again).toEqual(once);
    expect(once.every(({ product, stock }) => product === stock)).toBe(true);
    expect(new Set(once.map(({ product }) => product)).size).toBe(2);
  });

  it('copy queries where they say, and never mutations', async () => {
    await reload(`  - { subgraphs: [products, stock], instances: { tags: { version: v1 } } }
  - { name: copies, subgraphs: [products, stock], mirror: { tags: { version: v2 } } }
`);
    const before = sources[1]?.received.length ?? 0;
    copies.length = 0;
    expect(await ask({}, 'mutation { buy }')).toEqual({ buy: 'v1' });
    expect(await ask({})).toEqual(both('v1'));
    await sources[1]?.arrived(before + 1);
    expect(sources[1]?.received.at(-1)?.headers).toMatchObject({ 'x-headgate-mirror': 'true' });
    while (copies.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(copies).toEqual(['v2 product']);
  });

  it('change while the gateway runs', async () => {
    await reload('  - { subgraphs: [products, stock], instances: { tags: { version: v2 } } }\n');
    for (let at = 0; at < 4; at += 1) expect(await ask({})).toEqual(both('v2'));
  });
});
