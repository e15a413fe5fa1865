import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { type LoadedConfig, loadConfig } from '../../gateway/config/load';
import { type Events, subscribe } from '../../gateway/events';
import { type Federation, startFederation } from '../fixtures/federation';
import { type InProcessGateway, startInProcess } from '../fixtures/in-process-gateway';
import { seededRandom } from '../fixtures/seeded-random';
import { temporaryDirectories } from '../fixtures/temporary-directory';

const LINK = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@cost", "@listSize"])`;
const LIST_SIZE = 3;

const SHOP = `${LINK}
type Query {
  items(first: Int = 2, cheap: Boolean @cost(weight: -4)): [Item] @listSize(slicingArguments: ["first"])
  best: [Item] @listSize(assumedSize: 4)
  page(size: Int!): Page @listSize(slicingArguments: ["size"], sizedFields: ["items"])
  any: [Item]
  top(first: Int): [Item] @listSize(slicingArguments: ["first"])
}
type Mutation { add(name: String): Book }
type Page { items: [Item] next: Page }
interface Item { id: ID! name: String parts: [Item] @listSize(assumedSize: 2) }
type Book implements Item @key(fields: "id") @cost(weight: 3) { id: ID! name: String @cost(weight: 2) parts: [Item] tags: [String] @cost(weight: 1) }
type Film implements Item @key(fields: "id") { id: ID! name: String parts: [Item] others: [Film] matrix: [[Film]] }
`;
const REVIEWS = `${LINK}
type Book @key(fields: "id") { id: ID! reviews(last: Int): [Review] @listSize(slicingArguments: ["last"], assumedSize: 2, requireOneSlicingArgument: false) }
type Film @key(fields: "id") { id: ID! reviews: [Review] stars: Int @cost(weight: 2) }
type Review { text: String of: Film }
`;

const random = seededRandom(7);
/** Set: lists are as long as they may be. */
let isFull = true;
let ids = 0;
const some = (max: number, make: () => unknown) =>
  Array.from({ length: isFull ? max : Math.floor(random() * (max + 1)) }, make);
const film = () => ({ __typename: 'Film', id: `f${ids++}`, name: 'a film' });
const item = () => (random() < 0.5 ? { __typename: 'Book', id: `b${ids++}`, name: 'a book' } : film());
const list = (max: number) => () => some(max, item);
const films = () => some(LIST_SIZE, film);
const page = (size: number): unknown => ({ items: list(size), next: () => page(LIST_SIZE) });

const RESOLVERS = {
  Query: {
    items: (_: unknown, { first }: { first: number }) => some(first, item),
    best: list(4),
    page: (_: unknown, { size }: { size: number }) => page(size),
    any: list(LIST_SIZE),
  },
  Mutation: { add: () => ({ id: 'b', name: 'a book' }) },
  Book: { parts: list(2), tags: () => some(LIST_SIZE, () => 'tag') },
  Film: { parts: list(2), others: films, matrix: () => some(LIST_SIZE, films) },
};
const REVIEW_RESOLVERS = {
  Book: { reviews: (_: unknown, { last = 2 }: { last?: number }) => some(last, () => ({ text: 'good', of: film() })) },
  Film: { reviews: () => some(LIST_SIZE, () => ({ text: 'good' })), stars: () => 5 },
};

/** Selections on an Item, some levels deep. */
const onItem: fc.Memo<string> = fc.memo((depth) => {
  const leaves = fc.constantFrom('__typename', 'id', 'name', '... on Book { tags }', '... on Film { stars }');
  if (depth <= 1) return leaves;
  const below = onItem(depth - 1);
  return fc.oneof(
    leaves,
    below.map((text) => `parts { ${text} }`),
    below.map((text) => `... on Film { others { ${text} } matrix { id ${text} } }`),
    fc.integer({ min: 0, max: 3 }).map((last) => `... on Book { reviews(last: ${last}) { text of { stars } } }`),
    fc.constant('... on Book { reviews { text } } ... on Film { reviews { text } }'),
    fc.tuple(below, leaves).map(([a, b]) => `x: parts { ${a} ... on Book { y: parts { ${b} } } }`),
  );
});
const operations = fc
  .tuple(
    fc.constantFrom('items', 'items(first: $n)', 'items(first: 3, cheap: true)', 'best', 'any', 'page(size: $n)'),
    onItem(3),
    onItem(2),
  )
  .map(([root, a, b]) => {
    const fields = root.startsWith('page') ? `items { ${a} } next { items { ${b} } }` : a;
    return `query ($n: Int!) { ${root} { ${fields} } unused: page(size: $n) { __typename } }`;
  });

