import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { HeadgateError } from '../errors';
import type { Authorship } from './authorship';
import { KEY_NAME, KEY_SCOPE, KEY_SCOPES } from './key-form';
import { SideLog } from './side-log';
import { blobHash, type Storage } from './storage/storage';

/** A key of the admin listener, as it is kept: the secret itself is known to whoever created it alone. */
export interface RegistryKey {
  readonly name: string;
  /** SHA-256 of the secret, hexadecimal. */
  readonly sha256: string;
  /** `admin`, `read`, `check`, `operations`, `publish:GRAPH/SUBGRAPH`. */
  readonly scopes: readonly string[];
  /** ISO 8601; null: it does not end. */
  readonly expires: string | null;
  /** ISO 8601. */
  readonly at: string;
  readonly actor: string;
}

export interface NewKey {
  readonly name: string;
  readonly scopes: readonly string[];
  readonly expires: string | null;
}

const KEYS_MAX = 1_000;
const SECRET_BYTES = 32;
/** So that scanners of repositories know one when they see it. */
const PREFIX = 'hg_';
const SCOPES_MAX = 100;

const stateShape = z.strictObject({
  keys: z.array(
    z.strictObject({
      name: z.string(),
      sha256: z.string(),
      scopes: z.array(z.string()),
      expires: z.string().nullable(),
      at: z.string(),
      actor: z.string(),
    }),
  ),
});

/** The keys of a registry: created and revoked while it runs, and in effect at once. */
export class RegistryKeys {
  readonly #log: SideLog<RegistryKey>;
  #current: readonly RegistryKey[] = [];

  constructor(storage: Storage, graph: string) {
    this.#log = new SideLog<RegistryKey>({
      storage,
      name: `${graph}/keys`,
      encode: (keys) => JSON.stringify({ keys }),
      decode,
    });
  }

  /** Those in effect. */
  get current(): readonly RegistryKey[] {
    return this.#current;
  }

  /** Takes over what is stored. @throws {HeadgateError} REGISTRY_CORRUPT */
  async load(): Promise<void> {
    this.#current = (await this.#log.list()).items;
  }

  /**
   * @param taken names of keys that the configuration has
   * @returns the key with its secret, which nobody can be told again
   * @throws {HeadgateError} INVALID_ARGUMENT, REGISTRY_BUSY, REGISTRY_WRITE_FAILED
   */
  async create(
    wanted: NewKey,
    taken: readonly string[],
    by: Authorship,
  ): Promise<{ key: RegistryKey; secret: string }> {
    check(wanted);
    const secret = PREFIX + randomBytes(SECRET_BYTES).toString('base64url');
    const at = new Date().toISOString();
    const key: RegistryKey = { ...wanted, sha256: blobHash(secret), at, actor: by.actor };
    const { items } = await this.#log.change('publish', [wanted.name], by, (keys) => {
      if (taken.includes(wanted.name) || keys.some(({ name }) => name === wanted.name))
        throw invalid(`there is a key ${wanted.name} already; revoke it, or choose another name`);
      if (keys.length >= KEYS_MAX) throw invalid(`there are ${keys.length} keys, which is the most a registry takes`);
      return { next: [...keys, key], result: null };
    });
    this.#current = items;
    return { key, secret };
  }

  /** From then on it opens nothing. @throws {HeadgateError} NOT_FOUND, REGISTRY_BUSY, REGISTRY_WRITE_FAILED */
  async revoke(name: string, by: Authorship): Promise<RegistryKey> {
    const { items, result } = await this.#log.change('delete', [name.slice(0, 64)], by, (keys) => {
      const key = keys.find((one) => one.name === name);
      if (key === undefined)
        throw new HeadgateError('NOT_FOUND', `there is no key ${JSON.stringify(name.slice(0, 64))} in the registry`);
      return { next: keys.filter((one) => one !== key), result: key };
    });
    this.#current = items;
    return result;
  }
}

function check({ name, scopes, expires }: NewKey): void {
  if (!KEY_NAME.test(name))
    throw invalid(`${JSON.stringify(name.slice(0, 100))} is no name of a key: up to 64 letters, digits and ._-`);
  if (scopes.length === 0 || scopes.length > SCOPES_MAX) throw invalid(`give 1 to ${SCOPES_MAX} scopes`);
  for (const scope of scopes) {
    if (KEY_SCOPE.test(scope)) continue;
    throw invalid(`${JSON.stringify(scope.slice(0, 150))} is no scope: give ${KEY_SCOPES}`);
  }
  if (expires !== null && !(Date.parse(expires) > Date.now()))
    throw invalid(`expires=${expires.slice(0, 100)} is no time to come, such as 2027-01-31T00:00:00Z`);
}

function invalid(message: string): HeadgateError {
  return new HeadgateError('INVALID_ARGUMENT', message);
}

function decode(text: string): readonly RegistryKey[] {
  try {
    return stateShape.parse(JSON.parse(text)).keys;
  } catch (cause) {
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      'the keys are not in a form that this version of Headgate can read; were they written by a newer one?',
      { cause },
    );
  }
}
