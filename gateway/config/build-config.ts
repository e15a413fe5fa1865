import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { ServerTlsOptions } from '../http/tls/options';
import type { ManifestDocument } from '../persisted-documents/options';
import { authenticationOptions } from './authentication-options';
import { authorizationOptions } from './authorization-options';
import { browserOptions } from './browser-options';
import type { Config } from './config';
import { demandControlOptions } from './demand-control-options';
import { documentOptions, persistedOptions } from './document-options';
import { deepFreeze } from './freeze';
import { hashedKeys } from './hashed-keys';
import { limitOptions } from './limit-options';
import { keysNotInEffect } from './not-in-effect';
import { rateLimitOptions } from './rate-limit-options';
import type { Settings } from './settings';
import { sourceOf } from './source';
import { namedSubgraphs, optionsFor } from './subgraph-options';
import { supergraphOptions } from './supergraph-options';

/** Whoever develops sees what is wrong where it shows. */
const SHOW_ALL: Settings['error_masking'] = { all: { redact: false, allow_extensions: [] }, subgraphs: {} };

/**
 * Checked settings, in the words of the rooms.
 * @param documents of the manifests that they name
 * @param tls of the files that `server.tls` names
 * @param fromOutside strings of the sources' `config` that come from the environment or from other files
 */
export function buildConfig(
  checked: Settings,
  given: unknown,
  dev: boolean,
  documents: readonly ManifestDocument[] = [],
  tls: ServerTlsOptions | null = null,
  fromOutside: readonly string[] = [],
): Config {
  const outside = new Set(fromOutside);
  const settings = dev ? { ...checked, error_masking: SHOW_ALL } : checked;
  return deepFreeze({
    server: serverOptions(settings, dev),
    clients: { concurrencyMax: settings.traffic_shaping.router.max_concurrency, ...browserOptions(settings), tls },
    admin: adminOptions(settings),
    authentication: authenticationOptions(settings),
    persistedDocuments: persistedOptions(settings),
    documents: documentOptions(settings, documents),
    audit: auditOptions(settings),
    authorization: authorizationOptions(settings),
    supergraph: supergraphOptions(settings),
    subgraphs: namedSubgraphs(settings, outside),
    optionsFor: optionsFor(settings, outside),
    addresses: settings.discovery.addresses,
    discovery: { checkpoint: settings.discovery.checkpoint === false ? null : settings.discovery.checkpoint },
    limits: limitOptions(settings),
    rateLimits: rateLimitOptions(settings),
    demandControl: demandControlOptions(settings),
    memory: {
      keptBytes: settings.memory.kept_bytes ?? null,
      underWayBytes: settings.memory.under_way_bytes ?? null,
    },
    planning: planningOptions(settings),
    registry: registryOptions(settings),
    usage: usageOptions(settings),
    store: { timeoutMs: settings.store.timeout },
    log: settings.log,
    workers: settings.server.workers === 'auto' ? availableParallelism() : settings.server.workers,
    notInEffect: keysNotInEffect(given),
  });
}

function serverOptions(settings: Settings, dev: boolean): Config['server'] {
  return {
    listen: settings.server.listen.map((address) =>
      'path' in address ? { ...address, mode: Number.parseInt(settings.server.socket_mode, 8) } : address,
    ),
    compression: compressionOptions(settings),
    isSecure: settings.server.tls !== undefined,
    http2: settings.server.tls === undefined ? settings.server.h2c : (settings.server.http2 ?? 'sound'),
    path: settings.server.path,
    connectionsMax: settings.server.max_connections,
    trustedProxies: settings.server.trusted_proxies,
    proxyProtocol: settings.server.proxy_protocol,
    requestBytesMax: settings.limits.request_bytes,
    timeoutMs: settings.traffic_shaping.router.timeout,
    deduplicate: settings.traffic_shaping.router.deduplicate ?? true,
    graphiql: dev || settings.graphiql.enabled,
    ...(settings.graphiql.default_query === undefined ? {} : { graphiqlQuery: settings.graphiql.default_query }),
    introspection: dev || settings.introspection.enabled,
    exposeQueryPlan: dev || settings.query_plan.expose,
    exposeErrorDetails: dev,
    responseCodes: settings.server.response_codes,
    drainMs: settings.server.drain_timeout,
    plugins: settings.plugins,
    apolloPlugins: settings.apollo.plugins,
  };
}

function adminOptions({ admin }: Settings): Config['admin'] {
  if (admin === false) return null;
  return {
    listen: admin.listen,
    token: admin.token === '' ? null : admin.token,
    keys: hashedKeys(admin.keys),
    requestBytesMax: admin.request_bytes,
  };
}

function auditOptions({ audit }: Settings): Config['audit'] {
  if (audit === undefined) return null;
  const { path, denied, on_error, file_bytes, files } = audit;
  return { path, denied, onError: on_error, fileBytesMax: file_bytes, filesMax: files };
}

function registryOptions({ registry: { directory, retention, checks, lint } }: Settings): Config['registry'] {
  return {
    directory,
    lint,
    retention: retention === false ? null : { revisionsMax: retention.revisions, ageMs: retention.age },
    checks: { breaking: checks.breaking, windowMs: checks.window },
  };
}

function usageOptions(settings: Settings): Config['usage'] {
  const { enabled, retention, max_bytes } = settings.telemetry.usage;
  if (!(enabled ?? sourceOf(settings) === 'registry')) return null;
  return { path: join(settings.registry.directory, 'usage.jsonl'), retentionMs: retention, bytesMax: max_bytes };
}

function planningOptions({ planning }: Settings): Config['planning'] {
  return {
    deadlineMs: planning.deadline,
    queueMax: planning.queue,
    cacheMax: planning.cache,
    fetchesMax: planning.max_fetches,
    overrideLabels: planning.override_labels,
    overrideHeader: planning.override_header?.toLowerCase() ?? null,
    workers: planning.workers,
  };
}

function compressionOptions({ server: { compression: section } }: Settings): Config['server']['compression'] {
  return section.enabled ? { bytesMin: section.min_size, codings: section.encodings } : null;
}
