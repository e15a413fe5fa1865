import { type FileHandle, mkdir, open, rename, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { encodeLine, type Link } from './chain';
import type { AuditEntry } from './entry';
import { asideName, codeOf, headPath, headText, removeOldest, syncFolder } from './files';
import type { AuditOptions } from './options';
import { type Resumed, resume } from './resume';

export interface TimedEntry {
  readonly time: string;
  readonly entry: AuditEntry;
}

type Sizes = Pick<AuditOptions, 'fileBytesMax' | 'filesMax'>;

/** Only the owner may read it. */
const MODE = 0o600;
const NEWLINE = 0x0a;

/** The files of a log, as one chain. One process, one append at a time; its callers see to that. */
export class ChainedFile {
  readonly #path: string;
  readonly #sizes: Sizes;
  #file: FileHandle;
  readonly #head: FileHandle;
  #last: Link;
  /** Bytes of lines that are written. */
  #bytes: number;
  /** A failed append may have left something behind `#bytes`. */
  #tailUnknown = false;
  /** What is to be said of the files themselves, in front of the next entry. */
  readonly #notes: TimedEntry[] = [];

  private constructor(path: string, sizes: Sizes, file: FileHandle, head: FileHandle, { last, bytes }: Resumed) {
    this.#path = path;
    this.#sizes = sizes;
    this.#file = file;
    this.#head = head;
    this.#last = last;
    this.#bytes = bytes;
  }

  /** Opens or creates the log, and drops what a crash left of a line. @throws an error of the system */
  static async open(path: string, sizes: Sizes): Promise<{ readonly file: ChainedFile } & Resumed> {
    await mkdir(dirname(path), { recursive: true });
    const file = await openOrCreate(path);
    try {
      const resumed = await resume(path, file);
      await file.truncate(resumed.bytes);
      await file.datasync();
      const head = await openOrCreate(headPath(path));
      await syncFolder(dirname(path));
      return { file: new ChainedFile(path, sizes, file, head, resumed), ...resumed };
    } catch (error) {
      await file.close();
      throw error;
    }
  }

  /** When it resolves, the entries are on disk; when it rejects, the log is as before. @throws an error of the system */
  async append(entries: readonly TimedEntry[]): Promise<void> {
    await this.#settle();
    await this.#lookAfter();
    await this.#makeRoom();
    const notes = [...this.#notes];
    let last = this.#last;
    let text = (await this.#endsInLine()) ? '' : '\n';
    for (const { entry, time } of [...notes, ...entries]) {
      const line = encodeLine(entry, time, last);
      text += line.text;
      last = line.link;
    }
    const bytes = Buffer.from(text);
    this.#tailUnknown = true;
    await writeAt(this.#file, bytes, this.#bytes);
    await this.#file.datasync();
    this.#tailUnknown = false;
    this.#bytes += bytes.length;
    this.#last = last;
    this.#notes.splice(0, notes.length);
    // Behind the lines: a note of lines that are not there would say that somebody took them.
    await writeAt(this.#head, Buffer.from(headText(last)), 0);
    await this.#head.datasync();
  }

  async close(): Promise<void> {
    await Promise.all([this.#file.close(), this.#head.close()]);
  }

  async #settle(): Promise<void> {
    if (!this.#tailUnknown) return;
    await this.#file.truncate(this.#bytes);
    this.#tailUnknown = false;
  }

  /** What somebody else did to the file is said in the log, which goes on. */
  async #lookAfter(): Promise<void> {
    const [own, named] = await Promise.all([this.#file.stat(), stat(this.#path).catch(() => null)]);
    if (named === null || named.ino !== own.ino || named.dev !== own.dev) {
      const file = await openOrCreate(this.#path);
      await this.#file.close();
      this.#file = file;
      this.#bytes = (await file.stat()).size;
      this.#note('audit.replaced', { path: this.#path });
    } else if (own.size !== this.#bytes) {
      this.#note('audit.changed', { path: this.#path, bytes_expected: this.#bytes, bytes_found: own.size });
      this.#bytes = own.size;
    }
  }

  /** False only where somebody else wrote. */
  async #endsInLine(): Promise<boolean> {
    if (this.#bytes === 0) return true;
    const byte = Buffer.alloc(1);
    await this.#file.read(byte, 0, 1, this.#bytes - 1);
    return byte[0] === NEWLINE;
  }

  /** Puts a full file aside. */
  async #makeRoom(): Promise<void> {
    if (this.#bytes < this.#sizes.fileBytesMax) return;
    await rename(this.#path, asideName(this.#path, this.#last.seq));
    const file = await open(this.#path, 'wx+', MODE);
    await this.#file.close();
    this.#file = file;
    this.#bytes = 0;
    await syncFolder(dirname(this.#path));
    const through = await removeOldest(this.#path, this.#sizes.filesMax);
    if (through !== null) this.#note('audit.pruned', { through });
  }

  #note(action: string, target: AuditEntry['target']): void {
    const entry: AuditEntry = { action, outcome: 'noted', actor: null, address: null, request: null, target };
    this.#notes.push({ time: new Date().toISOString(), entry });
  }
}

/** Not 'a': an append after a failed one must write over what that one left. */
async function openOrCreate(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r+');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
    return open(path, 'wx+', MODE);
  }
}

async function writeAt(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
  let written = 0;
  while (written < bytes.length) {
    const { bytesWritten } = await file.write(bytes, written, bytes.length - written, position + written);
    written += bytesWritten;
  }
}
