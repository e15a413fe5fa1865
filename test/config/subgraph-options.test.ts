import type { Config } from '../../gateway/config/config';
import { settingsSchema } from '../../gateway/config/settings';
import { namedSubgraphs, optionsFor } from '../../gateway/config/subgraph-options';

const url = 'http://127.0.0.1:4001/graphql';

function subgraphs(given: unknown): Config['subgraphs'] {
  return namedSubgraphs(settingsSchema.parse(given));
}

function poolOf(shaping: unknown) {
  const options = subgraphs({ subgraphs: { a: { url } }, traffic_shaping: shaping });
  return options.get('a')?.pools.graphql;
}

describe('namedSubgraphs', () => {
  it('fills in the defaults of the contract', () => {
    expect(subgraphs({ subgraphs: { a: { url } } }).get('a')).toEqual({
      name: 'a',
      kind: 'graphql',
      timeoutMs: 10_000,
      errorMask: {
        allowExtensions: ['code'],
        redact: { headers: true, variables: true, messages: false, matching: [], tags: [] },
      },
      deduplicate: true,
      responseBytesMax: 32_000_000,
      responseDepthMax: 200,
      requestHeaders: [],
      responseHeaders: [],
      pools: {
        graphql: {
          name: 'a',
          instances: [{ url, weight: 1, zone: null, tier: 'primary' }],
          policy: 'adaptive',
          slowStartMs: 10_000,
          panicThreshold: null,
          locality: 'prefer-zone',
          zone: null,
          hashHeader: null,
          hedge: null,
          adaptiveWeights: false,
          addresses: { deny: [], allow: [] },
          healthCheck: {
            probe: 'graphql',
            intervalMs: 5000,
            timeoutMs: 1000,
            unhealthyThreshold: 3,
            healthyThreshold: 2,
          },
          outlierDetection: {
            consecutiveErrors: 5,
            errorRate: 0.5,
            baseEjectionTimeMs: 10_000,
            maxEjectionShare: 0.5,
          },
          retry: {
            maxAttempts: 3,
            onConnect: true,
            onTimeout: true,
            onStatus: new Set([500, 502, 503, 504]),
            intervalMs: 25,
            maxIntervalMs: 250,
            budgetRatio: 0.2,
            budgetMinPerSecond: 3,
          },
          concurrency: { max: 256, queue: 256, adaptive: false },
          connections: 16,
          idleTimeoutMs: 30_000,
          tls: null,
        },
      },
    });
  });

  it('have the mask of their errors, the nearer scope over that of all', () => {
    const given = {
      subgraphs: { a: { url }, b: { url }, c: { url } },
      error_masking: {
        all: { allow_extensions: ['code', 'field'] },
        subgraphs: { b: { redact: false }, c: { allow_extensions: [] } },
      },
    };
    const masks = [...subgraphs(given)].map(([name, { errorMask }]) => [
      name,
      errorMask && { allowExtensions: errorMask.allowExtensions },
    ]);
    expect(masks).toEqual([
      ['a', { allowExtensions: ['code', 'field'] }],
      ['b', undefined],
      ['c', { allowExtensions: [] }],
    ]);
  });

  it('lets the nearest scope win key by key', () => {
    const pool = poolOf({
      all: { retry: { max_attempts: 5, interval: '1s' }, concurrency: { max: 10 }, pool: { connections: 4 } },
      subgraphs: { a: { retry: { interval: '2s', budget: { ratio: '50%' } }, concurrency: { queue: 3 } } },
    });
    expect(pool?.retry).toMatchObject({ maxAttempts: 5, intervalMs: 2000, budgetRatio: 0.5, budgetMinPerSecond: 3 });
    expect(pool).toMatchObject({ concurrency: { max: 10, queue: 3 }, connections: 4 });
  });

  it('lets the nearer probe take the place of the farther one', () => {
    const all = { health_check: { path: '/health', interval: '9s' } };
    const near = { a: { health_check: { graphql: true } } };
    expect(poolOf({ all })?.healthCheck).toMatchObject({ probe: { path: '/health' }, intervalMs: 9000 });
    expect(poolOf({ all, subgraphs: near })?.healthCheck).toMatchObject({ probe: 'graphql', intervalMs: 9000 });
  });

  it('switches checks off for all and on again for one', () => {
    const all = { health_check: false, outlier_detection: false };
    const near = { a: { health_check: { interval: '2s' }, outlier_detection: { consecutive_errors: 2 } } };
    expect(poolOf({ all })).toMatchObject({ healthCheck: null, outlierDetection: null });
    expect(poolOf({ all, subgraphs: near })).toMatchObject({
      healthCheck: { intervalMs: 2000, timeoutMs: 1000 },
      outlierDetection: { consecutiveErrors: 2, errorRate: 0.5 },
    });
  });

  it('hashes a header or a variable', () => {
    const hashing = (hash: unknown) => poolOf({ all: { load_balancing: { policy: 'hash', hash } } });
    expect(hashing({ header: 'X-User' })).toMatchObject({ policy: 'hash', hashHeader: 'x-user' });
    expect(hashing({ variable: 'userId' })).toMatchObject({ hashHeader: null, hashVariable: 'userId' });
    expect(() => hashing({ header: 'a', variable: 'b' })).toThrow('expected one of header, variable');
    expect(() => hashing({})).toThrow('expected one of header, variable');
    expect(() => hashing({ variable: '$a' })).toThrow('without $');
  });

  it('refuses to send mutations twice', () => {
    expect(poolOf({ all: { retry: { mutations: false } } })).toBeDefined();
    expect(() => poolOf({ all: { retry: { mutations: true } } })).toThrow('only false is possible');
  });

  it('reads reasons and statuses of retries', () => {
    expect(poolOf({ all: { retry: { on: ['timeout', '503', 500, 429] } } })?.retry).toMatchObject({
      onConnect: false,
      onTimeout: true,
      onStatus: new Set([503, 500, 429]),
    });
  });

  it('gives each source of a REST subgraph its pool, probed only by path', () => {
    const options = subgraphs({
      subgraphs: {
        a: {
          rest: './a',
          sources: { api: { url, concurrency: { max: 2 } }, files: { url, health_check: { path: '/ok' } } },
        },
      },
    }).get('a');
    expect(options?.kind).toBe('rest');
    expect(options?.pools.api).toMatchObject({ name: 'a/api', healthCheck: null, concurrency: { max: 2, queue: 256 } });
    expect(options?.pools.files).toMatchObject({ name: 'a/files', healthCheck: { probe: { path: '/ok' } } });
  });

  it('leaves out what the file gives no instance for', () => {
    expect(subgraphs({ supergraph: { source: 'registry' }, subgraphs: { a: {}, b: { url } } }).has('a')).toBe(false);
  });

  it('takes conditions and expressions of header rules', () => {
    const when = 'request.auth.type == "jwt"';
    const options = subgraphs({
      subgraphs: { a: { url } },
      headers: {
        all: {
          request: [
            { insert: { name: 'x-user', expression: 'request.auth.claims.sub' }, when },
            { remove: { named: 'x-a' }, when },
            { propagate: { matching: '^x-' }, when },
          ],
          response: [
            { insert: { name: 'x-status', expression: 'response.status', algorithm: 'first' } },
            { propagate: { named: 'etag' }, when: 'response.status == 200' },
          ],
        },
      },
    }).get('a');
    expect(options?.requestHeaders).toEqual([
      { kind: 'insert', name: 'x-user', expression: 'request.auth.claims.sub', when },
      { kind: 'remove', named: 'x-a', when },
      { kind: 'propagate-matching', matching: /^x-/i, when },
    ]);
    expect(options?.responseHeaders).toEqual([
      { insert: 'x-status', expression: 'response.status', algorithm: 'first' },
      { named: 'etag', algorithm: 'last', when: 'response.status == 200' },
    ]);
  });

  it.each([
    [{ request: [{ insert: { name: 'x-a', value: 'a', expression: '"a"' } }] }, /expected one of value, expression/],
    [{ request: [{ insert: { name: 'x-a' } }] }, /expected one of value, expression/],
    [{ request: [{ insert: { name: 'x-a', expression: 'response.status' } }] }, /response/],
    [{ request: [{ remove: { named: 'x-a' }, when: 'request.path' }] }, /bool/],
    [{ response: [{ insert: { name: 'x-a', expression: 'response.body' } }] }, /response has no field body/],
    [{ response: [{ when: 'true' }] }, /expected one of propagate, insert/],
    [{ response: [{ insert: { name: 'set-cookie', value: 'a\r\nb' } }] }, /one line of Latin-1/],
  ])('refuses header rules %j', (rules, message) => {
    expect(() => subgraphs({ subgraphs: { a: { url } }, headers: { all: rules } })).toThrow(message);
  });

  it('puts the rules of the subgraph after those of all', () => {
    const options = subgraphs({
      subgraphs: { a: { url } },
      headers: {
        all: {
          request: [{ propagate: { named: 'Authorization' } }, { propagate: { matching: '^X-' } }],
          response: [{ propagate: { named: 'set-cookie', algorithm: 'append' } }, { propagate: { named: 'etag' } }],
        },
        subgraphs: {
          a: {
            request: [
              { insert: { name: 'x-a', value: '1' } },
              { remove: { named: 'Connection' } },
              { remove: { matching: 'y' } },
              { propagate: { named: 'a', rename: 'b', default: 'c' } },
            ],
          },
        },
      },
    }).get('a');
    expect(options?.requestHeaders).toEqual([
      { kind: 'propagate', named: 'authorization', rename: null, default: null },
      { kind: 'propagate-matching', matching: /^X-/i },
      { kind: 'insert', name: 'x-a', value: '1' },
      { kind: 'remove', named: 'connection' },
      { kind: 'remove-matching', matching: /y/i },
      { kind: 'propagate', named: 'a', rename: 'b', default: 'c' },
    ]);
    expect(options?.responseHeaders).toEqual([
      { named: 'set-cookie', algorithm: 'append' },
      { named: 'etag', algorithm: 'last' },
    ]);
  });
});

