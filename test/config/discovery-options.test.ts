import { settingsSchema } from '../../gateway/config/settings';
import { namedSubgraphs, optionsFor } from '../../gateway/config/subgraph-options';

const url = 'https://products.example/api/graphql';

function pool(subgraph: object, others: object = {}, key = 'graphql') {
  const settings = settingsSchema.parse({ subgraphs: { products: subgraph }, ...others });
  return namedSubgraphs(settings).get('products')?.pools[key];
}

describe('discovery of a pool', () => {
  it('is absent when the file lists the instances', () => {
    expect(pool({ url })?.discovery).toBeUndefined();
  });

  it('asks the servers of the file for dns, with scheme and path of the url', () => {
    const discovery = { dns: { servers: ['10.0.0.2:53'], max_ttl: '30s' } };
    expect(pool({ url, discovery: { dns: 'products.internal:4001' } }, { discovery })).toMatchObject({
      instances: [{ url }],
      discovery: {
        listed: 'stand-in',
        source: {
          kind: 'dns',
          host: 'products.internal',
          port: 4001,
          scheme: 'https',
          path: '/api/graphql',
          resolver: { servers: ['10.0.0.2:53'], timeoutMs: 1000, ttlMsMin: 1000, ttlMsMax: 30_000 },
        },
      },
    });
  });

  it('needs no url', () => {
    expect(pool({ discovery: { dns: '[fd00::1]:4001' } })).toMatchObject({
      instances: [],
      discovery: { source: { host: 'fd00::1', scheme: 'http', path: '/graphql' } },
    });
  });

  it('takes scheme and path of its own before those of the url', () => {
    const discovery = { dns_srv: '_graphql._tcp.products.internal', scheme: 'http', path: '/q' };
    expect(pool({ url, discovery })?.discovery?.source).toMatchObject({ kind: 'dns_srv', scheme: 'http', path: '/q' });
  });

  it('keeps listed instances as members', () => {
    const given = { instances: [{ url }], discovery: { kubernetes: { service: 'products', port: 'http' } } };
    expect(pool(given)?.discovery).toMatchObject({
      listed: 'members',
      source: { kind: 'kubernetes', service: 'products', namespace: null, port: 'http', api: null },
    });
  });

  it('gives the sources of a REST subgraph no path', () => {
    const given = { rest: './a', sources: { api: { discovery: { dns: 'inventory.internal:80' } } } };
    const settings = settingsSchema.parse({ subgraphs: { products: given } });
    const options = optionsFor(settings)('products', 'rest', { api: [{ url: 'http://127.0.0.1:4010', weight: 1 }] });
    expect(options.pools.api).toMatchObject({
      name: 'products/api',
      instances: [{ url: 'http://127.0.0.1:4010' }],
      discovery: { listed: 'stand-in', source: { kind: 'dns', path: '' } },
    });
  });

  it('lets instances register themselves wherever the supergraph comes from the registry', () => {
    const settings = settingsSchema.parse({ supergraph: { source: 'registry' } });
    const options = optionsFor(settings)('reviews', 'graphql', { graphql: [{ url, weight: 1 }] });
    expect(options.pools.graphql).toMatchObject({
      instances: [{ url }],
      discovery: { listed: 'members', source: { kind: 'registry' } },
    });
  });

  it.each([['10.0.0.2'], ['fd00::2'], ['[fd00::2]:5353']])('knows the DNS server %s', (server) => {
    expect(settingsSchema.safeParse({ discovery: { dns: { servers: [server] } } }).success).toBe(true);
  });

  it.each([['ns.internal'], ['10.0.0.2:0'], ['10.0.0.2:99999']])('refuses the DNS server %s', (server) => {
    const { error } = settingsSchema.safeParse({ discovery: { dns: { servers: [server] } } });
    expect(error?.issues[0]?.message).toContain('expected the address of a DNS server');
  });
});
