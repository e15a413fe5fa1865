import { open, stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { filesAside } from './files';

/** A file of the log is put aside at a size; whoever reads more than that reads files aside. */
const READ_BYTES_MAX = 64 * 1024 * 1024;
const NEWLINE = 0x0a;
const POLL_MS = 250;

/** A place in a file: which file it is, and how far it was read. */
export interface Place {
  readonly ino: number;
  readonly bytes: number;
}

/** The last whole lines of a log. @throws an error of the system */
export async function lastLines(
  path: string,
  count: number,
): Promise<{ readonly lines: readonly string[]; readonly end: Place }> {
  const { lines, end } = await linesFrom(path, 0);
  return { lines: count === 0 ? [] : lines.slice(-count), end };
}

/** Reads on, also when the file is put aside and the next one begun. Does not end by itself. */
export async function followLines(path: string, end: Place, onLine: (text: string) => void): Promise<never> {
  let at = end;
  for (;;) {
    await sleep(POLL_MS);
    const now = await stat(path).catch(() => null);
    // Between two files there is none.
    if (now === null) continue;
    if (now.ino === at.ino && now.size === at.bytes) continue;
    for (const { file, bytes } of await unread(path, at)) {
      const read = await linesFrom(file, bytes);
      for (const line of read.lines) onLine(line);
      at = read.end;
    }
  }
}

/** Files with lines behind a place, the oldest first. */
async function unread(path: string, { ino, bytes }: Place): Promise<readonly { file: string; bytes: number }[]> {
  const now = await stat(path);
  if (now.ino === ino) return [{ file: path, bytes: now.size < bytes ? 0 : bytes }];
  const files: { file: string; bytes: number }[] = [{ file: path, bytes: 0 }];
  for (const { path: file } of (await filesAside(path)).toReversed()) {
    const isLast = (await stat(file)).ino === ino;
    files.unshift({ file, bytes: isLast ? bytes : 0 });
    if (isLast) return files;
  }
  // The file that was read is gone.
  return [{ file: path, bytes: 0 }];
}

async function linesFrom(
  path: string,
  start: number,
): Promise<{ readonly lines: readonly string[]; readonly end: Place }> {
  const file = await open(path, 'r');
  try {
    const { ino, size } = await file.stat();
    const from = Math.max(start, size - READ_BYTES_MAX);
    const bytes = Buffer.alloc(Math.max(0, size - from));
    await file.read(bytes, 0, bytes.length, from);
    const end = bytes.lastIndexOf(NEWLINE) + 1;
    const lines = bytes.subarray(0, end).toString('utf8').split('\n').slice(0, -1);
    return { lines, end: { ino, bytes: from + end } };
  } finally {
    await file.close();
  }
}
