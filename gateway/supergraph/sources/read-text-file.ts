import { readFile, stat } from 'node:fs/promises';
import { HeadgateError } from '../../errors';
import { messageOf } from '../thrown';

const BYTES_MAX = 64 * 1024 * 1024;

/** @throws {HeadgateError} SUPERGRAPH_UNAVAILABLE: missing, unreadable, or larger than 64 MB */
export async function readTextFile(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size <= BYTES_MAX) return await readFile(path, 'utf8');
  } catch (error) {
    throw new HeadgateError('SUPERGRAPH_UNAVAILABLE', `cannot read ${path}: ${messageOf(error)}`, { cause: error });
  }
  throw new HeadgateError('SUPERGRAPH_UNAVAILABLE', `cannot read ${path}: it is larger than 64 MB`);
}
