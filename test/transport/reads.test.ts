import fc from 'fast-check';
import { type Fact, Facts } from '../../gateway/facts';
import type { PoolOptions } from '../../gateway/pool/options';
import { compileRequestHeaders } from '../../gateway/transport/headers';
import { GRAPHQL_POOL, type HeaderRule, type SubgraphOptions } from '../../gateway/transport/options';
import { allReads, compileReads, NO_READS, readsOf } from '../../gateway/transport/reads';
import { readConnectorsFromSdl } from '../../gateway/transport/rest/connectors';
import { headerUses, readsOfUses } from '../../gateway/transport/rest/reads';
import { subgraphOptions } from '../fixtures/federation';
import { poolOptions } from '../fixtures/pool-options';
import { adapterSdl } from '../fixtures/rest-adapter';

type Headers = Record<string, string | string[]>;

function subgraph(options: Partial<SubgraphOptions>): SubgraphOptions {
  return { ...subgraphOptions('products', 'http://127.0.0.1:1/'), ...options };
}

function look(options: Partial<SubgraphOptions>, headers: Headers) {
  return compileReads(readsOf(subgraph(options)))({ headers, facts: new Facts() });
}

const PROPAGATE = { kind: 'propagate', named: 'Authorization', rename: null, default: null } as const;

describe('what an operation sees of a call', () => {
  it('is nothing where no header is read', () => {
    expect(look({}, { authorization: 'a' })).toMatchObject({ headers: {}, key: '' });
  });

  it('is each header that is forwarded, and no other', () => {
    const seen = look({ requestHeaders: [PROPAGATE] }, { authorization: 'a', traceparent: '1' });
    expect(seen.headers).toEqual({ authorization: 'a' });
  });

  it('is each header that chooses an instance', () => {
    const hashed = (hashHeader: string, policy: PoolOptions['policy']) => ({
      pools: { [GRAPHQL_POOL]: poolOptions([], { policy, hashHeader }) },
    });
    expect(look(hashed('x-tenant', 'hash'), { 'x-tenant': 'a' }).headers).toEqual({ 'x-tenant': 'a' });
    expect(look(hashed('x-tenant', 'adaptive'), { 'x-tenant': 'a' }).headers).toEqual({});
  });

  it('is nothing that the client declares to be of its connection', () => {
    const requestHeaders = [{ kind: 'propagate-matching', matching: /^x-/ }] as const;
    const headers = { connection: 'keep-alive, X-B', 'x-a': '1', 'x-b': '2' };
    expect(look({ requestHeaders }, headers).headers).toEqual({ 'x-a': '1' });
  });

  it('has no key where headers of answers go to the client', () => {
    expect(look({ responseHeaders: [{ named: 'set-cookie', algorithm: 'append' }] }, {}).key).toBeNull();
  });
});

describe('what a REST adapter asks for', () => {
  const readsOfField = (connect: string) =>
    readsOfUses(
      headerUses(
        readConnectorsFromSdl(adapterSdl(`type Query { me: String @connect(source: "api", ${connect}) }`), 'users'),
      ),
    );

  it.each([
    ['nothing', 'http: { GET: "/me" }, selection: "$.id"', []],
    [
      'what it takes over',
      'http: { GET: "/me", headers: [{ name: "a", from: "X-From" }] }, selection: "$.id"',
      ['x-from'],
    ],
    ['a part of a URL', `http: { GET: "/{$request.headers.'x-client'->first}" }, selection: "$.id"`, ['x-client']],
    ['a value', `http: { GET: "/me" }, selection: "$request.headers.'x-client'->first"`, ['x-client']],
  ])('are the headers of %s', (_what, connect, headers) => {
    expect(readsOfField(connect)).toEqual({ ...NO_READS, headers });
  });

  it('is every header where nobody knows which', () => {
    const { matching } = readsOfField('http: { GET: "/me" }, selection: "$request.headers->entries->first.key"');
    expect(matching.some((pattern) => pattern.test('x-any'))).toBe(true);
  });
});

describe('for any rules and any requests', () => {
  const name = fc.constantFrom('authorization', 'x-a', 'x-b', 'x-ab', 'cookie', 'traceparent', 'connection');
  const value = fc.oneof(
    fc.string(),
    fc.array(fc.string(), { maxLength: 2 }),
    fc.constantFrom('x-a', '=', '["x"]', '1:x'),
  );
  const headers = fc.dictionary(name, value, { noNullPrototype: true }).map((all): Headers => {
    const { connection, ...rest } = all;
    return typeof connection === 'string' ? { ...rest, connection } : rest;
  });
  const rule: fc.Arbitrary<HeaderRule> = fc.oneof(
    fc
      .record({
        kind: fc.constant('propagate' as const),
        named: name,
        rename: fc.option(name.filter((one) => one !== 'connection')),
        default: fc.constant(null),
      })
      .filter(({ named, rename }) => (rename ?? named) !== 'connection'),
    fc.constantFrom(/^x-/, /b$/, /oo/).map((matching) => ({ kind: 'propagate-matching' as const, matching })),
    name.map((named) => ({ kind: 'remove' as const, named })),
  );
  const tenant: Fact<string> = { name: 'tenant', keyOf: (text) => text };
  const call = fc.record({ headers, tenant: fc.option(fc.string({ maxLength: 2 })) }).map((given) => {
    const facts = new Facts();
    if (given.tenant !== null) facts.put(tenant, given.tenant);
    return { headers: given.headers, facts };
  });

  it('subgraphs get of what is seen what they get of all, and two share work exactly when they look the same', () => {
    let shared = 0;
    fc.assert(
      fc.property(
        fc.array(rule, { maxLength: 4 }),
        fc.boolean(),
        call,
        call,
        (requestHeaders, readsTenant, one, other) => {
          const all = allReads([
            readsOf(subgraph({ requestHeaders })),
            { ...NO_READS, facts: readsTenant ? [tenant] : [] },
          ]);
          const see = compileReads(all);
          const outgoing = compileRequestHeaders(requestHeaders);
          const [mine, theirs] = [see(one), see(other)];
          const ofConnection = String(one.headers.connection ?? '')
            .toLowerCase()
            .split(',')
            .map((text) => text.trim());
          const forwardable = Object.entries(one.headers).filter(([header]) => !ofConnection.includes(header));
          expect(outgoing(mine.headers)).toEqual(outgoing(Object.fromEntries(forwardable)));
          expect(mine.facts.get(tenant)).toBe(readsTenant ? one.facts.get(tenant) : undefined);
          const isSame = (text: unknown) => JSON.stringify(text);
          const looksSame =
            isSame(Object.entries(mine.headers)) === isSame(Object.entries(theirs.headers)) &&
            mine.facts.get(tenant) === theirs.facts.get(tenant);
          expect(mine.key === theirs.key).toBe(looksSame);
          if (looksSame && Object.keys(mine.headers).length > 0) shared += 1;
        },
      ),
      { numRuns: 2_000, examples: [] },
    );
    // Most pairs differ: those that share must have been among them.
    expect(shared).toBeGreaterThan(0);
  });
});
