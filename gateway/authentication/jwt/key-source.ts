import { announce } from '../../events';
import type { ReadKeySet } from './read-key-set';
import type { VerificationKey } from './verification-key';

/** The keys of one place, as they are now. */
export interface KeySource {
  /** Null: they could not be read yet, or last so long ago that they count no longer. */
  readonly keys: readonly VerificationKey[] | null;
  /** Looks whether there are newer keys. Null: somebody looked a short while ago. Never rejects. */
  refresh(): Promise<void> | null;
  close(): Promise<void>;
}

/** Keys that were read last, and what is told of reading them. */
export class CurrentKeys {
  readonly #source: string;
  readonly #now: () => number;
  #keys: readonly VerificationKey[] | null = null;
  #readAt: number | null = null;
  /** What was said last of a failure; null after a success. */
  #failure: string | null = null;

  /** @param source for log and metrics @param now milliseconds on a clock that only goes forward */
  constructor(source: string, now: () => number) {
    this.#source = source;
    this.#now = now;
  }

  get keys(): readonly VerificationKey[] | null {
    return this.#keys;
  }

  /** Takes over what was read: a key that stays is the same object, one that is gone is not current any more. */
  adopt({ keys, leftOut }: ReadKeySet): void {
    const before = new Map(this.#keys?.map((key) => [key.identity, key]));
    const next = keys.map((key) => before.get(key.identity) ?? key);
    const isNew =
      this.#keys === null || next.length !== before.size || next.some(({ identity }) => !before.has(identity));
    this.#retire(new Set(next));
    this.#keys = next;
    this.#readAt = this.#now();
    this.#failure = null;
    announce('keys.read', { source: this.#source, keys: next.length, leftOut, isNew });
  }

  /** Keeps what there is, unless it is older than so long. */
  fail(message: string, ageMsMax: number): void {
    const ageMs = this.#readAt === null ? null : this.#now() - this.#readAt;
    if (ageMs !== null && ageMs > ageMsMax) this.clear();
    const isNew = message !== this.#failure;
    this.#failure = message;
    announce('keys.failed', { source: this.#source, message, ageMs, keys: this.#keys?.length ?? 0, isNew });
  }

  clear(): void {
    this.#retire(new Set());
    this.#keys = null;
  }

  #retire(staying: ReadonlySet<VerificationKey>): void {
    for (const key of this.#keys ?? []) if (!staying.has(key)) key.isCurrent = false;
  }
}
