import { createHash, timingSafeEqual } from 'node:crypto';

export function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
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
