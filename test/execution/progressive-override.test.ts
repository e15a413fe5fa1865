import { overrideLabels } from '../../gateway/planning/override-labels';
import { type Federation, startFederation } from '../fixtures/federation';

const FEDERATION = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@override", "@shareable"])`;

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
  const settings = { labels: { beta: true, 'percent(0)': true }, header: 'x-labels' };

  it.each([
    [0.01, ['beta', 'percent(5)', 'percent(50)']],
    [0.3, ['beta', 'percent(50)']],
    [0.99, ['beta']],
  ])('hold for a share of the requests: %d', (drawn, labels) => {
    expect(overrideLabels(sdl, settings, () => drawn).choose()).toEqual(labels);
  });

  it('are drawn once for each request', () => {
    const draws = [0.01, 0.99];
    const chosen = overrideLabels(sdl, {}, () => draws.shift() ?? 1);
    const [first, second] = [{ host: 'a' }, { host: 'a' }];
    const answers = [first, second, first, second].map((headers) => chosen.choose(headers).length);
    expect(answers).toEqual([2, 0, 2, 0]);
  });

  it('are those that a header names, where clients may name them', () => {
    const headers = { 'x-labels': ' percent(5) , !beta, unknown, percent(0)' };
    expect(overrideLabels(sdl, settings, () => 0.99).choose(headers)).toEqual(['percent(0)', 'percent(5)']);
    expect(overrideLabels(sdl, { ...settings, header: null }, () => 0.99).choose(headers)).toEqual(['beta']);
  });

  it('do not hold unless they are named', () => {
    expect(overrideLabels('overrideLabel: "beta" overrideLabel: "toString"', {}).choose()).toEqual([]);
  });
});
