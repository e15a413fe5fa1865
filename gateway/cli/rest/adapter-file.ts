import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { HeadgateError } from '../../errors';

const FILE_BYTES_MAX = 5_000_000;

/** A REST adapter on disk; its subgraph is named for the file: `inventory.rest.graphql` is `inventory`. */
export interface AdapterFile {
  readonly path: string;
  readonly name: string;
  readonly sdl: string;
}

/** @throws {HeadgateError} USAGE: the file cannot be read */
export async function readAdapterFile(path: string): Promise<AdapterFile> {
  const name = basename(path).split('.')[0] ?? '';
  try {
    const sdl = await readFile(path, 'utf8');
    if (sdl.length <= FILE_BYTES_MAX) return { path, name: name === '' ? 'rest' : name, sdl };
  } catch (cause) {
    const reason = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
    throw new HeadgateError('USAGE', `cannot read ${path}${reason}`, { cause });
  }
  throw new HeadgateError('USAGE', `${path} is larger than ${FILE_BYTES_MAX} bytes`);
}
