import type { HashedKey } from '../authentication/hashed-keys';

interface Given extends Pick<HashedKey, 'name' | 'sha256' | 'scopes'> {
  readonly expires?: string | undefined;
}

/** Keys of either listener, in the words of the rooms. */
export function hashedKeys(given: readonly Given[]): readonly HashedKey[] {
  return given.map(({ name, sha256, scopes, expires }) => ({
    name,
    sha256,
    scopes,
    expiresAtMs: expires === undefined ? null : Date.parse(expires),
  }));
}
