import type { DiscoveryOptions, UrlParts } from '../pool/discovery/options';
import { dnsTarget } from './dns-target';
import type { Discovery } from './sections/instances';
import type { Settings } from './settings';
import { sourceOf } from './source';

/** Whereabouts of one pool, as the file says. */
export interface Whereabouts {
  readonly url?: string;
  readonly instances?: readonly { readonly url: string }[];
  readonly discovery?: Discovery;
}

/**
 * Chooses how the instances of one pool are found; null when the file lists them all. With source registry, instances may
 * register themselves everywhere.
 * @param given undefined when the file says nothing of the pool
 * @param standIn URL of an instance that is known otherwise
 */
export function discoveryOptions(
  settings: Settings,
  kind: 'graphql' | 'rest',
  given: Whereabouts | undefined,
  standIn: string | undefined,
): DiscoveryOptions | null {
  const discovery = given?.discovery;
  if (discovery === undefined) {
    if (given?.instances !== undefined || sourceOf(settings) !== 'registry') return null;
    return { source: { kind: 'registry' }, listed: 'members' };
  }
  const source = sourceOptions(settings, discovery, urlParts(discovery, kind, given?.url ?? standIn));
  // Whoever lists instances wants them; a url, or what a supergraph says, is only how to ask.
  const members = given?.instances !== undefined || source.kind === 'registry';
  return { source, listed: members ? 'members' : 'stand-in' };
}

function urlParts({ scheme, path }: Discovery, kind: 'graphql' | 'rest', standIn: string | undefined): UrlParts {
  const like = standIn !== undefined && URL.canParse(standIn) ? new URL(standIn) : null;
  const likeScheme = like?.protocol === 'https:' ? 'https' : 'http';
  const likePath = like?.pathname ?? (kind === 'graphql' ? '/graphql' : '');
  return { scheme: scheme ?? likeScheme, path: path ?? (likePath === '/' ? '' : likePath) };
}

function sourceOptions(settings: Settings, given: Discovery, parts: UrlParts): DiscoveryOptions['source'] {
  const { dns, kubernetes } = settings.discovery;
  const resolver = { servers: dns.servers, timeoutMs: dns.timeout, ttlMsMin: dns.min_ttl, ttlMsMax: dns.max_ttl };
  const target = given.dns === undefined ? null : dnsTarget(given.dns);
  if (target !== null) return { kind: 'dns', ...target, ...parts, resolver };
  if (given.dns_srv !== undefined) return { kind: 'dns_srv', name: given.dns_srv, ...parts, resolver };
  if (given.kubernetes === undefined) return { kind: 'registry' };
  return {
    kind: 'kubernetes',
    ...parts,
    service: given.kubernetes.service,
    namespace: given.kubernetes.namespace ?? null,
    port: given.kubernetes.port ?? null,
    api: kubernetes.api ?? null,
    serviceAccount: kubernetes.service_account,
  };
}
