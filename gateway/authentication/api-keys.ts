import type { Identity } from '../identity';
import { AuthenticationFailed } from './failure';
import { type HashedKey, HashedKeys, hasExpired } from './hashed-keys';
import type { ApiKeysOptions } from './options';
import type { Caller, IdentitySource } from './source';

/** Identifies whoever sends a key in a header. */
export class ApiKeys implements IdentitySource {
  readonly type = 'api_key';
  readonly continues = false;
  readonly #header: string;
  readonly #keys: HashedKeys<Identity>;
  readonly #challenge: string;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor({ header, keys }: ApiKeysOptions, now: () => number = Date.now) {
    this.#header = header;
    this.#keys = new HashedKeys(keys.map((key) => [key.sha256, identityOf(key)]));
    this.#challenge = `ApiKey header="${header}"`;
    this.#now = now;
  }

  identify({ headers }: Caller): Identity | null {
    const given = headers[this.#header];
    if (given === undefined) return null;
    const identity = typeof given === 'string' ? this.#keys.find(given) : null;
    if (identity === null) throw new AuthenticationFailed('UNKNOWN_API_KEY', this.#challenge);
    if (hasExpired({ expiresAtMs: identity.expiresAt }, this.#now()))
      throw new AuthenticationFailed('EXPIRED_API_KEY', this.#challenge);
    return identity;
  }
}

function identityOf({ name, scopes, expiresAtMs }: HashedKey): Identity {
  return {
    type: 'api_key',
    claims: { sub: name },
    scopes: new Set(scopes),
    expiresAt: expiresAtMs,
    key: `api_key:${name}`,
  };
}
