import { HashedKeys } from '../authentication/hashed-keys';
import type { AdminKey, KeyRing } from '../http/admin-keys';
import type { RegistryKey, RegistryKeys } from '../registry/keys';

/** The keys of a registry as the guard of the listener looks for them: those that are in effect when somebody asks. */
export function registryKeyRing(keys: Pick<RegistryKeys, 'current'>): KeyRing {
  let known: readonly RegistryKey[] = [];
  let hashed = new HashedKeys<AdminKey>([]);
  return {
    find: (given) => {
      const { current } = keys;
      if (current !== known) {
        known = current;
        hashed = new HashedKeys(current.map((key) => [key.sha256, adminKey(key)]));
      }
      return hashed.find(given);
    },
    get isEmpty() {
      return keys.current.length === 0;
    },
  };
}

function adminKey({ name, sha256, scopes, expires }: RegistryKey): AdminKey {
  return { name, sha256, scopes, expiresAtMs: expires === null ? null : Date.parse(expires) };
}