describe('a gateway with demand control', () => {
  const directory = temporaryDirectories();
  const costs: Events['cost.known'][] = [];
  let shop: Federation;
  let gateway: InProcessGateway;
  let folder: string;
  let stop: () => void;

  async function configuration(demand: string): Promise<LoadedConfig> {
    const path = join(folder, 'headgate.yaml');
    writeFileSync(
      path,
      `supergraph: { source: registry, checkpoint: false }
log: { level: silent }
discovery: { checkpoint: false }
planning: { deadline: 1m }
traffic_shaping: { all: { health_check: false } }
${demand}
`,
    );
    return loadConfig({ path, env: {} });
  }
  const enforce = (more: string) => `demand_control: { mode: enforce, list_size: ${LIST_SIZE}, ${more} }`;
  const change = async (demand: string) => gateway.change({ supergraph: null, loaded: await configuration(demand) });

  async function ask(query: string, variables: unknown = {}) {
    const answer = await fetch(gateway.graphql, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query, variables }),
    });
    const body = (await answer.json()) as {
      data?: unknown;
      errors?: { path?: unknown; extensions: Record<string, unknown> }[];
    }; // as: an answer
    return { status: answer.status, headers: answer.headers, ...body };
  }

  beforeAll(async () => {
    folder = directory();
    shop = await startFederation({
      shop: { sdl: SHOP, resolvers: RESOLVERS },
      reviews: { sdl: REVIEWS, resolvers: REVIEW_RESOLVERS },
    });
    gateway = await startInProcess(await configuration('demand_control: { max: 1 }'));
    await gateway.side.serve({ sdl: shop.supergraph.sdl, origin: 'test', instances: new Map() });
    stop = subscribe('cost.known', (cost) => costs.push(cost));
  });
  afterAll(async () => {
    stop?.();
    await gateway?.stop();
    await shop?.close();
  });
  beforeEach(() => {
    isFull = true;
    costs.length = 0;
  });

  it('refuses what is too expensive, before a subgraph is asked, and says what it costs', async () => {
    await change(enforce('max: 11, headers: true'));
    shop.asked('shop');
    const query = 'query ($n: Int) { items(first: $n) { ... on Film { id } } }';
    const allowed = await ask(query, { n: 3 });
    expect(allowed.errors).toBeUndefined();
    expect(['estimated', 'max'].map((name) => allowed.headers.get(`x-cost-${name}`))).toEqual(['9', '11']);
    const refused = await ask(query, { n: 4 });
    expect(refused.status).toBe(400);
    expect(refused.errors?.[0]?.extensions).toEqual({
      code: 'COST_ESTIMATED_TOO_EXPENSIVE',
      'cost.estimated': 12,
      'cost.max': 11,
    });
    expect(refused.headers.get('x-cost-estimated')).toBe('12');
    expect(refused.headers.get('x-cost-actual')).toBeNull();
    expect(shop.asked('shop')).toHaveLength(1);
    expect(costs).toMatchObject([
      { estimated: 9, result: 'COST_OK' },
      { estimated: 12, actual: null, result: 'COST_ESTIMATED_TOO_EXPENSIVE' },
    ]);
  });

  it('refuses slicing arguments that are against the schema', async () => {
    await change(enforce('max: 1000'));
    shop.asked('shop');
    const { status, errors } = await ask('{ items { id } top { id } }');
    expect([status, errors]).toMatchObject([400, [{ extensions: { code: 'COST_INVALID_SLICING_ARGUMENTS' } }]]);
    expect((await ask('query ($n: Int) { items(first: $n) { id } top(first: 1) { id } }')).errors).toBeUndefined();
    expect(shop.asked('shop')).toHaveLength(1);
  });

  it('lets pass what is only measured, and says what would be', async () => {
    await change(`demand_control: { max: 1, list_size: ${LIST_SIZE}, subgraphs: { reviews: { max: 1 } } }`);
    const { data, headers } = await ask('{ best { id name } }');
    expect(data).toBeDefined();
    expect(headers.get('x-cost-estimated')).toBeNull();
    expect(costs).toMatchObject([{ estimated: 20, result: 'COST_ESTIMATED_TOO_EXPENSIVE', mode: 'measure' }]);
  });

  it('leaves out a subgraph that would cost too much; the rest is answered', async () => {
    await change(enforce('subgraphs: { reviews: { max: 7 } }'));
    const query = 'query ($n: Int) { any { id ... on Film { stars name } } items(first: $n) { id } }';
    const dear = await ask(query, { n: 1 });
    expect(dear.status).toBe(200);
    expect(dear.data).toMatchObject({ any: expect.arrayContaining([{ id: expect.any(String) }]), items: [{}] });
    const codes = dear.errors?.map(({ extensions }) => extensions);
    expect(codes).toEqual([
      { code: 'SUBGRAPH_COST_ESTIMATED_TOO_EXPENSIVE', serviceName: 'reviews', 'cost.estimated': 9, 'cost.max': 7 },
    ]);
    expect(shop.asked('reviews')).toEqual([]);
    await change(enforce('subgraphs: { reviews: { max: 9 } }'));
    expect((await ask(query, { n: 1 })).errors).toBeUndefined();
  });

  it('measures what answers have cost, a change included', async () => {
    await change(enforce('headers: true'));
    // Counted as the dearest type that an item may be, as the estimate does.
    const { headers } = await ask('{ best { id } }');
    expect(headers.get('x-cost-actual')).toBe('12');
    isFull = false;
    const added = await ask('mutation { add(name: "a") { tags name } }');
    const { tags } = (added.data as { add: { tags: string[] } }).add;
    expect(added.headers.get('x-cost-actual')).toBe(String(10 + 3 + 2 + tags.length));
    expect(added.headers.get('x-cost-estimated')).toBe(String(10 + 3 + 2 + LIST_SIZE));
  });

  it('lets rate limits count costs', async () => {
    const rates =
      'rate_limit: { policies: [ { name: cost, cost: estimated, key: request.method, rate: 20, period: 1h } ] }';
    const other = await startInProcess(await configuration(rates));
    await other.side.serve({ sdl: shop.supergraph.sdl, origin: 'test', instances: new Map() });
    try {
      const post = (query: string) =>
        fetch(other.graphql, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ query }),
        });
      const first = await post('{ best { id } }');
      expect(first.headers.get('ratelimit-policy')).toBe('"cost";q=20;w=3600;headgate-unit=cost');
      expect(first.headers.get('ratelimit')).toMatch(/^"cost";r=8;/);
      expect((await post('{ __typename }')).headers.get('ratelimit')).toMatch(/^"cost";r=7;/);
      expect((await post('{ items(first: 3) { id } }')).status).toBe(429);
      const never = await post('{ items(first: 9) { id } }');
      expect([never.status, never.headers.get('retry-after')]).toEqual([429, null]);
      expect((await post('{ items(first: 2) { id } }')).headers.get('ratelimit')).toMatch(/^"cost";r=1;/);
    } finally {
      await other.stop();
    }
  });

  it('estimates no less than what it costs, as long as lists keep to their sizes', async () => {
    await change(enforce('headers: true'));
    await fc.assert(
      fc.asyncProperty(operations, fc.integer({ min: 0, max: 4 }), fc.boolean(), async (query, n, full) => {
        isFull = full;
        const { headers, errors } = await ask(query, { n });
        // Fragments that fit nothing.
        fc.pre(errors?.[0]?.extensions.code !== 'GRAPHQL_VALIDATION_FAILED');
        expect(errors).toBeUndefined();
        const [estimated, actual] = ['estimated', 'actual'].map((name) => Number(headers.get(`x-cost-${name}`)));
        expect(actual).toBeLessThanOrEqual(estimated ?? Number.NaN);
      }),
      { numRuns: 40 },
    );
    expect(costs.some(({ estimated, actual }) => actual === estimated && estimated > 20)).toBe(true);
  });
});
