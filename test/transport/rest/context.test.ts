import { Facts } from '../../../gateway/facts';
import { Flight } from '../../../gateway/flight';
import { IDENTITY } from '../../../gateway/identity';
import { CONNECTOR_CONTEXT } from '../../../gateway/transport/connector-context';
import type { SubgraphOptions } from '../../../gateway/transport/options';
import { compileReads } from '../../../gateway/transport/reads';
import { readConnectorsFromSdl } from '../../../gateway/transport/rest/connectors';
import { connectorContext } from '../../../gateway/transport/rest/context';
import { subgraphOptions } from '../../fixtures/federation';
import { adapterSdl, type RestAdapter, startRestAdapter } from '../../fixtures/rest-adapter';
import { answerJson } from '../../fixtures/scripted-server';

const SDL = adapterSdl(`
  type Query {
    a: ID @connect(source: "api", http: { GET: "/a", queryParams: "tenant: $context.tenant deep: $context.deep.x" }, selection: "$.id")
  }`);
const PLAIN = adapterSdl('type Query { a: ID @connect(source: "api", http: { GET: "/a" }, selection: "$.id") }');

function flightWith(context: Record<string, unknown> | null, claims: Record<string, unknown> = {}): Flight {
  const facts = new Facts({ facts: new Facts() } as never);
  if (context !== null) facts.put(CONNECTOR_CONTEXT, context);
  facts.put(IDENTITY, { type: 'jwt', claims, scopes: new Set<string>(), expiresAt: null, key: JSON.stringify(claims) });
  const now = performance.now();
  return new Flight({ headers: { 'x-tenant': 'header' }, facts }, { id: '', startedAt: now }, now + 60_000);
}

describe('$context', () => {
  let adapter: RestAdapter | undefined;
  afterEach(async () => {
    await adapter?.close();
    adapter = undefined;
  });

  async function sent(flight: Flight, sources: NonNullable<SubgraphOptions['sources']> = {}) {
    adapter = await startRestAdapter(SDL, answerJson({ id: 1 }), { subgraph: { sources } });
    const { errors } = await adapter.ask('{ a }', {}, flight);
    expect(errors).toEqual([]);
    return adapter.sent();
  }

  it('is empty where nobody knows anything', async () => {
    expect(await sent(flightWith(null))).toEqual(['GET /v1/a']);
  });

  it('has what plugins put there', async () => {
    expect(await sent(flightWith({ tenant: 'acme', deep: { x: 1 } }))).toEqual(['GET /v1/a?tenant=acme&deep=1']);
  });

  it('has what expressions of the source give, over what plugins put there', async () => {
    const context = { tenant: 'request.headers["x-tenant"]' };
    expect(await sent(flightWith({ tenant: 'acme', deep: { x: 1 } }), { api: { context } })).toEqual([
      'GET /v1/a?tenant=header&deep=1',
    ]);
  });

  it('has nothing under a name whose expression gives nothing', async () => {
    const context = { tenant: 'request.headers["x-none"]' };
    expect(await sent(flightWith({ tenant: 'acme' }), { api: { context } })).toEqual(['GET /v1/a']);
  });

  it('tells apart those who share work, and only where a mapping reads it', () => {
    const keyWith = (sdl: string, context: Record<string, unknown> | null, tenant = '') => {
      const options = {
        ...subgraphOptions('users', 'http://127.0.0.1:1/'),
        sources: { api: { context: { tenant: 'request.headers["x-tenant"]' } } },
      };
      const { reads } = connectorContext(options, readConnectorsFromSdl(sdl, 'users'));
      const facts = new Facts();
      if (context !== null) facts.put(CONNECTOR_CONTEXT, context);
      return compileReads(reads)({ headers: { 'x-tenant': tenant }, facts }).key;
    };
    expect(keyWith(SDL, { a: 1 })).toBe(keyWith(SDL, { a: 1 }));
    expect(keyWith(SDL, { a: 1 })).not.toBe(keyWith(SDL, { a: 2 }));
    expect(keyWith(SDL, { a: 1 })).not.toBe(keyWith(SDL, null));
    expect(keyWith(SDL, null, 'a')).not.toBe(keyWith(SDL, null, 'b'));
    expect(keyWith(PLAIN, { a: 1 }, 'a')).toBe(keyWith(PLAIN, { a: 2 }, 'b'));
  });
});
