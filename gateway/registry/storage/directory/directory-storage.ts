import { userInfo } from 'node:os';
import { join } from 'node:path';
import { HeadgateError, isHeadgateError } from '../../../errors';
import { announce } from '../../../events';
import { SerialQueue } from '../../serial-queue';
import type { Pruned, Pruning, Range, Revision, RevisionEvent, Storage } from '../storage';
import { Blobs } from './blobs';
import { HeldRevisions } from './held-revisions';
import { Journal } from './journal';
import { type DirectoryLock, lockDirectory } from './lock';
import { compact, NOTHING_PRUNED, sweep, sweepFailed } from './prune-directory';
import { createFolder } from './sync-folder';
import { systemCode } from './system-code';

const APPENDS_WAITING_MAX = 1000;
/** What is wrong with the folder, and not with what is in it. */
const FOLDER_CODES: ReadonlySet<string> = new Set([
  'EACCES',
  'EPERM',
  'EROFS',
  'ENOTDIR',
  'EEXIST',
  'ENOSPC',
  'EDQUOT',
  'ENAMETOOLONG',
]);

/**
 * A registry in a folder: `journal.jsonl`, `blobs/`, `lock/`. To copy the folder is to back it up.
 * @throws {HeadgateError} REGISTRY_LOCKED, REGISTRY_CORRUPT; CONFIG_INVALID when the folder cannot be written to
 */
export async function openDirectoryStorage(directory: string): Promise<Storage> {
  try {
    return await open(directory);
  } catch (error) {
    throw unusable(directory, error) ?? error;
  }
}

/** What the system said of the folder, with the key that names it; null for anything else. */
function unusable(directory: string, error: unknown): HeadgateError | null {
  const cause = isHeadgateError(error, 'REGISTRY_LOCKED') ? error.cause : error;
  const code = systemCode(cause);
  if (code === undefined || !FOLDER_CODES.has(code)) return null;
  const { uid = 0 } = userInfo();
  const message = `registry.directory: ${directory} cannot be written to (${code}); make it a folder of user ${uid}, or name another one`;
  return new HeadgateError('CONFIG_INVALID', message, { cause: error });
}

async function open(directory: string): Promise<Storage> {
  await createFolder(directory);
  const lock = await lockDirectory(directory);
  try {
    const blobs = await Blobs.open(join(directory, 'blobs'));
    const { journal, revisions, pruned } = await Journal.open(join(directory, 'journal.jsonl'));
    return new DirectoryStorage(lock, blobs, journal, new HeldRevisions(revisions, pruned));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class DirectoryStorage implements Storage {
  readonly #lock: DirectoryLock;
  readonly #blobs: Blobs;
  readonly #journal: Journal;
  /** Appends and pruning. */
  readonly #writes = new SerialQueue(APPENDS_WAITING_MAX);
  #held: HeldRevisions;
  /** Nothing that an interrupted pruning left is in the blobs, for all that is known. */
  #swept: boolean;
  readonly #listeners = new Set<(revision: Revision) => void>();
  #closing: Promise<void> | undefined;

  constructor(lock: DirectoryLock, blobs: Blobs, journal: Journal, held: HeldRevisions) {
    this.#lock = lock;
    this.#blobs = blobs;
    this.#journal = journal;
    this.#held = held;
    this.#swept = Object.keys(held.pruned()).length === 0;
  }

  async head(graph: string): Promise<Revision | null> {
    return this.#held.head(graph);
  }

  async oldest(graph: string): Promise<number> {
    return this.#held.oldest(graph);
  }

  async read(graph: string, range: Range): Promise<readonly Revision[]> {
    return this.#held.read(graph, range);
  }

  async append(graph: string, expected: number, event: RevisionEvent, blobs: readonly string[]): Promise<Revision> {
    if (this.#closing !== undefined) throw new HeadgateError('REGISTRY_WRITE_FAILED', 'the registry is closed');
    return this.#writes.run(async () => {
      const head = this.#held.head(graph)?.revision ?? 0;
      if (head !== expected) {
        throw new HeadgateError('CONFLICT', `graph ${graph} is at revision ${head}, not at ${expected}`);
      }
      await this.#writeBlobs(blobs);
      const revision: Revision = { graph, revision: expected + 1, ...event };
      await this.#journal.append(revision);
      this.#held.add(revision);
      this.#tell(revision);
      return revision;
    });
  }

  async #writeBlobs(blobs: readonly string[]): Promise<void> {
    try {
      await this.#blobs.write(blobs);
    } catch (error) {
      const reason = systemCode(error) ?? 'unknown reason';
      throw new HeadgateError('REGISTRY_WRITE_FAILED', `nothing was stored: writing a blob failed (${reason})`, {
        cause: error,
      });
    }
  }

  async prune(graph: string, pruning: Pruning): Promise<Pruned> {
    return this.#writes.run(async () => {
      if (this.#closing !== undefined) return NOTHING_PRUNED;
      const before = this.#held;
      this.#held = await compact(before, graph, pruning, this.#journal);
      if (this.#held !== before) this.#swept = false;
      const revisions = this.#held.oldest(graph) - before.oldest(graph);
      if (this.#swept) return { revisions, blobs: 0 };
      const stop = () => this.#closing !== undefined;
      const blobs = await sweep(this.#held, pruning, { blobs: this.#blobs, stop }).catch((error: unknown) => {
        throw sweepFailed(error);
      });
      this.#swept = blobs !== null;
      return { revisions, blobs: blobs ?? 0 };
    });
  }

  #tell(revision: Revision): void {
    for (const listener of this.#listeners) {
      try {
        listener(revision);
      } catch (error) {
        announce('internal.error', { where: 'registry storage listener', error });
      }
    }
  }

  blob(hash: string): Promise<string> {
    return this.#blobs.read(hash);
  }

  subscribe(listener: (revision: Revision) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    await this.#writes.idle();
    this.#listeners.clear();
    await this.#journal.close();
    await this.#lock.release();
  }
}
