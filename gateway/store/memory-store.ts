import { type ByteBudget, KeptMap, keptBytes, textBytes } from '../kept';
import { Followers } from './followers';
import { isKeepable, isName, PUBLISHED_BYTES_MAX } from './limits';
import type { Rate, Store, StoreEntry, Taken } from './store';
import { TagIndex } from './tag-index';
import { TokenBuckets } from './token-buckets';

interface Kept {
  readonly key: string;
  readonly value: Buffer;
  readonly tags: readonly string[];
  readonly until: number;
}

export interface MemoryStoreOptions {
  readonly budget?: ByteBudget;
  /** Milliseconds; never goes back. */
  readonly now?: () => number;
}

/** Of a buffer of its own, and of the place of a key behind a tag. */
const BUFFER_BYTES = 200;
const TAGGED_BYTES = 200;

function weigh({ value, tags }: Kept, key: string): number {
  const own = value.byteLength + BUFFER_BYTES + textBytes(key);
  return tags.reduce((bytes, tag) => bytes + textBytes(tag) + TAGGED_BYTES, own);
}

/** The store in the memory of this process: it always answers, and at once. */
export class MemoryStore implements Store {
  readonly #entries: KeptMap<string, Kept>;
  readonly #tags = new TagIndex();
  readonly #buckets: TokenBuckets;
  readonly #followers = new Followers();
  readonly #everyTopic = new Set<(topic: string, message: Buffer) => void>();
  readonly #now: () => number;

  constructor({ budget = keptBytes, now = () => performance.now() }: MemoryStoreOptions = {}) {
    const tags = this.#tags;
    this.#entries = new KeptMap({ name: 'store', weigh, budget, dropped: (kept) => tags.remove(kept) });
    this.#buckets = new TokenBuckets({ budget, now });
    this.#now = now;
  }

  get(keys: readonly string[]): readonly (Buffer | null)[] {
    return keys.map((key) => this.#find(key)?.value ?? null);
  }

  set(entries: readonly StoreEntry[]): void {
    for (const entry of entries) {
      this.#entries.delete(entry.key);
      if (isKeepable(entry)) this.#keep(entry);
    }
  }

  take(bucket: string, cost: number, rate: Rate): Taken | null {
    return this.#buckets.take(bucket, cost, rate);
  }

  drop(tags: readonly string[]): number {
    let dropped = 0;
    for (const key of this.#tags.keysOf(tags)) {
      if (this.#find(key) === null) continue;
      this.#entries.delete(key);
      dropped += 1;
    }
    return dropped;
  }

  publish(topic: string, message: Buffer): void {
    if (!isName(topic) || message.byteLength > PUBLISHED_BYTES_MAX) return;
    for (const tell of this.#everyTopic) tell(topic, message);
    queueMicrotask(() => this.#followers.tell(topic, message));
  }

  follow(topic: string, listener: (message: Buffer) => void): () => void {
    return this.#followers.follow(topic, listener);
  }

  /** @param tell called at once with all that is published @returns ends it */
  followAll(tell: (topic: string, message: Buffer) => void): () => void {
    this.#everyTopic.add(tell);
    return () => this.#everyTopic.delete(tell);
  }

  close(): void {
    this.#entries.clear();
    this.#buckets.clear();
    this.#followers.clear();
    this.#everyTopic.clear();
  }

  #find(key: string): Kept | null {
    const kept = this.#entries.get(key);
    if (kept === undefined) return null;
    if (kept.until > this.#now()) return kept;
    this.#entries.delete(key);
    return null;
  }

  #keep({ key, value, ttlMs, tags }: StoreEntry): void {
    // A copy: what was given may be a range of something larger, which would be kept with it.
    const own = Buffer.allocUnsafeSlow(value.byteLength);
    value.copy(own);
    const kept = { key, value: own, tags: [...new Set(tags)], until: this.#now() + ttlMs };
    // Before it is kept: it may go at once, for lack of room, and its tags with it.
    this.#tags.add(kept);
    this.#entries.set(key, kept);
  }
}
