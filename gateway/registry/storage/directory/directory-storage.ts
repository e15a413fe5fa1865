import { userInfo } from 'node:os';
import { join } from 'node:path';
import { HeadgateError, isHeadgateError } from '../../../errors';
import { announce } from '../../../events';
import { SerialQueue } from '../../serial-queue';
import type { Range, Revision, RevisionEvent, Storage } from '../storage';
import { Blobs } from './blobs';
import { Journal } from './journal';
import { type DirectoryLock, lockDirectory } from './lock';
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
    const { journal, revisions } = await Journal.open(join(directory, 'journal.jsonl'));
    return new DirectoryStorage(lock, blobs, journal, revisions);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class DirectoryStorage implements Storage {
  readonly #lock: DirectoryLock;
  readonly #blobs: Blobs;
  readonly #journal: Journal;
  readonly #appends = new SerialQueue(APPENDS_WAITING_MAX);
  readonly #revisions = new Map<string, Revision[]>();
  readonly #listeners = new Set<(revision: Revision) => void>();
  #closing: Promise<void> | undefined;

  constructor(lock: DirectoryLock, blobs: Blobs, journal: Journal, revisions: readonly Revision[]) {
    this.#lock = lock;
    this.#blobs = blobs;
    this.#journal = journal;
    for (const revision of revisions) this.#remember(revision);
  }

  async head(graph: string): Promise<Revision | null> {
    return this.#revisions.get(graph)?.at(-1) ?? null;
  }

  async read(graph: string, { before, limit }: Range): Promise<readonly Revision[]> {
    const all = this.#revisions.get(graph) ?? [];
    // Revision n stands at n - 1.
    const end = before === null ? all.length : Math.max(0, Math.min(all.length, before - 1));
    return all.slice(Math.max(0, end - limit), end);
  }

  async append(graph: string, expected: number, event: RevisionEvent, blobs: readonly string[]): Promise<Revision> {
    if (this.#closing !== undefined) throw new HeadgateError('REGISTRY_WRITE_FAILED', 'the registry is closed');
    return this.#appends.run(async () => {
      const head = this.#revisions.get(graph)?.length ?? 0;
      if (head !== expected) {
        throw new HeadgateError('CONFLICT', `graph ${graph} is at revision ${head}, not at ${expected}`);
      }
      await this.#writeBlobs(blobs);
      const revision: Revision = { graph, revision: expected + 1, ...event };
      await this.#journal.append(revision);
      this.#remember(revision);
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

  #remember(revision: Revision): void {
    const all = this.#revisions.get(revision.graph) ?? [];
    all.push(revision);
    this.#revisions.set(revision.graph, all);
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
    await this.#appends.idle();
    this.#listeners.clear();
    await this.#journal.close();
    await this.#lock.release();
  }
}
