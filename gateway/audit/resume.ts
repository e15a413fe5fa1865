import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { BEGINNING, decodeLine, type Link } from './chain';
import { filesAside, readHead } from './files';

/** An entry has some kilobytes: the last line is in here. */
const TAIL_BYTES = 1_048_576;
const NEWLINE = 0x0a;

/** Where a log goes on. */
export interface Resumed {
  /** The line that the next one follows. */
  readonly last: Link;
  /** Bytes of whole lines in the file. */
  readonly bytes: number;
  /** Bytes behind them: of a write that a crash cut off. */
  readonly tornBytes: number;
  /** What is wrong with what is there; null when nothing is. */
  readonly damage: string | null;
}

interface Tail {
  readonly bytes: number;
  readonly tornBytes: number;
  /** Null: there is no line; undefined: the last one is not as it was written. */
  readonly last: Link | null | undefined;
}

async function readTail(file: FileHandle): Promise<Tail> {
  const { size } = await file.stat();
  const start = Math.max(0, size - TAIL_BYTES);
  const tail = Buffer.alloc(size - start);
  await file.read(tail, 0, tail.length, start);
  const end = tail.lastIndexOf(NEWLINE);
  const bytes = start + end + 1;
  // A file of a megabyte without a line is none of ours.
  if (end === -1)
    return { bytes: start === 0 ? 0 : size, tornBytes: start === 0 ? size : 0, last: start === 0 ? null : undefined };
  const text = tail.subarray(end === 0 ? 0 : tail.lastIndexOf(NEWLINE, end - 1) + 1, end).toString('utf8');
  return { bytes, tornBytes: size - bytes, last: decodeLine(text) ?? undefined };
}

/** The last line of the newest file that was put aside; null without one. */
async function lastAside(path: string): Promise<Tail['last']> {
  const newest = (await filesAside(path)).at(-1);
  if (newest === undefined) return null;
  const file = await open(newest.path, 'r');
  try {
    return (await readTail(file)).last;
  } finally {
    await file.close();
  }
}

/**
 * Finds the last line, as the file and the note beside it have it. Where they differ the log goes on behind the one that came later, so
 * that what is missing stays missing for whoever looks through it.
 */
export async function resume(path: string, file: FileHandle): Promise<Resumed> {
  const { bytes, tornBytes, last: own } = await readTail(file);
  const found = own === null ? await lastAside(path) : own;
  const head = await readHead(path);
  const last = found ?? BEGINNING;
  if (found === undefined) {
    const damage = 'the last line is not as it was written';
    return { last: head ?? last, bytes, tornBytes, damage };
  }
  if (head === null || head.seq < last.seq || (head.seq === last.seq && head.hash === last.hash))
    return { last, bytes, tornBytes, damage: null };
  const damage =
    head.seq === last.seq
      ? `line ${last.seq} is another one than was written`
      : `lines ${last.seq + 1} to ${head.seq} are missing`;
  return { last: head, bytes, tornBytes, damage };
}
