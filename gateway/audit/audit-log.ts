import { Deadline } from '../deadline';
import { HeadgateError } from '../errors';
import { announce } from '../events';
import { ChainedFile, type TimedEntry } from './chained-file';
import { type AuditEntry, boundedEntry } from './entry';
import { codeOf } from './files';
import type { AuditOptions } from './options';

/** Takes what is to be written. */
export interface AuditTrail {
  /**
   * Resolves when the entry is on disk.
   * @throws {HeadgateError} AUDIT_UNAVAILABLE: it is not, and will not be; unless such changes are allowed
   */
  begin(entry: AuditEntry): Promise<void>;
  /** Resolves when the entry is on disk, or cannot be written now: then it is kept, and written when that works again. Does not reject. */
  end(entry: AuditEntry): Promise<void>;
}

interface Waiting extends TimedEntry {
  /** Kept when the disk fails. */
  readonly isKept: boolean;
  /** @param code why it is not written; null when it is */
  readonly settled: (code: string | null) => void;
}

/** Written with one sync. */
const BATCH = 256;
/** Entries of 30 kB at most that wait for the disk; those beyond are refused, or counted. */
const KEPT_MAX = 1_000;
const RETRY_MS = 1_000;
/** Longest wait for a disk that says nothing. */
const WAIT_MS = 5_000;

/** The audit log, from when it is opened until it is closed. */
export class AuditLog implements AuditTrail {
  readonly #options: AuditOptions;
  readonly #file: ChainedFile;
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #retry: NodeJS.Timeout | undefined;
  /** Code of the system call that fails; null while none does. */
  #failure: string | null = null;
  #lost = 0;
  #closed = false;

  private constructor(options: AuditOptions, file: ChainedFile) {
    this.#options = options;
    this.#file = file;
  }

  /**
   * Opens or creates the log, and goes on where it ends.
   * @returns what the first entry says of it
   * @throws {HeadgateError} CONFIG_INVALID: it cannot be written there
   */
  static async open(options: AuditOptions): Promise<{ readonly log: AuditLog; readonly found: Found }> {
    const { path } = options;
    try {
      const { file, last, tornBytes, damage } = await ChainedFile.open(path, options);
      if (tornBytes > 0) announce('audit.torn', { path, bytes: tornBytes });
      if (damage !== null) announce('audit.damaged', { path, message: damage });
      return { log: new AuditLog(options, file), found: { after: last.seq, torn_bytes: tornBytes, damage } };
    } catch (error) {
      const code = codeOf(error);
      if (code === undefined) throw error;
      const remedy = 'make its folder writable, name another path, or leave audit out';
      throw new HeadgateError('CONFIG_INVALID', `audit.path: ${path} cannot be written (${code}); ${remedy}`);
    }
  }

  async begin(entry: AuditEntry): Promise<void> {
    if (this.#options.onError === 'allow') return this.end(entry);
    await this.#add(entry, false);
  }

  end(entry: AuditEntry): Promise<void> {
    return this.#add(entry, true);
  }

  /** Writes what waits, if that is possible, and closes the files. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#retry);
    this.#write();
    await this.#writing;
    await this.#file.close();
  }

  #add(entry: AuditEntry, isKept: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      const giveUp = (code: string) => (isKept ? resolve() : reject(unavailable(code)));
      if (this.#waiting.length >= KEPT_MAX) {
        if (isKept) this.#lost += 1;
        giveUp('too many entries wait');
        return;
      }
      const deadline = new Deadline(WAIT_MS, () => giveUp('it does not answer'));
      const settled = (code: string | null) => {
        deadline.cancel();
        if (code === null) resolve();
        else giveUp(code);
      };
      this.#waiting.push({ entry: boundedEntry(entry), time: new Date().toISOString(), isKept, settled });
      this.#write();
    });
  }

  #write(): void {
    if (this.#waiting.length > 0) this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    for (;;) {
      const batch = this.#waiting.slice(0, BATCH);
      const lost = this.#lost;
      try {
        await this.#file.append(lost === 0 ? batch : [this.#loss(lost), ...batch]);
        this.#wrote(batch, lost);
      } catch (error) {
        this.#failed(error);
      }
      // Nothing stands between the last look at what waits and this.
      if (this.#failure === null && this.#waiting.length > 0) continue;
      this.#writing = null;
      return;
    }
  }

  #wrote(batch: readonly Waiting[], lost: number): void {
    this.#waiting.splice(0, batch.length);
    if (this.#failure !== null) announce('audit.recovered', { path: this.#options.path, lost });
    this.#failure = null;
    this.#lost -= lost;
    for (const { entry, settled } of batch) {
      announce('audit.written', { outcome: entry.outcome });
      settled(null);
    }
  }

  /** Nobody waits for a disk: who asked for a change is refused, and what has happened is kept. */
  #failed(error: unknown): void {
    const code = codeOf(error) ?? String(error);
    const { path } = this.#options;
    if (this.#failure === null) announce('audit.failed', { path, code });
    this.#failure = code;
    const kept: Waiting[] = [];
    for (const one of this.#waiting) {
      if (one.isKept) kept.push(one);
      one.settled(code);
    }
    this.#waiting = kept;
    if (this.#closed || kept.length === 0) return;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#write(), RETRY_MS).unref();
  }

  #loss(entries: number): TimedEntry {
    const target = { entries, code: this.#failure };
    const entry = {
      action: 'audit.lost',
      outcome: 'noted',
      actor: null,
      address: null,
      request: null,
      target,
    } as const;
    return { time: new Date().toISOString(), entry };
  }
}

/** What there was when the log was opened. */
export interface Found {
  /** Number of the line that is followed. */
  readonly after: number;
  readonly torn_bytes: number;
  readonly damage: string | null;
}

function unavailable(code: string): HeadgateError {
  return new HeadgateError('AUDIT_UNAVAILABLE', `nothing was changed: the audit log cannot be written (${code})`);
}
