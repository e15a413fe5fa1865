import type { RateLimitOptions, RateLimitPolicyOptions } from '../../gateway/rate-limits/options';
import { RateLimits } from '../../gateway/rate-limits/rate-limits';
import { type LocalServer, startLocalServer } from '../fixtures/local-server';

const MINUTE_MS = 60_000;
const policy = (given: Partial<RateLimitPolicyOptions> = {}): RateLimitPolicyOptions => ({
  name: 'per-client',
  when: 'true',
  key: 'request.client.id',
  rate: { tokens: 5, periodMs: MINUTE_MS, burst: 2 },
  cost: 'requests',
  overrides: [],
  ...given,
});
const options = (...policies: RateLimitPolicyOptions[]): RateLimitOptions => ({ policies, onStoreError: 'local' });

describe('a server with rate limits', () => {
  let now = 0;
  let server: LocalServer | null = null;
  let rates: RateLimits;

  const start = async (given: RateLimitOptions, more: Parameters<typeof startLocalServer>[1] = {}) => {
    now = 0;
    rates = new RateLimits(given, { store: null, now: () => now });
    server = await startLocalServer({}, { rates, ...more });
  };
  const extensionsOf = async (answer: Response) =>
    ((await answer.json()) as { errors: { extensions: Record<string, unknown> }[] }).errors[0]?.extensions; // as: a refusal
  const post = (query = '{ hello }', headers: Record<string, string> = {}) =>
    fetch(server?.graphql ?? '', {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ query }),
    });

  afterEach(async () => {
    await server?.close();
    server = null;
  });

  it('tells in each answer what is left, and refuses with 429 what is too much', async () => {
    await start(options(policy()));
    const first = await post();
    expect([first.status, first.headers.get('ratelimit-policy')]).toEqual([200, '"per-client";q=5;w=60']);
    expect(first.headers.get('ratelimit')).toBe('"per-client";r=1;t=12');
    expect((await post()).headers.get('ratelimit')).toBe('"per-client";r=0;t=24');
    for (const accept of ['application/json', 'application/graphql-response+json']) {
      const refused = await post('{ hello }', { accept });
      expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '12']);
      expect(refused.headers.get('ratelimit')).toBe('"per-client";r=0;t=24');
      expect(refused.headers.get('content-type')).toBe(`${accept}; charset=utf-8`);
      expect(await refused.json()).toEqual({
        errors: [
          {
            message: 'too many requests; try again after 12 s',
            extensions: { code: 'REQUEST_RATE_LIMITED', violatedPolicies: ['per-client'], retryAfter: 12 },
          },
        ],
      });
    }
    now += 12_000;
    expect((await post()).status).toBe(200);
  });

  it('counts what is refused for its text as well, before it is looked at', async () => {
    await start(options(policy()));
    const wrong = await post('{ nothing }');
    expect([wrong.status, wrong.headers.get('ratelimit')]).toEqual([400, '"per-client";r=1;t=12']);
    expect((await post('{')).headers.get('ratelimit')).toBe('"per-client";r=0;t=24');
    expect((await post('{ nothing }')).status).toBe(429);
  });

  it('names all policies that a request has', async () => {
    const fast = policy({ name: 'fast', rate: { tokens: 10, periodMs: 500, burst: 10 }, key: '"all"' });
    const other = policy({ name: 'other', when: 'request.headers["x-other"] == "1"' });
    await start(options(policy(), fast, other));
    const { headers } = await post('{ hello }', { 'x-other': '0' });
    expect(headers.get('ratelimit-policy')).toBe('"per-client";q=5;w=60, "fast";q=10');
    expect(headers.get('ratelimit')).toBe('"per-client";r=1;t=12, "fast";r=9;t=1');
  });

  it('judges by the operation once that is known', async () => {
    const named = policy({ name: 'reports', when: 'operation.name == "Report"', key: 'operation.type' });
    await start(options(policy({ rate: { tokens: 9, periodMs: MINUTE_MS, burst: 9 } }), named));
    const report = () => post('query Report { hello }');
    expect((await report()).headers.get('ratelimit')).toBe('"per-client";r=8;t=7, "reports";r=1;t=12');
    await report();
    const refused = await report();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '12']);
    expect((await extensionsOf(refused))?.violatedPolicies).toEqual(['reports']);
    const other = await post();
    expect([other.status, other.headers.get('ratelimit')]).toEqual([200, '"per-client";r=5;t=27']);
  });

  it('holds for plugins of Apollo Server on the way as well', async () => {
    const named = policy({ when: 'operation.type == "query"' });
    await start(options(named), { apolloPlugins: [{}] });
    expect((await post()).headers.get('ratelimit')).toBe('"per-client";r=1;t=12');
    await post();
    const refused = await post();
    expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '12']);
    expect((await extensionsOf(refused))?.code).toBe('REQUEST_RATE_LIMITED');
  });

  it('takes over other policies; who keeps a name and a rate keeps what is left', async () => {
    await start(options(policy()));
    await post();
    rates.prepare(options(policy(), policy({ name: 'more', rate: { tokens: 1, periodMs: MINUTE_MS, burst: 1 } })));
    expect((await post()).headers.get('ratelimit')).toBe('"per-client";r=0;t=24');
    now += 12_000;
    rates.prepare(options(policy(), policy({ name: 'more', rate: { tokens: 1, periodMs: MINUTE_MS, burst: 1 } })))();
    expect((await post()).headers.get('ratelimit')).toBe('"per-client";r=0;t=24, "more";r=0;t=60');
    now += 12_000;
    expect(await extensionsOf(await post())).toEqual({
      code: 'REQUEST_RATE_LIMITED',
      violatedPolicies: ['more'],
      retryAfter: 48,
    });
    // What the other policy gave was given back.
    rates.prepare(options(policy()))();
    expect((await post()).headers.get('ratelimit')).toBe('"per-client";r=0;t=24');
  });

  it('says so when nobody can tell and nobody may pass', async () => {
    now = 0;
    const store = { take: () => null };
    rates = new RateLimits({ ...options(policy()), onStoreError: 'deny' }, { store: store as never, now: () => now });
    server = await startLocalServer({}, { rates });
    const refused = await post();
    expect([refused.status, refused.headers.get('retry-after'), refused.headers.get('ratelimit')]).toEqual([
      503,
      '1',
      null,
    ]);
    expect((await extensionsOf(refused))?.code).toBe('RATE_LIMIT_UNAVAILABLE');
  });
});
