import type { StoreEntry } from './store';

/** Characters of a key, a tag, a topic, the name of a bucket: whoever has longer ones hashes them. */
const NAME_CHARACTERS_MAX = 512;
const TAGS_MAX = 64;
const VALUE_BYTES_MAX = 512_000;
export const PUBLISHED_BYTES_MAX = 64_000;
/** Of the values in one answer. */
export const ANSWER_BYTES_MAX = 2_000_000;
/** Of what is asked in one message to another process. */
export const BATCH_BYTES_MAX = 2_000_000;

export function isName(name: string): boolean {
  return name.length <= NAME_CHARACTERS_MAX;
}

/** Tells whether an entry is within all limits. */
export function isKeepable({ key, value, ttlMs, tags }: StoreEntry): boolean {
  return (
    isName(key) && value.byteLength <= VALUE_BYTES_MAX && ttlMs > 0 && tags.length <= TAGS_MAX && tags.every(isName)
  );
}
