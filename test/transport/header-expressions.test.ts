import { ReceivedCall } from '../../gateway/call';
import { Flight } from '../../gateway/flight';
import { IDENTITY } from '../../gateway/identity';
import type { SubgraphOptions } from '../../gateway/transport/options';
import { compileReads, readsOf } from '../../gateway/transport/reads';
import { startFetched } from '../fixtures/fetch-kinds';
import { fetchRequest } from '../fixtures/fetches';
import { answerJson } from '../fixtures/scripted-server';

const RULES: Pick<SubgraphOptions, 'requestHeaders' | 'responseHeaders'> = {
  requestHeaders: [
    { kind: 'propagate-matching', matching: /^x-/ },
    { kind: 'insert', name: 'x-user', expression: 'request.auth.claims.sub' },
    { kind: 'insert', name: 'x-to', expression: 'subgraph.name', when: 'request.headers["x-a"] == "1"' },
  ],
  responseHeaders: [
    { insert: 'x-tag', expression: 'response.headers.etag + " of " + request.auth.claims.sub', algorithm: 'last' },
    { insert: 'x-failed', value: 'yes', algorithm: 'last', when: 'response.status >= 500' },
  ],
};

function flightFor(claims: Record<string, unknown>, headers: Record<string, string>): Flight {
  const call = new ReceivedCall(headers);
  call.facts.put(IDENTITY, { type: 'jwt', claims, scopes: new Set<string>(), expiresAt: null, key: 'k' });
  const reads = readsOf({ ...RULES, name: 'products', pools: {} } as never);
  const now = performance.now();
  return new Flight(compileReads(reads)(call), { id: '', startedAt: now }, now + 60_000);
}

describe.each(['a pool', 'a REST adapter'] as const)('header rules with expressions over %s', (kind) => {
  it('reach the subgraph, and the client from its answer', async () => {
    const {
      server,
      fetch: ask,
      close,
    } = await startFetched(kind, answerJson({ data: { a: 1 } }, 200, { etag: 'e1' }), RULES);
    const flight = flightFor({ sub: 'anna' }, { 'x-a': '1', 'x-user': 'root' });
    await ask(fetchRequest(), flight);
    expect(server.received[0]?.headers).toMatchObject({ 'x-a': '1', 'x-user': 'anna', 'x-to': 'products' });
    expect(Object.fromEntries(flight.answerHeaders)).toEqual({ 'x-tag': ['e1 of anna'] });
    Object.assign(server, { script: answerJson({ data: { a: 1 } }, 500) });
    const other = flightFor({}, { 'x-user': 'root' });
    await Promise.resolve(ask(fetchRequest(), other)).catch(() => undefined);
    expect(server.received[1]?.headers).not.toHaveProperty('x-user');
    expect(server.received[1]?.headers).not.toHaveProperty('x-to');
    expect(Object.fromEntries(other.answerHeaders)).toEqual({ 'x-failed': ['yes'] });
    await close();
  });
});
