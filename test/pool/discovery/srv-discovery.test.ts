import type { SrvOptions } from '../../../gateway/pool/discovery/options';
import { openSrvDiscovery } from '../../../gateway/pool/discovery/srv-discovery';
import { type DnsServer, type DnsService, startDnsServer } from '../../fixtures/dns-server';
import { watchedDiscoveries } from '../../fixtures/snapshots';

const NAME = '_graphql._tcp.accounts.internal';
const watched = watchedDiscoveries();
let server: DnsServer;

beforeEach(async () => {
  server = await startDnsServer();
  server.set('A', 'a.internal', { addresses: ['127.0.0.2'], ttl: 1 });
  server.set('A', 'b.internal', { addresses: ['127.0.0.3'], ttl: 1 });
});

afterEach(() => server.close());

const service = (target: string, changes: Partial<DnsService> = {}): DnsService => ({
  priority: 10,
  weight: 5,
  port: 4001,
  target,
  ...changes,
});

function open() {
  const resolver = { servers: [server.address], timeoutMs: 20_000, ttlMsMin: 20, ttlMsMax: 60_000 };
  const options: SrvOptions = { kind: 'dns_srv', name: NAME, scheme: 'http', path: '/graphql', resolver };
  return watched((report) => openSrvDiscovery(options, report));
}

describe('openSrvDiscovery', () => {
  it('takes port, weight and priority from the records', async () => {
    const services = [service('a.internal'), service('b.internal', { priority: 20, weight: 0, port: 4002 })];
    server.set('SRV', NAME, { services, ttl: 60 });
    const { endpoints } = await open().next();
    expect(endpoints).toMatchObject([
      { url: 'http://127.0.0.2:4001/graphql', weight: 5, tier: 'primary', hostHeader: 'a.internal:4001' },
      { url: 'http://127.0.0.3:4002/graphql', weight: 1, tier: 'backup', hostHeader: 'b.internal:4002' },
    ]);
  });

  it('divides the weight of a target among its addresses', async () => {
    server.set('A', 'a.internal', { addresses: ['127.0.0.2', '127.0.0.4'], ttl: 60 });
    server.set('SRV', NAME, { services: [service('a.internal', { weight: 6 })], ttl: 60 });
    expect((await open().next()).endpoints.map(({ weight }) => weight)).toEqual([3, 3]);
  });

  it('says that its answer is incomplete when a target cannot be resolved', async () => {
    server.set('A', 'b.internal', 'servfail');
    server.set('SRV', NAME, { services: [service('a.internal'), service('b.internal')], ttl: 60 });
    const { endpoints, complete } = await open().next();
    expect(endpoints.map(({ url }) => url)).toEqual(['http://127.0.0.2:4001/graphql']);
    expect(complete).toBe(false);
  });

  it('follows records that change', async () => {
    server.set('SRV', NAME, { services: [service('a.internal')], ttl: 1 });
    const source = open();
    expect(await source.urls()).toEqual(['http://127.0.0.2:4001/graphql']);
    server.set('SRV', NAME, { services: [service('b.internal')], ttl: 1 });
    expect(await source.urls()).toEqual(['http://127.0.0.3:4001/graphql']);
  });

  it('knows that a single dot means no service', async () => {
    server.set('SRV', NAME, { services: [service('.')], ttl: 60 });
    expect(await open().next()).toMatchObject({ endpoints: [], complete: true });
  });

  it('reports a server that fails', async () => {
    server.set('SRV', NAME, 'servfail');
    expect(await open().reports.take()).toMatch(/ESERVFAIL/);
  });
});
