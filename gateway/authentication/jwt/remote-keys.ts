import type { AddressOptions } from '../../addresses';
import type { KeyPlace } from '../options';
import { readDocument } from '../read-document';
import { configurationUrl, keysUrlIn } from './discovery';
import { CurrentKeys, type KeySource } from './key-source';
import { KEYS_TIMING, type KeysTiming } from './keys-timing';
import { readKeySet } from './read-key-set';
import type { KeyRules, VerificationKey } from './verification-key';

/** Whatever names of keys clients think up, they make us ask no more often. */
const REFRESH_MS_MIN = 30_000;
/** Keys that nobody confirms for so long count no longer. */
const STALE_MS = 24 * 3_600_000;
const RETRY_MS = 1_000;
const RETRY_MS_MAX = 60_000;

export interface RemoteKeysOptions {
  readonly place: Exclude<KeyPlace, { readonly kind: 'file' }>;
  readonly pollMs: number;
  readonly rules: KeyRules;
  readonly addresses: AddressOptions;
}

/**
 * Keys that somebody else publishes: read at once, again at an interval, and when a token names one that is not there. What was read
 * last counts while they cannot be read.
 */
export class RemoteKeys implements KeySource {
  readonly #options: RemoteKeysOptions;
  readonly #timing: KeysTiming;
  readonly #current: CurrentKeys;
  readonly #closing = new AbortController();
  readonly #polling: Promise<void>;
  #reading: Promise<boolean> | null = null;
  /** As an OpenID provider said last. */
  #keysUrl: string | null = null;
  #refreshedAt = Number.NEGATIVE_INFINITY;

  constructor(options: RemoteKeysOptions, timing: KeysTiming = KEYS_TIMING) {
    this.#options = options;
    this.#timing = timing;
    this.#current = new CurrentKeys(sourceName(options.place), timing.now);
    this.#keysUrl = options.place.kind === 'url' ? options.place.url : null;
    this.#polling = this.#poll();
  }

  get keys(): readonly VerificationKey[] | null {
    return this.#current.keys;
  }

  refresh(): Promise<void> | null {
    if (this.#closing.signal.aborted) return null;
    if (this.#reading === null) {
      const now = this.#timing.now();
      if (now - this.#refreshedAt < REFRESH_MS_MIN) return null;
      this.#refreshedAt = now;
    }
    return this.#read().then(() => undefined);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await this.#polling;
    await this.#reading;
    this.#current.clear();
  }

  async #poll(): Promise<void> {
    const { signal } = this.#closing;
    for (let failures = 0; !signal.aborted; ) {
      failures = (await this.#read(true)) ? 0 : failures + 1;
      await this.#timing.sleep(this.#waitMs(failures), signal).catch(() => undefined);
    }
  }

  #waitMs(failures: number): number {
    const { pollMs } = this.#options;
    const { random } = this.#timing;
    if (failures === 0) return pollMs * (0.9 + random() / 5);
    return Math.min(pollMs, RETRY_MS_MAX, RETRY_MS * 2 ** (failures - 1)) * (0.5 + random() / 2);
  }

  /** Everybody who wants to read while somebody does waits for the same. Never rejects. @returns whether it worked */
  #read(isPoll = false): Promise<boolean> {
    this.#reading ??= this.#readNow(isPoll).finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #readNow(isPoll: boolean): Promise<boolean> {
    const { place, rules } = this.#options;
    try {
      if (place.kind === 'issuer' && (isPoll || this.#keysUrl === null))
        this.#keysUrl = keysUrlIn(await this.#document(configurationUrl(place.issuer)), place.issuer);
      this.#current.adopt(readKeySet(await this.#document(this.#keysUrl ?? ''), rules));
      return true;
    } catch (error) {
      if (!this.#closing.signal.aborted)
        this.#current.fail(error instanceof Error ? error.message : String(error), STALE_MS);
      return false;
    }
  }

  #document(url: string): Promise<string> {
    return readDocument(url, { addresses: this.#options.addresses, signal: this.#closing.signal });
  }
}

/** Without the query, which may be meant for the provider only. */
function sourceName(place: RemoteKeysOptions['place']): string {
  const { origin, pathname } = new URL(place.kind === 'url' ? place.url : place.issuer);
  return origin + pathname;
}