describe('optionsFor', () => {
  const given = { graphql: [{ url: 'http://from.the/supergraph', weight: 2 }] };

  it('shapes a subgraph that the file does not name', () => {
    const settings = settingsSchema.parse({ traffic_shaping: { subgraphs: { other: { timeout: '1s' } } } });
    const options = optionsFor(settings)('other', 'graphql', given);
    expect(options).toMatchObject({ name: 'other', timeoutMs: 1000 });
    expect(options.pools.graphql?.instances).toEqual([
      { url: 'http://from.the/supergraph', weight: 2, zone: null, tier: 'primary' },
    ]);
  });

  it('takes the tags of instances, and refuses those in another form', () => {
    const tagged = (tags: unknown) => ({ subgraphs: { a: { instances: [{ url, tags }] } } });
    const options = subgraphs(tagged({ version: 'v2', cost: 'low' })).get('a');
    expect(options?.pools.graphql?.instances[0]?.tags).toEqual({ version: 'v2', cost: 'low' });
    expect(() => subgraphs(tagged({ version: 'a b' }))).toThrow('expected 1 to 63 letters, digits and _.-');
    expect(() => subgraphs(tagged({ '-v': 'a' }))).toThrow('expected a letter, then at most 62');
  });

  it('lets the instances of the file win', () => {
    const settings = settingsSchema.parse({ subgraphs: { a: { url } } });
    expect(optionsFor(settings)('a', 'graphql', given).pools.graphql?.instances[0]?.url).toBe(url);
  });

  it('keeps pools that only the caller knows', () => {
    const settings = settingsSchema.parse({ subgraphs: { a: { rest: './a', sources: { api: { url } } } } });
    const { pools } = optionsFor(settings)('a', 'rest', { other: [{ url: 'http://other', weight: 1 }] });
    expect(Object.keys(pools).sort()).toEqual(['api', 'other']);
  });

  it('is not confused by names that every object knows', () => {
    const options = optionsFor(settingsSchema.parse({}))('constructor', 'graphql', given);
    expect(options.timeoutMs).toBe(10_000);
  });
});
