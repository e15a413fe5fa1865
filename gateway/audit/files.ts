import { open, readdir, readFile, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Link } from './chain';

/** A file of the log that was put aside: the name of the log and the number of its last line, `audit.jsonl.1042`. */
export interface FileAside {
  readonly path: string;
  /** Number of its last line. */
  readonly last: number;
}

export function asideName(path: string, last: number): string {
  return `${path}.${last}`;
}

/** Files of the log that were put aside, the oldest first; none where the folder is not there. */
export async function filesAside(path: string): Promise<readonly FileAside[]> {
  const start = `${basename(path)}.`;
  const names = await readdir(dirname(path)).catch((error: unknown) => {
    if (codeOf(error) === 'ENOENT') return [];
    throw error;
  });
  return names
    .filter((name) => name.startsWith(start) && /^\d{1,15}$/.test(name.slice(start.length)))
    .map((name) => ({ path: join(dirname(path), name), last: Number(name.slice(start.length)) }))
    .sort((a, b) => a.last - b.last);
}

/** Removes those that are out of number. @returns the number of the last line that is gone; null when none is */
export async function removeOldest(path: string, filesMax: number): Promise<number | null> {
  const aside = await filesAside(path);
  const old = aside.slice(0, Math.max(0, aside.length - filesMax));
  for (const file of old) await rm(file.path, { force: true });
  return old.at(-1)?.last ?? null;
}

/** Where the last line that was written is told of, beside the log: without it, a log without its last lines would look whole. */
export function headPath(path: string): string {
  return `${path}.head`;
}

/** Null when there is none, or none that can be read. */
export async function readHead(path: string): Promise<Link | null> {
  const text = await readFile(headPath(path), 'latin1').catch(() => '');
  const [, seq, hash] = /^(\d{16}) ([0-9a-f]{64})\n$/.exec(text) ?? [];
  return seq === undefined || hash === undefined ? null : { seq: Number(seq), hash };
}

/** Of one length always: it is written over in its place. */
export function headText({ seq, hash }: Link): string {
  return `${String(seq).padStart(16, '0')} ${hash}\n`;
}

/** Makes the names in a folder durable. */
export async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** The code of a failed system call, `ENOSPC`; undefined of anything else. */
export function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
