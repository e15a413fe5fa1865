import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { announce } from '../events';
import { codeOf, messageOf } from './thrown';
import { writeFileAtomically } from './write-file';

/** The first line of a checkpoint: a comment of SDL, so that the whole file is a supergraph file as well. */
const HEADER = /^# headgate checkpoint sha256=([0-9a-f]{64})\n/;

/** Keeps the last good supergraph. A crash at any moment leaves the former checkpoint or this one. */
export async function writeCheckpoint(path: string, sdl: string): Promise<void> {
  await writeFileAtomically(path, `# headgate checkpoint sha256=${checksum(sdl)}\n${sdl}`);
}

/**
 * The supergraph kept at `path`; null when there is none. One that is torn, altered or unreadable is announced
 * (`supergraph.refused`) and counts as none.
 */
export async function readCheckpoint(path: string): Promise<string | null> {
  const text = await read(path);
  if (text === null) return null;
  const header = HEADER.exec(text);
  const sdl = text.slice(header?.[0].length);
  if (header?.[1] === checksum(sdl)) return sdl;
  refuse(path, 'the checkpoint is torn or was altered: its checksum does not match; delete it');
  return null;
}

async function read(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') refuse(path, `the checkpoint cannot be read: ${messageOf(error)}`);
    return null;
  }
}

function refuse(path: string, message: string): void {
  announce('supergraph.refused', { source: path, code: 'SUPERGRAPH_INVALID', message });
}

function checksum(sdl: string): string {
  return createHash('sha256').update(sdl).digest('hex');
}
