import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { configJsonSchema, type JsonSchema } from '../../gateway/config/json-schema';
import { loadConfig } from '../../gateway/config/load';
import { configFolders } from '../fixtures/config-folder';

const GATEWAY = join(__dirname, '..', '..', '..', 'gateway');

/** Keys of a pool, which stand in three scopes. */
const POOL = String.raw`^(traffic_shaping\.(all|subgraphs\.\*)|subgraphs\.\*\.sources\.\*)\.`;
const WHERE = String.raw`^subgraphs\.\*\.(sources\.\*\.)?`;

/** Where the value of each key is read: a pattern of dotted paths, a file, and what the file says (the last key when absent). */
const PLACES: readonly (readonly [path: string, file: string, says?: string])[] = [
  [
    String.raw`^server\.(http2|h2c|workers|drain_timeout|response_codes|max_connections|trusted_proxies|proxy_protocol|listen|socket_mode|path)$`,
    'config/build-config.ts',
  ],
  [String.raw`^admin\.(listen|token|request_bytes)$`, 'config/build-config.ts'],
  [String.raw`^(admin|authentication\.api_keys)\.keys\.\[\]\.(name|sha256|scopes|expires)$`, 'config/hashed-keys.ts'],
  [String.raw`^audit\.`, 'config/build-config.ts'],
  [String.raw`^supergraph\.source$`, 'config/source.ts'],
  [String.raw`^supergraph\.(path|checkpoint)$`, 'config/supergraph-options.ts'],
  [String.raw`^subgraphs\.\*\.(schema\.(file|introspect)|rest)$`, 'config/supergraph-options.ts'],
  [`${WHERE}url$`, 'config/pool-options.ts'],
  [String.raw`${WHERE}instances\.\[\]\.(url|weight|zone|tier)$`, 'config/pool-options.ts'],
  [String.raw`${WHERE}instances\.\[\]\.tags\.\*$`, 'config/pool-options.ts', 'tags'],
  [String.raw`${WHERE}discovery\.dns$`, 'config/discovery-options.ts'],
  [String.raw`${WHERE}discovery\.(dns_srv|registry|scheme|path)$`, 'config/discovery-options.ts'],
  [String.raw`${WHERE}discovery\.kubernetes\.(service|namespace|port)$`, 'config/discovery-options.ts'],
  [String.raw`^subgraphs\.\*\.sources\.\*\.env$`, 'config/subgraph-options.ts'],
  [String.raw`^subgraphs\.\*\.sources\.\*\.cache\.(enabled|max_bytes|key_headers)$`, 'config/source-options.ts'],
  [String.raw`^subgraphs\.\*\.sources\.\*\.context\.\*$`, 'config/source-options.ts', 'context'],
  [String.raw`^subgraphs\.\*\.sources\.\*\.config\.\*$`, 'config/source-options.ts', 'config'],
  [
    String.raw`^subgraphs\.\*\.sources\.\*\.(timeout|limits\.response_(bytes|depth)|safe_posts|idempotency_key\.header)$`,
    'config/source-options.ts',
  ],
  [String.raw`${POOL}load_balancing\.(policy|slow_start|locality|panic_threshold|zone)$`, 'config/pool-options.ts'],
  [String.raw`${POOL}load_balancing\.adaptive_weights\.enabled$`, 'config/pool-options.ts'],
  [String.raw`${POOL}load_balancing\.hash\.(header|variable)$`, 'config/pool-options.ts'],
  [
    String.raw`${POOL}health_check\.(path|interval|timeout|unhealthy_threshold|healthy_threshold)$`,
    'config/pool-options.ts',
  ],
  [String.raw`${POOL}health_check\.graphql$`, 'config/pool-scope.ts'],
  [String.raw`${POOL}outlier_detection\.`, 'config/pool-options.ts'],
  [
    String.raw`${POOL}retry\.(max_attempts|on|interval|max_interval|budget\.ratio|budget\.min_per_second)$`,
    'config/pool-options.ts',
  ],
  [String.raw`${POOL}retry\.mutations$`, 'config/sections/shaping/retry.ts', 'only false is possible'],
  [String.raw`${POOL}hedge\.(after|max|enabled)$`, 'config/pool-options.ts'],
  [String.raw`${POOL}concurrency\.(max|queue|adaptive)$`, 'config/pool-options.ts', 'scope.concurrency'],
  [String.raw`${POOL}pool\.(connections|idle_timeout)$`, 'config/pool-options.ts'],
  [String.raw`${POOL}tls\.(ca|cert|key)$`, 'config/pool-options.ts'],
  [
    String.raw`^traffic_shaping\.(all|subgraphs\.\*)\.(timeout|deduplicate|limits\.response_(bytes|depth))$`,
    'config/subgraph-options.ts',
  ],
  [String.raw`^traffic_shaping\.router\.(timeout|deduplicate|max_concurrency)$`, 'config/build-config.ts'],
  [String.raw`^discovery\.addresses\.(deny|allow)$`, 'config/build-config.ts', 'discovery.addresses'],
  [String.raw`^discovery\.checkpoint$`, 'config/build-config.ts'],
  [String.raw`^discovery\.dns\.(servers|timeout|min_ttl|max_ttl)$`, 'config/discovery-options.ts'],
  [String.raw`^discovery\.kubernetes\.(api|service_account)$`, 'config/discovery-options.ts'],
  [String.raw`^headers\.(all|subgraphs\.\*)\.request\.\[\]\.insert\.`, 'config/header-rules.ts', '...insert'],
  [String.raw`^headers\.(all|subgraphs\.\*)\.response\.\[\]\.insert\.`, 'config/header-rules.ts', '...made'],
  [String.raw`^headers\.(all|subgraphs\.\*)\.response\.\[\]\.when$`, 'config/header-rules.ts'],
  [String.raw`\.auth\.(client_credentials|token_exchange)\.`, 'config/token-options.ts'],
  [String.raw`^headers\.(all|subgraphs\.\*)\.request\.`, 'config/header-rules.ts'],
  [String.raw`^headers\.(all|subgraphs\.\*)\.response\.\[\]\.propagate\.`, 'config/header-rules.ts', 'propagate'],
  [String.raw`^error_masking\.(all|subgraphs\.\*)\.(redact|allow_extensions)$`, 'config/subgraph-options.ts'],
  [String.raw`^routing\.\[\]\.(name|subgraphs|when|percent|sticky)$`, 'config/routing-rules.ts'],
  [String.raw`^routing\.\[\]\.instances\.fallback$`, 'config/routing-rules.ts', '...instances'],
  [String.raw`^routing\.\[\]\.instances\.tags\.\*$`, 'config/routing-rules.ts', '...instances'],
  [String.raw`^routing\.\[\]\.mirror\.tags\.\*$`, 'config/routing-rules.ts', '...mirror'],
  [String.raw`^limits\.mode$`, 'config/limit-options.ts'],
  [String.raw`^limits\.(max_\w+|(answer|expanded|plan)_bytes)\.(value|mode)$`, 'config/limit-options.ts'],
  [String.raw`^limits\.request_bytes$`, 'config/build-config.ts'],
  [String.raw`^planning\.(deadline|queue|cache|max_fetches|override_header|workers)$`, 'config/build-config.ts'],
  [String.raw`^planning\.override_labels\.\*$`, 'config/build-config.ts', 'override_labels'],
  [String.raw`^memory\.(kept|under_way)_bytes$`, 'config/build-config.ts'],
  [String.raw`^(graphiql|introspection)\.enabled$|^graphiql\.default_query$`, 'config/build-config.ts'],
  [String.raw`^query_plan\.expose$`, 'config/build-config.ts'],
  [String.raw`^log\.(level|format)$`, 'observability/log.ts'],
  [String.raw`^registry\.directory$`, 'supergraph-provider.ts'],
  [String.raw`^registry\.retention\.revisions$`, 'config/build-config.ts', 'retention.revisions'],
  [String.raw`^registry\.retention\.age$`, 'config/build-config.ts', 'retention.age'],
  [String.raw`^store\.kind$`, 'config/sections/store.ts', ".literal('memory')"],
  [String.raw`^store\.timeout$`, 'config/build-config.ts', 'settings.store.timeout'],
  [String.raw`^rate_limit\.`, 'config/rate-limit-options.ts'],
  [String.raw`^demand_control\.`, 'config/demand-control-options.ts'],
  [String.raw`^server\.compression\.(enabled|min_size|encodings)$`, 'config/build-config.ts'],
  [String.raw`^server\.tls\.(cert|key|client_ca|client_auth)$`, 'config/server-tls.ts'],
  [String.raw`^(cors|csrf)\.`, 'config/browser-options.ts'],
  [String.raw`^authentication\.`, 'config/authentication-options.ts'],
  [String.raw`^persisted_documents\.(enabled|require|log_unknown|apq|sources)$`, 'config/document-options.ts'],
  [String.raw`^persisted_documents\.manifests$`, 'config/manifests.ts'],
  [String.raw`^authorization\.forward_claims\.`, 'config/claim-headers.ts'],
  [String.raw`^authorization\.`, 'config/authorization-options.ts'],
  [String.raw`^registry\.checks\.(breaking|window)$`, 'config/build-config.ts'],
  [String.raw`^registry\.lint\.`, 'supergraph/lint/lint.ts'],
  [String.raw`^telemetry\.usage\.(enabled|retention|max_bytes)$`, 'config/build-config.ts'],
  [String.raw`^telemetry\.logs\.redact(\.\[\]\.(matching|tag))?$`, 'config/subgraph-options.ts', 'redact'],
  ['^plugins$', 'config/build-config.ts'],
  [String.raw`^apollo\.plugins$`, 'config/build-config.ts'],
];

