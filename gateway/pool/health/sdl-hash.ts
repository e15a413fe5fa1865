import { createHash } from 'node:crypto';
import { canonicalSdl } from './canonical-sdl';

/** Every instance shows the same text again and again. */
const REMEMBERED_MAX = 500;

/** By hash of the text, the oldest first. */
const remembered = new Map<string, string>();

/**
 * Tells schemas apart as far as composition does: see {@link canonicalSdl}.
 * @returns a hash in hex; of the text itself when it is not SDL
 */
export function sdlHash(sdl: string): string {
  const text = hashOf(sdl);
  const known = remembered.get(text);
  if (known !== undefined) return known;
  const hash = hashOf(canonicalOr(sdl));
  const [oldest] = remembered.keys();
  if (oldest !== undefined && remembered.size >= REMEMBERED_MAX) remembered.delete(oldest);
  remembered.set(text, hash);
  return hash;
}

function canonicalOr(sdl: string): string {
  try {
    return canonicalSdl(sdl);
  } catch {
    return sdl.trim();
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
