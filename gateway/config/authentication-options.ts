import type { AuthenticationOptions } from '../authentication/options';
import type { Settings } from './settings';

type Section = NonNullable<Settings['authentication']>;

/** Null when nobody is asked who they are. */
export function authenticationOptions({ authentication: section }: Settings): AuthenticationOptions | null {
  if (section === undefined) return null;
  return { apiKeys: apiKeysOptions(section), isRequired: section.require };
}

function apiKeysOptions({ api_keys: section }: Section): AuthenticationOptions['apiKeys'] {
  if (section === undefined) return null;
  return {
    header: section.header.toLowerCase(),
    keys: section.keys.map(({ name, sha256, scopes, expires }) => ({
      name,
      sha256,
      scopes,
      expiresAtMs: expires === undefined ? null : Date.parse(expires),
    })),
  };
}
