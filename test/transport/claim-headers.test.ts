import { Facts } from '../../gateway/facts';
import { Flight } from '../../gateway/flight';
import { claimFact, IDENTITY } from '../../gateway/identity';
import type { SubgraphOptions } from '../../gateway/transport/options';
import { compileReads, readsOf } from '../../gateway/transport/reads';
import { FETCH_KINDS, type FetchedSubgraph, hostFlight, startFetched } from '../fixtures/fetch-kinds';
import { fetchRequest } from '../fixtures/fetches';
import { answerJson } from '../fixtures/scripted-server';

const CLAIMS = ['sub', 'team', 'roles', 'admin'].map((name) => ({ header: `x-${name}`, fact: claimFact(name) }));

/** A call of somebody with these claims; null: nobody is known. */
function callOf(claims: Record<string, unknown> | null, headers: Flight['headers'] = {}) {
  const call = { method: 'POST', path: '', search: '', headers, remoteAddress: undefined, operation: null };
  const facts: Facts = new Facts({
    ...call,
    get facts() {
      return facts;
    },
  });
  if (claims !== null)
    facts.put(IDENTITY, { type: 'jwt', claims, scopes: new Set<string>(), expiresAt: null, key: 'k' });
  return { headers, facts };
}

function options(changes: Partial<SubgraphOptions> = {}): SubgraphOptions {
  const limits = { timeoutMs: 1, responseBytesMax: 1, responseDepthMax: 1 };
  return {
    name: 'a',
    kind: 'graphql',
    ...limits,
    deduplicate: true,
    requestHeaders: [],
    responseHeaders: [],
    pools: {},
    claims: CLAIMS,
    ...changes,
  };
}

function flightOf(claims: Record<string, unknown> | null, headers: Flight['headers'] = {}): Flight {
  const { deadlineAt, facts: hostFacts } = hostFlight(headers);
  const { facts } = callOf(claims, headers);
  const both = { get: (fact: never) => hostFacts.get(fact) ?? facts.get(fact) } as Flight['facts'];
  return new Flight({ headers, facts: both }, { id: '', startedAt: performance.now() }, deadlineAt);
}

describe.each(FETCH_KINDS.filter((kind) => kind !== 'a data source'))('a fetch over %s', (kind) => {
  let subgraph: FetchedSubgraph;
  afterEach(() => subgraph.close());

  async function received(
    claims: Record<string, unknown> | null,
    changes: Partial<SubgraphOptions> = {},
    headers: Flight['headers'] = {},
  ) {
    subgraph = await startFetched(kind, answerJson({ data: { a: 1 } }), { claims: CLAIMS, ...changes });
    await subgraph.fetch(fetchRequest({ operation: 'query Q { a }' }), flightOf(claims, headers));
    return subgraph.server.received[0]?.headers ?? {};
  }

  it('tells claims', async () => {
    const claims = { sub: 'ada', team: { name: 'Motörhead\n' }, roles: ['a', 'b'], admin: false };
    expect(await received(claims)).toMatchObject({
      'x-sub': 'ada',
      'x-team': '{"name":"Mot\\u00f6rhead\\n"}',
      'x-roles': '["a","b"]',
      'x-admin': 'false',
    });
  });

  it.each([[null], [{}], [{ sub: null }], [{ sub: 'a\r\nx-admin: true' }], [{ sub: '日本' }]])(
    'tells of %j that there is none',
    async (claims) => {
      expect(await received(claims)).toMatchObject({ 'x-sub': '', 'x-admin': '' });
    },
  );

  it('lets nobody else say what a claim says', async () => {
    const matching = { kind: 'propagate-matching', matching: /^x/ } as const;
    const insert = { kind: 'insert', name: 'x-team', value: 'inserted' } as const;
    const sent = { 'x-sub': 'root', x_sub: 'root', 'x-other': 'kept', x_admin: 'true' };
    const headers = await received(null, { requestHeaders: [matching, insert] }, sent);
    expect(headers).toMatchObject({ 'x-sub': '', 'x-admin': '', 'x-team': '', 'x-other': 'kept' });
    expect([headers.x_sub, headers.x_admin]).toEqual([undefined, undefined]);
  });
});

describe('work that a claim is told in', () => {
  const look = compileReads(readsOf(options()));
  const keyOf = (claims: Record<string, unknown> | null) => look(callOf(claims)).key;

  it('is shared by those only whose claims are equal', () => {
    const claims = { sub: 'ada', roles: ['a'], unread: 1 };
    expect(keyOf(claims)).toBe(keyOf({ ...claims, unread: 2 }));
    const keys = [null, claims, { ...claims, sub: 'bob' }, { ...claims, roles: ['b'] }, { sub: '' }, { sub: null }].map(
      keyOf,
    );
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('sees those, and no other fact', () => {
    const { facts } = look(callOf({ sub: 'ada', other: 'x' }));
    expect([facts.get(CLAIMS[0]?.fact ?? IDENTITY), facts.get(IDENTITY)]).toEqual(['ada', undefined]);
  });
});
