import { parseOrNone } from '../../json/parse';

const WELL_KNOWN = '/.well-known/openid-configuration';

/** Where an OpenID provider says how it is configured (OpenID Connect Discovery 1.0, section 4). */
export function configurationUrl(issuer: string): string {
  return issuer.replace(/\/$/, '') + WELL_KNOWN;
}

/**
 * Finds the URL of the keys in the configuration of a provider.
 * @throws {Error} it is another provider's, or names no place for keys that can be trusted as much as itself
 */
export function keysUrlIn(text: string, issuer: string): string {
  const found = parseOrNone(text);
  if (typeof found !== 'object' || found === null) throw new Error('its OpenID configuration is no JSON object');
  const { issuer: said, jwks_uri: url }: { issuer?: unknown; jwks_uri?: unknown } = found;
  if (said !== issuer)
    throw new Error(
      `its OpenID configuration is of the issuer ${JSON.stringify(said)?.slice(0, 200)}; write it the same way`,
    );
  if (typeof url !== 'string' || !URL.canParse(url)) throw new Error('its OpenID configuration has no jwks_uri');
  const { protocol, username, password } = new URL(url);
  if (username !== '' || password !== '') throw new Error('its jwks_uri holds credentials');
  if (protocol !== 'https:' && protocol !== new URL(issuer).protocol) throw new Error('its jwks_uri is not https');
  return url;
}
