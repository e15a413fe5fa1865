import { isHeadgateError } from '../errors';
import { announce } from '../events';
import type { Retention } from './options';
import type { SerialQueue } from './serial-queue';
import { hashesIn } from './state';
import type { Revision, Storage } from './storage/storage';

export interface PrunerParts {
  readonly storage: Storage;
  readonly graph: string;
  /** Null never prunes. */
  readonly retention: Retention | null;
  /** That of the changes: nothing is checked or stored meanwhile. */
  readonly queue: SerialQueue;
  /** The revision that is served, 0 when that is not known; it stays, and so does every later one. */
  readonly live: () => number;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** Revisions that are stored between two times of looking for what may go. */
const STORED_BETWEEN = 50;

/** Lets go of what is out of retention: once a head is served, and then after every {@link STORED_BETWEEN} revisions. */
export class Pruner {
  readonly #parts: PrunerParts;
  #storedSince = STORED_BETWEEN;
  /** How many times it was looked for what may go. */
  #times = 0;
  #running = false;

  constructor(parts: PrunerParts) {
    this.#parts = parts;
  }

  /** What goes while it is read is looked for once more, and then found anew or said to be pruned. */
  async reading<Result>(read: () => Promise<Result>): Promise<Result> {
    const times = this.#times;
    try {
      return await read();
    } catch (error) {
      const wentMeanwhile = this.#running || this.#times !== times;
      if (!wentMeanwhile || !isHeadgateError(error, 'REGISTRY_CORRUPT')) throw error;
      return read();
    }
  }

  /** Counts a change. */
  stored(): void {
    this.#storedSince += 1;
  }

  /** Prunes behind the changes that wait, when it is time; nobody waits for it. Failures are announced. */
  whenDue(): void {
    const { retention, queue, live } = this.#parts;
    if (retention === null || live() === 0 || this.#storedSince < STORED_BETWEEN) return;
    this.#storedSince = 0;
    queue.run(() => this.#prune(retention)).catch((error: unknown) => this.#announceFailure(error));
  }

  async #prune(retention: Retention): Promise<void> {
    const { storage, graph, live, now } = this.#parts;
    const head = await storage.head(graph);
    if (head === null) return;
    const old = await storage.read(graph, {
      before: head.revision - retention.revisionsMax + 1,
      limit: Number.MAX_SAFE_INTEGER,
    });
    const before = Math.min(oldestKept(old, head.revision, retention, now()), live());
    const { revisions, blobs } = await this.#counted(() => storage.prune(graph, { before, namedIn: hashesIn }));
    if (revisions > 0 || blobs > 0) announce('registry.pruned', { graph, before, revisions, blobs });
  }

  async #counted<Result>(task: () => Promise<Result>): Promise<Result> {
    this.#running = true;
    try {
      return await task();
    } finally {
      this.#running = false;
      this.#times += 1;
    }
  }

  #announceFailure(error: unknown): void {
    // A crowd of changes: so many later it is looked at again.
    if (isHeadgateError(error, 'REGISTRY_BUSY')) return;
    const { graph } = this.#parts;
    if (isHeadgateError(error)) announce('registry.prune.failed', { graph, code: error.code, message: error.message });
    else announce('internal.error', { where: `pruning the registry graph ${graph}`, error });
  }
}

/**
 * The first revision within either bound. Whatever is after it stays, so that there is no gap.
 * @param old those beyond the count, oldest first
 */
function oldestKept(old: readonly Revision[], head: number, retention: Retention, nowMs: number): number {
  // A time that cannot be read counts as young.
  const young = old.find(({ at }) => !(Date.parse(at) < nowMs - retention.ageMs));
  return young?.revision ?? Math.max(1, head - retention.revisionsMax + 1);
}
