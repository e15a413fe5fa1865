import type { InstanceOptions, PoolOptions } from '../pool/options';
import { GRAPHQL_POOL, type SubgraphOptions } from '../transport/options';
import type { RedactOptions } from '../transport/redaction';
import { claimHeaders } from './claim-headers';
import type { Config } from './config';
import { discoveryOptions } from './discovery-options';
import { deepFreeze } from './freeze';
import { requestHeaders, responseHeaders } from './header-rules';
import { instanceOptions, poolOptions } from './pool-options';
import { layPool } from './pool-scope';
import { routingRules } from './routing-rules';
import type { Settings } from './settings';
import { sourceOptions } from './source-options';
import { tokenOptions } from './token-options';

type Kind = SubgraphOptions['kind'];
type Instances = Readonly<Record<string, readonly InstanceOptions[]>>;

const NONE: ReadonlySet<string> = new Set();

/**
 * The subgraphs that the file says how to reach.
 * @param fromOutside strings of the file that come from the environment or from other files
 */
export function namedSubgraphs(
  settings: Settings,
  fromOutside: ReadonlySet<string> = NONE,
): ReadonlyMap<string, SubgraphOptions> {
  const subgraphs = new Map<string, SubgraphOptions>();
  for (const [name, { rest, sources, discovery }] of Object.entries(settings.subgraphs)) {
    const kind: Kind = rest === undefined && sources === undefined ? 'graphql' : 'rest';
    const toBeFound = discovery === undefined ? {} : { [GRAPHQL_POOL]: [] };
    const instances = { ...toBeFound, ...namedInstances(settings, name) };
    if (kind === 'rest' || GRAPHQL_POOL in instances)
      subgraphs.set(name, subgraphOptions(settings, name, kind, instances, fromOutside));
  }
  return subgraphs;
}

/** Instances of the file win over the given ones, pool by pool. */
export function optionsFor(settings: Settings, fromOutside: ReadonlySet<string> = NONE): Config['optionsFor'] {
  return (name, kind, instances) => {
    const given = Object.entries(instances).map(([pool, list]) => [pool, instanceOptions({ instances: list }) ?? []]);
    const merged = { ...Object.fromEntries(given), ...namedInstances(settings, name) };
    return deepFreeze(subgraphOptions(settings, name, kind, merged, fromOutside));
  };
}

function namedInstances({ subgraphs }: Settings, name: string): Instances {
  const subgraph = Object.hasOwn(subgraphs, name) ? subgraphs[name] : undefined;
  if (subgraph === undefined) return {};
  const pools: Record<string, readonly InstanceOptions[]> = {};
  const own = instanceOptions(subgraph);
  if (own !== null) pools[GRAPHQL_POOL] = own;
  for (const [source, given] of Object.entries(subgraph.sources ?? {})) {
    const listed = instanceOptions(given);
    // While its discovery finds nobody, whatever the adapter says stands in.
    if (listed !== null || given.discovery === undefined) pools[source] = listed ?? [];
  }
  return pools;
}

function subgraphOptions(
  settings: Settings,
  name: string,
  kind: Kind,
  instances: Instances,
  fromOutside: ReadonlySet<string>,
): SubgraphOptions {
  const { traffic_shaping: shaping, headers } = settings;
  const near = own(shaping.subgraphs, name) ?? {};
  const rules = own(headers.subgraphs, name);
  const tokens = tokenOptions(settings, name);
  // Requests to services are told apart by what is sent before a token is put there.
  const isForEachAlone = kind === 'rest' && Object.values(tokens.tokens ?? {}).some(({ subject }) => subject !== null);
  return {
    name,
    kind,
    timeoutMs: near.timeout ?? shaping.all.timeout,
    deduplicate: !isForEachAlone && (near.deduplicate ?? shaping.all.deduplicate ?? true),
    responseBytesMax: near.limits?.response_bytes ?? shaping.all.limits.response_bytes,
    responseDepthMax: near.limits?.response_depth ?? shaping.all.limits.response_depth,
    requestHeaders: requestHeaders(headers.all, rules),
    responseHeaders: responseHeaders(headers.all, rules),
    ...claimHeaders(settings, name),
    ...tokens,
    ...errorMask(settings, name),
    ...routingRules(settings, name),
    ...(kind === 'rest' && { env: envOf(settings, name), sources: sourceOptions(settings, name, fromOutside) }),
    pools: pools(settings, name, kind, instances),
  };
}

function errorMask(settings: Settings, name: string): Pick<SubgraphOptions, 'errorMask'> {
  const { all, subgraphs } = settings.error_masking;
  const near = own(subgraphs, name) ?? {};
  const allowExtensions = near.allow_extensions ?? all.allow_extensions;
  return (near.redact ?? all.redact) ? { errorMask: { allowExtensions, redact: redactOptions(settings) } } : {};
}

/** Tags whose values are kept out of the log. */
export function redactedTags({ telemetry }: Pick<Settings, 'telemetry'>): readonly string[] {
  return telemetry.logs.redact.flatMap((one) => (typeof one === 'object' && 'tag' in one ? [one.tag] : []));
}

function redactOptions({ telemetry }: Settings): RedactOptions {
  const { redact } = telemetry.logs;
  return {
    headers: redact.includes('headers'),
    variables: redact.includes('variables'),
    messages: redact.includes('messages'),
    matching: redact.flatMap((one) => (typeof one === 'object' && 'matching' in one ? [one.matching] : [])),
    tags: redactedTags({ telemetry }),
  };
}

function envOf({ subgraphs }: Settings, name: string): Record<string, readonly string[]> {
  const sources = own(subgraphs, name)?.sources ?? {};
  return Object.fromEntries(Object.entries(sources).map(([source, { env = [] }]) => [source, env]));
}

function pools(settings: Settings, name: string, kind: Kind, instances: Instances): Record<string, PoolOptions> {
  const { all, subgraphs } = settings.traffic_shaping;
  const scope = layPool(all, own(subgraphs, name) ?? {});
  const sources = own(settings.subgraphs, name)?.sources ?? {};
  const entries = Object.entries(instances).map(([key, list]) => {
    const label = kind === 'graphql' ? name : `${name}/${key}`;
    const pool = poolOptions(label, kind, list, layPool(scope, own(sources, key) ?? {}), settings.discovery.addresses);
    const whereabouts = kind === 'graphql' ? own(settings.subgraphs, name) : own(sources, key);
    const discovery = discoveryOptions(settings, kind, whereabouts, list[0]?.url);
    return [key, discovery === null ? pool : { ...pool, discovery }];
  });
  return Object.fromEntries(entries);
}

function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