/** Named in a warning: they do not protect. */
const WARNED = [
  'cache',
  'telemetry.service_name',
  'telemetry.traces',
  'telemetry.metrics',
  'telemetry.logs.fields',
  'subscriptions',
];

function leavesOf(schema: JsonSchema, path: readonly string[] = []): string[] {
  const forms = [schema, ...(schema.anyOf ?? [])];
  const below = forms.flatMap(({ properties = {}, additionalProperties, items }) => [
    ...Object.entries(properties).map(([key, value]) => [key, value] as const),
    ...(typeof additionalProperties === 'object' ? [['*', additionalProperties] as const] : []),
    ...(items?.properties === undefined ? [] : [['[]', items] as const]),
  ]);
  if (below.length === 0) return [path.join('.')];
  return [...new Set(below.flatMap(([key, value]) => leavesOf(value, [...path, key])))];
}

/** The last step that is a name. */
const lastKey = (path: string) =>
  path
    .split('.')
    .filter((step) => step !== '*' && step !== '[]')
    .at(-1) ?? '';

describe('every key of headgate.yaml', () => {
  const configFolder = configFolders();
  const leaves = leavesOf(configJsonSchema());

  it('is in effect at a place that reads it, or named in a warning', () => {
    const without: string[] = [];
    for (const path of leaves) {
      if (WARNED.includes(path)) continue;
      const place = PLACES.find(([pattern]) => new RegExp(pattern).test(path));
      const said = place?.[2] ?? lastKey(path);
      if (place === undefined || !readFileSync(join(GATEWAY, place[1]), 'utf8').includes(said)) without.push(path);
    }
    expect(without).toEqual([]);
    expect(leaves.length).toBeGreaterThan(150);
  });

  it('has no place in the table without a key', () => {
    expect(PLACES.filter(([pattern]) => !leaves.some((path) => new RegExp(pattern).test(path)))).toEqual([]);
  });

  it.each([['admin: { tls: { cert: a } }', 'admin.tls']])(
    'that later versions bring is refused: %s',
    async (text, key) => {
      const path = configFolder().write('headgate.yaml', text);
      await expect(loadConfig({ path, env: {} })).rejects.toMatchObject({ message: expect.stringContaining(key) });
    },
  );
});
