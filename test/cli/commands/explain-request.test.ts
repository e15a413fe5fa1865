import { join } from 'node:path';
import { createHealth } from '../../../gateway/http/health';
import type { Listener } from '../../../gateway/http/listener';
import { poolRoutes } from '../../../gateway/http/routes/pools';
import { createAdminListener } from '../../../gateway/listeners/admin';
import { packageRoot } from '../../../gateway/package-root';
import { createPools, type Pools } from '../../../gateway/transport/pools';
import { configFolders } from '../../fixtures/config-folder';
import { runHeadgate } from '../../fixtures/headgate-process';
import { instance, poolOptions } from '../../fixtures/pool-options';

const SUPERGRAPH = join(packageRoot, 'test', 'bench', 'federation', 'supergraph.graphql');
const CONFIG = `
supergraph: { source: file, path: "${SUPERGRAPH}" }
subgraphs:
  products:
    instances:
      - { url: "http://10.0.0.1:4001/", tags: { version: v1 } }
      - { url: "http://10.0.0.2:4001/", tags: { version: v2 } }
routing:
  - { name: testers, subgraphs: [products], when: 'request.headers["x-canary"] == "1"', instances: { tags: { version: v2 } } }
  - { name: shadow, subgraphs: [reviews], percent: 5, mirror: { tags: { version: v2 } } }
headers: { subgraphs: { products: { request: [ { insert: { name: x-user, expression: request.auth.claims.sub } } ] } } }
rate_limit: { policies: [ { name: queries, when: 'operation.type == "query"', rate: 5 } ] }
authorization: { policies: { staff: '"staff" in request.auth.scopes' } }
`;
const QUERY = 'query Top { topProducts { name reviews { body } } }';

describe('headgate explain-request', () => {
  const configFolder = configFolders();
  let pools: Pools;
  let listener: Listener;
  let admin: string;

  beforeAll(async () => {
    pools = createPools();
    const two = [1, 2].map((n) => instance(`http://10.0.0.${n}:4001/`, { tags: { version: `v${n}` } }));
    pools.sync([poolOptions(two, { name: 'products' })]);
    listener = createAdminListener({
      options: { listen: { host: '127.0.0.1', port: 0 }, token: null, requestBytesMax: 10_000 },
      health: createHealth(() => true),
      routes: poolRoutes(() => pools.views()),
    });
    admin = (await listener.listen()).url;
  });
  afterAll(async () => {
    await listener.close();
    await pools.close(0);
  });

  const explain = (...args: string[]) => {
    const config = configFolder().write('gateway.yaml', CONFIG);
    return runHeadgate(['explain-request', '--config', config, ...args]);
  };

  it('prints for each fetch its rule, its headers, and who may be asked', async () => {
    const { code, stdout } = await explain(
      ...['-q', QUERY, '-H', 'X-Canary: 1', '--claims', '{"sub":"anna"}', '--scopes', 'staff', '--draw', '1'],
      ...['--offline'],
    );
    expect(code).toBe(0);
    expect(stdout).toContain(`rate limits  queries
policies     staff holds
1  products
   rule         testers: version=v2; all are asked while none is well
   headers      x-user: anna
   pool         products, adaptive
   may be asked 10.0.0.2:4001: listed, in the configuration
   is not       10.0.0.1:4001: version=v1
2  reviews, after 1
   rule         none: any instance
   copied by    shadow
   headers      none
`);
  });

  it('asks the running gateway how instances are', async () => {
    pools.get('products').override('10.0.0.2:4001', { action: 'drain', ttlMs: null, reason: 'old', actor: 'test' });
    const args = ['-q', QUERY, '-H', 'x-canary: 1', '--admin', admin, '--format', 'json'];
    const { data } = JSON.parse((await explain(...args)).stdout);
    expect(data).toMatchObject({ rate_limits: ['queries'], policies: { staff: false } });
    expect(data.fetches[0]).toMatchObject({
      subgraph: 'products',
      rule: 'testers',
      headers: {},
      pools: [
        {
          pool: 'products',
          fallsBack: true,
          instances: [{ id: '10.0.0.1:4001', why: expect.stringMatching(/^healthy, /) }],
          passedOver: [{ id: '10.0.0.2:4001', why: 'draining, drained: old (test)' }],
        },
      ],
    });
    expect(data.fetches[1]).toMatchObject({ subgraph: 'reviews', mirror: null });
  });

  it('shows what is listed when no gateway runs', async () => {
    const { code, stdout, stderr } = await explain('-q', QUERY, '--admin', 'http://127.0.0.1:1');
    expect(code).toBe(0);
    expect(stderr).toMatch(/how instances are is not known: .*127.0.0.1:1/);
    expect(stdout).toContain('   rule         none: any instance\n');
  });

  it.each([
    [['-q', '{ nothing }'], 1, /--query:1:3 Cannot query field "nothing"/],
    [['-q', QUERY, '-H', 'x-canary'], 3, /--header "x-canary" is none; give "name: value"/],
    [[], 3, /give the operation/],
  ])('refuses %j', async (args, exit, message) => {
    const { code, stderr } = await explain('--offline', ...args);
    expect(stderr).toMatch(message);
    expect(code).toBe(exit);
  });
});
