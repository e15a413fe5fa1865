import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

describe('rate_limit', () => {
  const folder = configFolders();
  const load = (policy: string) =>
    loadConfig({ path: folder().write('headgate.yaml', `rate_limit: { policies: [ ${policy} ] }\n`), env: {} });

  it('fills in what a policy and its overrides leave out', async () => {
    const overrides = 'overrides: [ { matching: "^a", rate: 50 }, { matching: "^b", rate: 60, burst: 2, period: 1s } ]';
    const { config } = await load(`{ name: p, rate: 5, ${overrides} }, { name: q, rate: 5, burst: 3, ${overrides} }`);
    expect(config.rateLimits?.onStoreError).toBe('local');
    expect(config.rateLimits?.policies.map(({ overrides: _, ...rest }) => rest)).toEqual([
      {
        name: 'p',
        when: 'true',
        key: 'request.client.id',
        cost: 'requests',
        rate: { tokens: 5, periodMs: 60_000, burst: 5 },
      },
      {
        name: 'q',
        when: 'true',
        key: 'request.client.id',
        cost: 'requests',
        rate: { tokens: 5, periodMs: 60_000, burst: 3 },
      },
    ]);
    const rates = config.rateLimits?.policies.map((policy) => policy.overrides.map(({ rate }) => rate));
    expect(rates).toEqual([
      [
        { tokens: 50, periodMs: 60_000, burst: 50 },
        { tokens: 60, periodMs: 1_000, burst: 2 },
      ],
      [
        { tokens: 50, periodMs: 60_000, burst: 3 },
        { tokens: 60, periodMs: 1_000, burst: 2 },
      ],
    ]);
  });

  it.each([
    ['{ name: p, rate: 5, when: "request.nothing == 1" }', 'rate_limit.policies.0.when', '1:9 '],
    ['{ name: p, rate: 5, when: "request.path" }', 'rate_limit.policies.0.when', '1:9 this gives string, bool'],
    ['{ name: p, rate: 5, key: "request.path +" }', 'rate_limit.policies.0.key', '1:15 '],
    ['{ name: p, rate: 5, overrides: [ { matching: "(", rate: 1 } ] }', 'overrides.0.matching', 'the pattern is wrong'],
    ['{ name: p, rate: 5 }, { name: p, rate: 6 }', 'rate_limit.policies.1.name', 'another policy is called p'],
    ['{ name: "a b", rate: 5 }', 'rate_limit.policies.0.name', 'expected letters'],
  ])('refuses %s with its place', async (policy, place, message) => {
    const refused = await load(policy).catch((error: Error) => error.message);
    expect(refused).toContain('headgate.yaml:1:');
    expect(refused).toContain(place);
    expect(refused).toContain(message);
  });
});
