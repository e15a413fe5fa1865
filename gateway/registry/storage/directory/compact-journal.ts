import { type FileHandle, open, rm } from 'node:fs/promises';
import type { Revision } from '../storage';
import { encodeBase, encodeLine, type JournalBase } from './journal-line';

/** A journal that is written and on disk, and not yet in its place. */
export interface CompactedJournal {
  /** Open for reading and writing. */
  readonly file: FileHandle;
  readonly temporary: string;
  readonly bytes: number;
  readonly lastChecksum: string;
}

const BATCH_BYTES = 256 * 1024;

/** Names the file in which the next journal is written; what a killed process left there is removed at open. */
export function temporaryOf(path: string): string {
  return `${path}.new`;
}

/** Writes the journal that begins with `base` and holds `revisions`, under a temporary name. */
export async function writeCompacted(
  path: string,
  base: JournalBase,
  revisions: readonly Revision[],
): Promise<CompactedJournal> {
  const temporary = temporaryOf(path);
  await rm(temporary, { force: true });
  const file = await open(temporary, 'wx+');
  try {
    let { text, checksum } = encodeBase(base);
    let bytes = 0;
    const write = async () => {
      await file.writeFile(text);
      bytes += Buffer.byteLength(text);
      text = '';
    };
    for (const revision of revisions) {
      const line = encodeLine(revision, checksum);
      text += line.text;
      checksum = line.checksum;
      if (text.length >= BATCH_BYTES) await write();
    }
    await write();
    await file.sync();
    return { file, temporary, bytes, lastChecksum: checksum };
  } catch (error) {
    await file.close();
    await rm(temporary, { force: true });
    throw error;
  }
}
