import { isHeadgateError } from '../../gateway/errors';
import { overrideLabels } from '../../gateway/planning/override-labels';
import { type Federation, startFederation } from '../fixtures/federation';
import { composed } from '../fixtures/hand-written-plan';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override", "@shareable", "@context", "@fromContext"])`;

describe('fields that move from one subgraph to another by and by', () => {
  let federation: Federation;
  beforeAll(async () => {
    const reference = { __resolveReference: (given: object) => given };
    federation = await startFederation(
      {
        old: {
          sdl: `${FEDERATION} type Query { user: User } type Subscription { ticks: Int }
            type User @key(fields: "id") { id: ID! name: String mail: String phone: String }`,
          resolvers: {
            Query: { user: () => ({ id: '1' }) },
            User: { ...reference, name: () => 'old', mail: () => 'old', phone: () => 'old' },
          },
        },
        new: {
          sdl: `${FEDERATION} type User @key(fields: "id") { id: ID!
            name: String @override(from: "old", label: "moved") mail: String @override(from: "old", label: "not_yet")
            phone: String @override(from: "old", label: "percent(100)") }`,
          resolvers: { User: { ...reference, name: () => 'new', mail: () => 'new', phone: () => 'new' } },
        },
      },
      { overrideLabels: { moved: true, not_yet: false } },
    );
  });
  afterAll(() => federation.close());

  it('come from where their label says', async () => {
    expect(await federation.ask('{ user { name mail phone } }')).toEqual({
      data: { user: { name: 'new', mail: 'old', phone: 'new' } },
    });
  });

  it('have a plan for each set of labels', async () => {
    const { planner } = federation;
    const query = '{ user { name mail } }';
    const plans = await Promise.all(
      [[], ['moved'], ['moved', 'not_yet'], ['moved']].map((labels) =>
        planner.plan({ query, operationName: null, labels }),
      ),
    );
    expect(plans[1]).toBe(plans[3]);
    expect(new Set(plans).size).toBe(3);
    expect(JSON.stringify(plans[0])).not.toContain('"new"');
    expect(planner.varies).toBe(false);
  });

  it('refuses subscriptions by name', async () => {
    await expect(federation.ask('subscription { ticks }')).rejects.toMatchObject({
      code: 'PLANNING_FAILED',
      message: expect.stringContaining('subscriptions are not executed'),
    });
  });
});

describe('labels of progressive overrides', () => {
  const sdl = ['percent(5)', 'percent(50)', 'beta', 'percent(0)'].map((one) => `overrideLabel: "${one}"`).join();

  it.each([
    [0.01, ['beta', 'percent(5)', 'percent(50)']],
    [0.3, ['beta', 'percent(50)']],
    [0.99, ['beta']],
  ])('hold for a share of the requests: %d', (drawn, labels) => {
    const chosen = overrideLabels(sdl, { beta: true, 'percent(0)': true }, () => drawn);
    expect(chosen.choose()).toEqual(labels);
    expect(chosen.vary).toBe(true);
  });

  it('do not hold unless they are named', () => {
    expect(overrideLabels('overrideLabel: "beta" overrideLabel: "toString"', {}).choose()).toEqual([]);
  });
});

describe('a supergraph with @fromContext', () => {
  it('is refused when it is read, naming subgraph and field', async () => {
    const problems = await composed({
      a: `${FEDERATION} type Query { user: User }
        type User @key(fields: "id") @context(name: "user") { id: ID! currency: String child: Child }
        type Child @key(fields: "id") { id: ID! price(currency: String @fromContext(field: "$user { currency }")): Int }`,
    }).then(
      () => [],
      (error: unknown) => (isHeadgateError(error, 'SUPERGRAPH_INVALID') ? error.details?.problems : error),
    );
    expect(problems).toMatchObject([
      { subgraph: 'a', code: 'CONTEXT_NOT_SERVED', message: expect.stringContaining('Child.price of subgraph a') },
    ]);
  });
});
