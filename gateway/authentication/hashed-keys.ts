import { createHash, timingSafeEqual } from 'node:crypto';

export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

/** A secret key that is known by its hash, of a client or of an operator. */
export interface HashedKey {
  /** Who it belongs to. */
  readonly name: string;
  /** Of the key; lower-case hexadecimal. */
  readonly sha256: string;
  /** What it may do. */
  readonly scopes: readonly string[];
  /** Milliseconds since 1970; null when it does not expire. */
  readonly expiresAtMs: number | null;
}

/** @param nowMs milliseconds since 1970 */
export function hasExpired({ expiresAtMs }: Pick<HashedKey, 'expiresAtMs'>, nowMs: number): boolean {
  return expiresAtMs !== null && nowMs >= expiresAtMs;
}

/** Secret keys of which only the hash is known, each with what belongs to it. */
export class HashedKeys<T> {
  readonly #entries: readonly { readonly hash: Buffer; readonly value: T }[];

  /** @param hashes SHA-256 of each key, hexadecimal */
  constructor(hashes: Iterable<readonly [sha256: string, value: T]>) {
    this.#entries = Array.from(hashes, ([sha256, value]) => ({ hash: Buffer.from(sha256, 'hex'), value }));
  }

  /** Each key is compared in full, so that the time tells nothing. Null: none of them was given. */
  find(given: string): T | null {
    const hash = digest(given);
    let found: T | null = null;
    for (const entry of this.#entries) if (timingSafeEqual(hash, entry.hash)) found = entry.value;
    return found;
  }
}
