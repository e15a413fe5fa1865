import { type FileHandle, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { HeadgateError } from '../../../errors';
import type { Revision } from '../storage';
import { temporaryOf, writeCompacted } from './compact-journal';
import { encodeLine } from './journal-line';
import { type JournalContent, scanJournal } from './scan-journal';
import { syncFolder } from './sync-folder';
import { systemCode } from './system-code';

/** The file of revisions. One process, one append at a time; its callers see to that. */
export class Journal {
  readonly #path: string;
  #file: FileHandle;
  /** Bytes that hold acknowledged revisions. */
  #bytes = 0;
  #lastChecksum = '';
  /** A failed append may have left something behind `#bytes`. */
  #tailUnknown = false;
  /** The file was renamed into its place, and the folder may not know it yet. */
  #placeUnknown = false;

  private constructor(path: string, file: FileHandle) {
    this.#path = path;
    this.#file = file;
  }

  /**
   * Opens or creates the journal, and drops a torn tail.
   * @throws {HeadgateError} REGISTRY_CORRUPT
   */
  static async open(path: string): Promise<{ journal: Journal } & Pick<JournalContent, 'revisions' | 'pruned'>> {
    await rm(temporaryOf(path), { force: true });
    // Not 'a': an append after a failed one must write over what that one left.
    const file = await open(path, 'r+').catch((error: unknown) => {
      if (systemCode(error) === 'ENOENT') return open(path, 'wx+');
      throw error;
    });
    try {
      const journal = new Journal(path, file);
      const { revisions, pruned } = await journal.#load();
      await syncFolder(dirname(path));
      return { journal, revisions, pruned };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  async #load(): Promise<JournalContent> {
    const content = scanJournal(await this.#file.readFile(), this.#path);
    const { bytes, newlineMissing, lastChecksum } = content;
    await this.#file.truncate(bytes);
    if (newlineMissing) await this.#writeAt(bytes, '\n');
    await this.#file.datasync();
    this.#bytes = newlineMissing ? bytes + 1 : bytes;
    this.#lastChecksum = lastChecksum;
    return content;
  }

  /**
   * When it resolves, the revision is on disk; when it rejects, the journal is as before.
   * @throws {HeadgateError} REGISTRY_WRITE_FAILED, REGISTRY_CORRUPT when somebody else wrote to the file
   */
  async append(revision: Revision): Promise<void> {
    await this.#settle();
    const { text, checksum } = encodeLine(revision, this.#lastChecksum);
    try {
      await this.#writeAt(this.#bytes, text);
      await this.#file.datasync();
    } catch (error) {
      this.#tailUnknown = true;
      // When this fails too, the next append tries again; until then the tail counts as torn.
      await this.#dropTail().catch(() => undefined);
      throw writeFailed(this.#path, error);
    }
    this.#bytes += Buffer.byteLength(text);
    this.#lastChecksum = checksum;
  }

  /**
   * Replaces the journal by one of these revisions, which begins with what was `pruned` before them. When it resolves, that
   * is on disk; when it rejects, either is, and both hold what is kept.
   * @throws {HeadgateError} REGISTRY_WRITE_FAILED; REGISTRY_CORRUPT when somebody else wrote to the file
   */
  async compact(pruned: JournalContent['pruned'], revisions: readonly Revision[]): Promise<void> {
    await this.#settle();
    const last = this.#lastChecksum;
    try {
      const next = await writeCompacted(this.#path, { pruned, continues: last }, revisions);
      await rename(next.temporary, this.#path).catch(async (error: unknown) => {
        await next.file.close();
        await rm(next.temporary, { force: true });
        throw error;
      });
      const before = this.#file;
      this.#file = next.file;
      this.#bytes = next.bytes;
      this.#lastChecksum = next.lastChecksum;
      this.#placeUnknown = true;
      await before.close();
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
    await this.#keepPlace();
  }

  /** Makes the file what this process takes it for, before anything is added to it. */
  async #settle(): Promise<void> {
    if (this.#placeUnknown) await this.#keepPlace();
    if (this.#tailUnknown) await this.#dropTail();
    await this.#assertUntouched();
  }

  /** Until then a power cut may bring back the file before, which does not have what would be appended to this one. */
  async #keepPlace(): Promise<void> {
    try {
      await syncFolder(dirname(this.#path));
      this.#placeUnknown = false;
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  async #dropTail(): Promise<void> {
    try {
      await this.#file.truncate(this.#bytes);
      await this.#file.datasync();
      this.#tailUnknown = false;
    } catch (error) {
      throw writeFailed(this.#path, error);
    }
  }

  /** A file restored or edited underneath a running registry would swallow revisions. */
  async #assertUntouched(): Promise<void> {
    const mine = await this.#file.stat();
    const named = await stat(this.#path).catch(() => null);
    if (named !== null && named.ino === mine.ino && named.dev === mine.dev && mine.size === this.#bytes) return;
    throw new HeadgateError(
      'REGISTRY_CORRUPT',
      `${this.#path} was changed or replaced while this registry was running; restart it to read what is there now`,
    );
  }

  async #writeAt(position: number, text: string): Promise<void> {
    const bytes = Buffer.from(text);
    let written = 0;
    while (written < bytes.length) {
      const { bytesWritten } = await this.#file.write(bytes, written, bytes.length - written, position + written);
      written += bytesWritten;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function writeFailed(path: string, error: unknown): HeadgateError {
  const reason = systemCode(error) ?? 'unknown reason';
  return new HeadgateError('REGISTRY_WRITE_FAILED', `nothing was stored: writing to ${path} failed (${reason})`, {
    cause: error,
  });
}
