import { isLoopback } from '../http/admin-guard';
import { nearestName } from '../nearest-name';
import { policyFindings } from './authorization-options';
import { claimFindings } from './claim-headers';
import { corsFindings } from './cors-findings';
import { writeListen } from './listen';
import type { Finding } from './problem';
import type { Settings } from './settings';
import { sourceOf } from './source';
import { sourceCacheFindings } from './source-cache';

/** Finds what is wrong between values that are right one by one. */
export function crossFindings(settings: Settings): Finding[] {
  return [
    ...listenerFindings(settings),
    ...supergraphFindings(settings),
    ...subgraphFindings(settings),
    ...scopeFindings(settings),
    ...corsFindings(settings),
    ...documentFindings(settings),
    ...policyFindings(settings),
    ...keySetFindings(settings),
    ...claimFindings(settings),
    ...sourceCacheFindings(settings),
    ...certificateFindings(settings),
  ];
}

function* listenerFindings({ server, admin }: Settings): Generator<Finding> {
  if (server.proxy_protocol && server.trusted_proxies.length === 0) {
    const message = 'no proxy is trusted, so no PROXY header would be read; list the proxies in server.trusted_proxies';
    yield { path: ['server', 'proxy_protocol'], message };
  }
  if (server.http2 === true && server.tls === undefined) {
    const remedy = 'set server.tls, or server.h2c: true for clients that speak HTTP/2 without TLS';
    yield { path: ['server', 'http2'], message: `clients choose it in a TLS handshake, and there is none; ${remedy}` };
  }
  if (server.h2c && server.tls !== undefined) {
    const message = 'it is HTTP/2 without TLS; with server.tls, server.http2 offers it in the handshake';
    yield { path: ['server', 'h2c'], message };
  }
  if (admin === false) return;
  const address = writeListen(admin.listen);
  if (!isLoopback(admin.listen.host) && admin.token === '' && admin.keys.length === 0) {
    const remedy = `set one, e.g. \${env.HEADGATE_ADMIN_TOKEN}, or listen on 127.0.0.1`;
    yield {
      path: ['admin', 'token'],
      message: `the admin listener at ${address} can be reached from outside and needs a token; ${remedy}`,
    };
  }
  if (admin.listen.port !== 0 && server.listen.some((one) => writeListen(one) === address)) {
    yield { path: ['admin', 'listen'], message: `${address} is taken by server.listen; choose another port` };
  }
}

function* supergraphFindings({ supergraph, subgraphs }: Settings): Generator<Finding> {
  const source = sourceOf({ supergraph, subgraphs });
  if (source === 'file' && supergraph.path === undefined) {
    yield { path: ['supergraph', 'path'], message: 'source is file: path has to name the supergraph file' };
  }
  if (source === 'subgraphs' && Object.keys(subgraphs).length === 0) {
    yield { path: ['supergraph', 'source'], message: 'source is subgraphs, and none stands under subgraphs' };
  }
}

/** Whoever answers documents of his manifests only keeps none that clients send. */
function* documentFindings({ persisted_documents: section, ...settings }: Settings): Generator<Finding> {
  if (section === undefined || !section.enabled || section.require === false) return;
  if (section.apq === true) {
    const message = 'clients could have any text kept and answered; take it out, or take out require';
    yield { path: ['persisted_documents', 'apq'], message };
  }
  if (section.manifests.length === 0 && sourceOf(settings) !== 'registry') {
    const message = 'there is no manifest, so every operation would be refused; name one under manifests';
    yield { path: ['persisted_documents', 'require'], message };
  }
}

/** What composition needs of each subgraph, and routing of each. */
function* subgraphFindings({ supergraph, subgraphs }: Settings): Generator<Finding> {
  const composed = sourceOf({ supergraph, subgraphs }) === 'subgraphs';
  for (const [name, subgraph] of Object.entries(subgraphs)) {
    const path = ['subgraphs', name];
    const isRest = subgraph.rest !== undefined || subgraph.sources !== undefined;
    if (composed && subgraph.schema === undefined && subgraph.rest === undefined) {
      const remedy =
        'give schema: { file: … } or { introspect: true }, or rest: FILE, or set supergraph.source: registry';
      yield { path, message: `the supergraph is composed from subgraphs, and this one has no schema; ${remedy}` };
    }
    const listed = subgraph.url !== undefined || subgraph.instances !== undefined;
    if (!isRest && !listed && composed && subgraph.discovery === undefined) {
      yield { path, message: 'has no instance; give url, instances or discovery' };
    }
    if (composed && !listed && subgraph.schema?.introspect === true && subgraph.discovery !== undefined) {
      yield { path, message: 'introspect asks url or instances, and there is neither; give a url beside discovery' };
    }
    for (const [source, { url, instances, discovery }] of Object.entries(subgraph.sources ?? {})) {
      if (url === undefined && instances === undefined && discovery === undefined) {
        yield { path: [...path, 'sources', source], message: 'has no instance; give url, instances or discovery' };
      }
    }
  }
}

/** Scopes of a subgraph that is not there are misspelt, unless a registry or a file may still name it. */
function* scopeFindings(settings: Settings): Generator<Finding> {
  if (sourceOf(settings) !== 'subgraphs') return;
  const names = Object.keys(settings.subgraphs);
  for (const [rule, { subgraphs }] of settings.routing.entries()) {
    for (const [at, name] of subgraphs.entries()) {
      if (!names.includes(name)) yield unknownSubgraph(['routing', rule, 'subgraphs', at], name, names);
    }
  }
  for (const section of ['traffic_shaping', 'headers', 'error_masking'] as const) {
    for (const name of Object.keys(settings[section].subgraphs)) {
      if (names.includes(name)) continue;
      yield { ...unknownSubgraph([section, 'subgraphs', name], name, names), atKey: true };
    }
  }
  for (const name of Object.keys(settings.authorization?.forward_claims?.subgraphs ?? {})) {
    if (names.includes(name)) continue;
    yield { ...unknownSubgraph(['authorization', 'forward_claims', 'subgraphs', name], name, names), atKey: true };
  }
}

function unknownSubgraph(path: Finding['path'], name: string, names: readonly string[]): Finding {
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `known are ${names.join(', ')}` : `did you mean ${nearest}?`;
  const found = { path, message: `no such subgraph; ${hint}` };
  return nearest === undefined ? found : { ...found, nearest };
}

/** Who relies on certificates that nobody is asked for would know nobody. */
function* certificateFindings({ authentication, server }: Settings): Generator<Finding> {
  if (authentication?.mtls.enabled !== true || (server.tls?.client_auth ?? 'none') !== 'none') return;
  const remedy = 'set server.tls.client_ca, and client_auth: request or require';
  yield { path: ['authentication', 'mtls', 'enabled'], message: `clients are asked for no certificate; ${remedy}` };
}

/** A token must not be judged by two rules, of which the weaker one would count. */
function* keySetFindings({ authentication }: Settings): Generator<Finding> {
  const seen = new Set<string>();
  for (const [index, { url, issuer_url: issuer, file }] of (authentication?.jwt?.jwks ?? []).entries()) {
    const place = url ?? issuer ?? file ?? '';
    const message = `${place} stands here a second time; give all issuers and audiences in one place`;
    if (seen.has(place)) yield { path: ['authentication', 'jwt', 'jwks', index], message };
    seen.add(place);
  }
}
