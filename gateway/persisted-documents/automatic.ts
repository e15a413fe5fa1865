import { createHash } from 'node:crypto';
import { announce } from '../events';
import { KeptMap, textBytes } from '../kept';
import { type Soon, then } from '../layers';
import type { Store } from '../store/store';

/** Queries that clients name by the SHA-256 of their text, once one of them has sent it. */
export interface PersistedQueries {
  /** Null: nobody has sent it yet, or it is forgotten; the client sends the text then. Never rejects. */
  find(hash: string): Soon<string | null>;
  /** @param query valid, and of this hash */
  keep(hash: string, query: string): void;
}

interface Known {
  readonly query: string;
  /** When the store was given it, or had it. */
  sharedAt: number;
}

const TTL_MS = 24 * 3_600_000;
/** A text that clients send again and again is not given to the store each time, which may have forgotten it. */
const SHARE_AGAIN_MS = 60_000;

const keyOf = (hash: string) => `apq:${hash}`;

/** Those that this process knows, and then those that the store has. */
class SharedQueries implements PersistedQueries {
  readonly #store: Store | null;
  readonly #now: () => number;
  readonly #known = new KeptMap<string, Known>({
    name: 'persisted queries',
    weigh: ({ query }, hash) => textBytes(query) + textBytes(hash),
  });
  /** Being looked for: each within the time limit of the store, however many wait for it. */
  readonly #asked = new Map<string, Promise<string | null>>();

  constructor(store: Store | null, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  find(hash: string): Soon<string | null> {
    const known = this.#known.get(hash);
    if (known === undefined) return this.#asked.get(hash) ?? this.#ask(hash);
    announce('persisted.query', { result: 'known' });
    return known.query;
  }

  keep(hash: string, query: string): void {
    const now = this.#now();
    const known = this.#known.get(hash);
    if (known !== undefined && now - known.sharedAt < SHARE_AGAIN_MS) return;
    announce('persisted.query', { result: 'kept' });
    this.#known.set(hash, { query, sharedAt: now });
    this.#store?.set([{ key: keyOf(hash), value: Buffer.from(query), ttlMs: TTL_MS, tags: [] }]);
  }

  #ask(hash: string): Soon<string | null> {
    const found = then(this.#store?.get([keyOf(hash)]) ?? [], ([value = null]) => this.#takeOver(hash, value));
    if (!(found instanceof Promise)) return found;
    const asked = found.finally(() => this.#asked.delete(hash));
    this.#asked.set(hash, asked);
    return asked;
  }

  #takeOver(hash: string, value: Buffer | null): string | null {
    const query = value?.toString() ?? '';
    // Others may write into a store: nothing runs under a hash that is not its own.
    const isIt = value !== null && createHash('sha256').update(query).digest('hex') === hash;
    announce('persisted.query', { result: isIt ? 'shared' : 'unknown' });
    if (!isIt) return null;
    this.#known.set(hash, { query, sharedAt: this.#now() });
    return query;
  }
}

/**
 * @param store null where there is no other process to share with
 * @param now milliseconds; never goes back
 */
export function createPersistedQueries(store: Store | null, now = () => performance.now()): PersistedQueries {
  return new SharedQueries(store, now);
}
