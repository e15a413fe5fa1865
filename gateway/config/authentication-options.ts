import type { AddressOptions } from '../addresses';
import { ASYMMETRIC, SYMMETRIC } from '../authentication/jwt/algorithms';
import type { AuthenticationOptions, JwtOptions, KeyPlace, KeySetOptions, TokenPlace } from '../authentication/options';
import { hashedKeys } from './hashed-keys';
import { instanceOptions, poolOptions } from './pool-options';
import { DEFAULTS } from './pool-scope';
import type { Settings } from './settings';

type Section = NonNullable<Settings['authentication']>;
type Jwt = NonNullable<Section['jwt']>;

/** Null when nobody is asked who they are. */
export function authenticationOptions({ authentication: section, discovery }: Settings): AuthenticationOptions | null {
  if (section === undefined) return null;
  return {
    jwt: section.jwt === undefined ? null : jwtOptions(section.jwt),
    introspection: introspectionOptions(section, discovery.addresses),
    apiKeys: apiKeysOptions(section),
    byCertificate: section.mtls.enabled,
    isRequired: section.require,
    addresses: discovery.addresses,
  };
}

function jwtOptions({ jwks, sources, scopes_claim, leeway, on_error }: Jwt): JwtOptions {
  return {
    keySets: jwks.map(keySetOptions),
    places: tokenPlaces(sources),
    scopesClaim: scopes_claim,
    leewayMs: leeway,
    continues: on_error === 'continue',
  };
}

/** Its pool has nothing of `traffic_shaping`, which is about subgraphs. */
function introspectionOptions(
  { introspection: section }: Section,
  addresses: AddressOptions,
): AuthenticationOptions['introspection'] {
  if (section === undefined) return null;
  const { endpoint: url, client_id: clientId, client_secret: clientSecret, cache_ttl: ttlMs } = section;
  const { issuers = null, audiences = null, sources } = section;
  const instances = instanceOptions({ url }) ?? [];
  const pool = poolOptions('authentication/introspection', 'rest', instances, DEFAULTS, addresses);
  return { pool, clientId, clientSecret, ttlMs, issuers, audiences, places: tokenPlaces(sources) };
}

function keySetOptions(set: Jwt['jwks'][number]): KeySetOptions {
  const { issuer_url: issuer, issuers, audiences, algorithms, poll_interval: pollMs } = set;
  return {
    place: keyPlace(set),
    issuers: issuers ?? (issuer === undefined ? null : [issuer]),
    audiences: audiences ?? null,
    algorithms: algorithms ?? (set.file === undefined ? ASYMMETRIC : [...ASYMMETRIC, ...SYMMETRIC]),
    pollMs,
    allowsMissingExp: set.allow_missing_exp,
  };
}

function keyPlace({ url, issuer_url: issuer, file }: Jwt['jwks'][number]): KeyPlace {
  if (url !== undefined) return { kind: 'url', url };
  if (issuer !== undefined) return { kind: 'issuer', issuer };
  if (file !== undefined) return { kind: 'file', path: file };
  throw new Error('the schema lets no set of keys without a place through');
}

/** RFC 6750, section 2.1. */
const BEARER: TokenPlace = { kind: 'header', name: 'authorization', prefix: 'Bearer' };

function tokenPlaces(sources: Jwt['sources']): readonly TokenPlace[] {
  return sources?.map(tokenPlace) ?? [BEARER];
}

function tokenPlace({ type, name = BEARER.name, prefix = 'Bearer' }: NonNullable<Jwt['sources']>[number]): TokenPlace {
  if (type === 'cookie') return { kind: 'cookie', name };
  return { kind: 'header', name: name.toLowerCase(), prefix: prefix === '' ? null : prefix };
}

function apiKeysOptions({ api_keys: section }: Section): AuthenticationOptions['apiKeys'] {
  if (section === undefined) return null;
  return { header: section.header.toLowerCase(), keys: hashedKeys(section.keys) };
}
