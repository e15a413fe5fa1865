import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HeadgateError } from '../../../errors';
import { blobHash } from '../storage';
import { syncFolder } from './sync-folder';
import { systemCode } from './system-code';

const HASH = /^[0-9a-f]{64}$/;
const TEMPORARY = '.new';

/** Texts in files named by their SHA-256. A file is complete or absent, and never changes; it goes when no revision names it any more. */
export class Blobs {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Creates the folder if need be, and removes what a killed process left half written. */
  static async open(folder: string): Promise<Blobs> {
    await mkdir(folder, { recursive: true });
    for (const name of await readdir(folder)) {
      if (name.endsWith(TEMPORARY)) await rm(join(folder, name), { force: true });
    }
    return new Blobs(folder);
  }

  /** When it resolves, the texts and their names are on disk. */
  async write(texts: readonly string[]): Promise<void> {
    for (const text of texts) await this.#writeOne(text);
    await syncFolder(this.#folder);
  }

  async #writeOne(text: string): Promise<void> {
    const hash = blobHash(text);
    if ((await this.#find(hash)) === text) return;
    const temporary = join(this.#folder, `${hash}-${randomBytes(4).toString('hex')}${TEMPORARY}`);
    try {
      const file = await open(temporary, 'wx');
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, join(this.#folder, hash));
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** Null when there is none. */
  async #find(hash: string): Promise<string | null> {
    try {
      return await readFile(join(this.#folder, hash), 'utf8');
    } catch (error) {
      if (systemCode(error) === 'ENOENT') return null;
      throw error;
    }
  }

  /**
   * Removes every text that is not among `named`; nobody may be writing.
   * @param stop asked before each: true leaves the rest for another time
   * @returns how many went
   */
  async sweep(named: ReadonlySet<string>, stop: () => boolean): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#folder)) {
      if (!HASH.test(name) || named.has(name)) continue;
      if (stop()) break;
      await rm(join(this.#folder, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  async read(hash: string): Promise<string> {
    const path = join(this.#folder, hash);
    const text = HASH.test(hash) ? await this.#find(hash) : null;
    if (text === null) throw corrupt(`${path} is missing`);
    if (blobHash(text) !== hash) throw corrupt(`the content of ${path} does not match its name`);
    return text;
  }
}

function corrupt(what: string): HeadgateError {
  return new HeadgateError(
    'REGISTRY_CORRUPT',
    `${what}; restore the file from a back-up, or publish its subgraph again`,
  );
}
