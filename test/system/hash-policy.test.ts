import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type GraphqlAnswer, type HeadgateProcess, startHeadgate } from '../fixtures/headgate-process';
import { type LiveSubgraph, startLiveSubgraph } from '../fixtures/live-subgraph';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const ORDERS = 'type Query { shard(id: ID): String! }';
const CARTS = 'type Query { cell: String! }';
const LEDGER = 'type Query { book(account: ID = "main"): String! }';
const TENANTS = Array.from({ length: 12 }, (_, n) => `tenant-${n}`);
const QUERY = 'query Shards($account: ID = "main") { shard cell book(account: $account) }';

type Answer = { readonly shard: string; readonly cell: string; readonly book: string };

describe('the policy hash, for equal queries at the same time', () => {
  const directory = temporaryDirectories();
  const services: LiveSubgraph[] = [];
  let headgate: HeadgateProcess;

  async function start(name: string, sdl: string, field: string): Promise<string> {
    const urls = await Promise.all(
      [1, 2, 3].map(async (number) => {
        // Long enough for equal queries to meet.
        const answer = () => new Promise((resolve) => setTimeout(() => resolve(`${name}-${number}`), 5));
        const service = await startLiveSubgraph(name, { sdl, resolvers: { Query: { [field]: answer } } });
        services.push(service);
        return service.url;
      }),
    );
    return `[${urls.map((url) => `{ url: "${url}" }`).join(', ')}]`;
  }

  beforeAll(async () => {
    const folder = directory();
    const [orders, carts, ledger] = await Promise.all([
      start('orders', ORDERS, 'shard'),
      start('carts', CARTS, 'cell'),
      start('ledger', LEDGER, 'book'),
    ]);
    for (const [name, sdl] of [
      ['orders', ORDERS],
      ['carts', CARTS],
      ['ledger', LEDGER],
    ] as const)
      writeFileSync(join(folder, `${name}.graphql`), sdl);
    writeFileSync(
      join(folder, 'headgate.yaml'),
      `server: { listen: "127.0.0.1:0" }
supergraph: { source: subgraphs, checkpoint: false }
planning: { deadline: 1m }
subgraphs:
  orders: { schema: { file: ./orders.graphql }, instances: ${orders} }
  carts: { schema: { file: ./carts.graphql }, instances: ${carts} }
  ledger: { schema: { file: ./ledger.graphql }, instances: ${ledger} }
traffic_shaping:
  all:
    load_balancing: { policy: hash, hash: { header: X-Tenant } }
  subgraphs:
    carts: { load_balancing: { hash: { header: x-user } } }
    ledger: { load_balancing: { hash: { variable: account } } }
`,
    );
    headgate = await startHeadgate(['serve'], { cwd: folder });
  });
  afterAll(async () => {
    await headgate.stop();
    await Promise.all(services.map((service) => service.close()));
  });

  async function answerFor(headers: Record<string, string>, variables: unknown = {}): Promise<Answer> {
    const response = await fetch(headgate.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query: QUERY, variables }),
    });
    const { data, errors } = (await response.json()) as GraphqlAnswer['body'];
    expect(errors).toBeUndefined();
    return data as Answer;
  }

  /** What each of these is answered alone, then all at once, thrice each. */
  async function aloneAndTogether(ask: (key: string) => Promise<Answer>, of: (answer: Answer) => string) {
    const alone: string[] = [];
    for (const tenant of TENANTS) alone.push(of(await ask(tenant)));
    const together = await Promise.all([1, 2, 3].map(() => Promise.all(TENANTS.map(ask))));
    return { alone, together: together.map((answers) => answers.map(of)) };
  }

  it.each([
    ['a header', (tenant: string) => answerFor({ 'x-tenant': tenant }), ({ shard }: Answer) => shard],
    [
      'a header of one subgraph',
      (user: string) => answerFor({ 'x-user': user, 'x-tenant': 'one' }),
      ({ cell }: Answer) => cell,
    ],
    ['a variable', (account: string) => answerFor({}, { account }), ({ book }: Answer) => book],
  ])('goes by %s for each client', async (_, ask, of) => {
    const { alone, together } = await aloneAndTogether(ask, of);
    expect(new Set(alone).size).toBeGreaterThan(1);
    expect(together).toEqual([alone, alone, alone]);
  });

  it('goes by the default of a variable where it is not sent', async () => {
    const books = await Promise.all(TENANTS.map(async () => (await answerFor({})).book));
    expect(new Set([...books, (await answerFor({}, { account: 'main' })).book]).size).toBe(1);
  });

  it('goes round where the header is not sent', async () => {
    const shards = new Set<string>();
    for (const tenant of TENANTS) shards.add((await answerFor({ 'x-other': tenant })).shard);
    expect(shards.size).toBe(3);
  });
});
