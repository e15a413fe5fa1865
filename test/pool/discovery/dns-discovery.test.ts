import { openDnsDiscovery } from '../../../gateway/pool/discovery/dns-discovery';
import type { DnsOptions } from '../../../gateway/pool/discovery/options';
import { type DnsServer, startDnsServer } from '../../fixtures/dns-server';
import { watchedDiscoveries } from '../../fixtures/snapshots';

const NAME = 'products.internal';
const watched = watchedDiscoveries();
let server: DnsServer;

beforeEach(async () => {
  server = await startDnsServer();
});

afterEach(() => server.close());

function options(changes: Partial<DnsOptions> = {}): DnsOptions {
  const resolver = { servers: [server.address], timeoutMs: 20_000, ttlMsMin: 20, ttlMsMax: 60_000 };
  return { kind: 'dns', host: NAME, port: 4001, scheme: 'http', path: '/graphql', resolver, ...changes };
}

const open = (changes: Partial<DnsOptions> = {}) => watched((report) => openDnsDiscovery(options(changes), report));

describe('openDnsDiscovery', () => {
  it('connects by address and keeps the name as Host and in TLS', async () => {
    server.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 60 });
    const { endpoints, complete } = await open({ scheme: 'https', port: 443 }).next();
    expect(complete).toBe(true);
    expect(endpoints).toEqual([
      {
        url: 'https://127.0.0.2/graphql',
        weight: 1,
        zone: null,
        tier: 'primary',
        hostHeader: NAME,
        servername: NAME,
      },
    ]);
  });

  it('asks again when the TTL is over and not before', async () => {
    server.set('A', NAME, { addresses: ['127.0.0.2', '127.0.0.3'], ttl: 1 });
    const source = open();
    expect(await source.urls()).toEqual(['http://127.0.0.2:4001/graphql', 'http://127.0.0.3:4001/graphql']);
    server.set('A', NAME, { addresses: ['127.0.0.3', '127.0.0.4'], ttl: 60 });
    expect(await source.urls()).toEqual(['http://127.0.0.3:4001/graphql', 'http://127.0.0.4:4001/graphql']);
    const [first = 0, second = 0, ...more] = server.askedMs.filter((_, at) => server.asked[at] === `A ${NAME}`);
    // The TTL begins after the first question: what holds the machine up makes it longer only. A timer may be a millisecond early.
    expect(second - first).toBeGreaterThan(950);
    expect(more).toEqual([]);
  });

  it('takes IPv6 addresses when there are no others', async () => {
    server.set('AAAA', NAME, { addresses: ['::1'], ttl: 60 });
    expect(await open().urls()).toEqual(['http://[::1]:4001/graphql']);
  });

  it('counts a server of both families once', async () => {
    server.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 60 });
    server.set('AAAA', NAME, { addresses: ['::1'], ttl: 60 });
    expect(await open().urls()).toEqual(['http://127.0.0.2:4001/graphql']);
  });

  it.each(['servfail', 'silent'] as const)('yields nothing for %s, says so, and recovers', async (failure) => {
    server.set('A', NAME, failure);
    const source = open({ resolver: { ...options().resolver, timeoutMs: failure === 'silent' ? 100 : 20_000 } });
    expect(await source.reports.take()).toMatch(/ESERVFAIL|ETIMEOUT/);
    server.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 60 });
    expect(await source.urls()).toEqual(['http://127.0.0.2:4001/graphql']);
    // With little time for an answer there may be further failures before.
    while ((await source.reports.take()) !== null);
  });

  it.each(['nxdomain', { addresses: [], ttl: 60 }] as const)('answers %j with an empty list', async (nothing) => {
    server.set('A', NAME, nothing);
    server.set('AAAA', NAME, nothing);
    expect(await open().next()).toMatchObject({ endpoints: [], complete: true });
  });

  it('does not wait for a server that never answers for IPv6', async () => {
    server.set('A', NAME, { addresses: ['127.0.0.2'], ttl: 1 });
    server.set('AAAA', NAME, 'silent');
    const source = open();
    expect(await source.urls()).toEqual(['http://127.0.0.2:4001/graphql']);
    expect(await source.urls()).toEqual(['http://127.0.0.2:4001/graphql']);
  });

  it('does not take the answer of one family for both when the other fails', async () => {
    server.set('AAAA', NAME, { addresses: ['::1'], ttl: 60 });
    server.set('A', NAME, 'servfail');
    expect(await open().reports.take()).toMatch(/ESERVFAIL/);
  });

  it('asks nobody for what is an address already', async () => {
    expect(await open({ host: '127.0.0.9' }).urls()).toEqual(['http://127.0.0.9:4001/graphql']);
    expect(server.asked).toEqual([]);
  });
});
