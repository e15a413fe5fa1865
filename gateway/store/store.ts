import type { Soon } from '../layers';

/**
 * What is kept under a key. The value is bytes, not text: they are counted as what they take, stand outside of the heap, and go
 * to another process, to a server or into an answer as they are. Nobody changes them once they are given or found.
 */
export interface StoreEntry {
  readonly key: string;
  readonly value: Buffer;
  /** Milliseconds until it is not found any more. */
  readonly ttlMs: number;
  /** Names by which it is dropped together with others. */
  readonly tags: readonly string[];
}

/** How fast a bucket fills: `tokens` in each period, up to `burst`. Whole numbers. */
export interface Rate {
  readonly tokens: number;
  readonly periodMs: number;
  readonly burst: number;
}

/** What came of taking tokens out of a bucket. */
export interface Taken {
  /** False: there were too few, and none was taken. */
  readonly taken: boolean;
  /** Whole tokens that are left. */
  readonly remaining: number;
  /** Milliseconds until as many are there as were asked for; 0 when they were, infinite when the bucket never holds so many. */
  readonly retryAfterMs: number;
}

/**
 * What processes share. It may forget whatever it keeps at any time, and it may not answer at all: then each use ends within
 * the time limit of its driver as said here, and never rejects. What is beyond the limits of `limits.ts` is not kept.
 */
export interface Store {
  /**
   * Finds values, in the order of the keys; null for what is not there.
   * Without an answer: nothing is found. Values beyond 2 MB of one answer are not found either.
   */
  get(keys: readonly string[]): Soon<readonly (Buffer | null)[]>;
  /**
   * Keeps entries in place of those of the same keys. Nobody waits for it: who asks here afterwards finds them.
   * When it does not arrive, what was there before stays until its time is over.
   */
  set(entries: readonly StoreEntry[]): void;
  /**
   * Takes whole tokens out of a bucket, all or none, atomically for all who share it. A bucket begins full, and one that was not
   * asked for longest may be forgotten and begin anew. The same name with another rate is another bucket. A negative cost gives
   * tokens back; the bucket holds no more than its burst.
   * Without an answer: null, and the caller's rule says what that means.
   */
  take(bucket: string, cost: number, rate: Rate): Soon<Taken | null>;
  /**
   * Drops all that has one of the tags. Without an answer: null, and it may or may not be dropped.
   * @returns how many there were
   */
  drop(tags: readonly string[]): Soon<number | null>;
  /** Tells all who follow the topic, in every process and in this one; at most once, in order. What does not arrive is lost. */
  publish(topic: string, message: Buffer): void;
  /** @param listener called later, never while `publish` runs @returns ends it */
  follow(topic: string, listener: (message: Buffer) => void): () => void;
  /** Ends whatever waits, as without an answer. */
  close(): void;
}
