import { textBytes } from '../kept';
import type { StoreAsk } from './messages';
import type { StoreEntry } from './store';

/** Of an ask or an entry, beside its texts and values. */
const OVERHEAD_BYTES = 100;

function textsBytes(texts: readonly string[]): number {
  return texts.reduce((bytes, text) => bytes + textBytes(text), OVERHEAD_BYTES);
}

function entryBytes({ key, value, tags }: StoreEntry): number {
  return value.byteLength + textBytes(key) + textsBytes(tags);
}

/** Bytes that an ask takes on its way, at most. */
export function askBytes(ask: StoreAsk): number {
  switch (ask.op) {
    case 'get':
      return textsBytes(ask.keys);
    case 'set':
      return ask.entries.reduce((bytes, entry) => bytes + entryBytes(entry), OVERHEAD_BYTES);
    case 'take':
      return textsBytes([ask.bucket]);
    case 'drop':
      return textsBytes(ask.tags);
    case 'publish':
      return ask.message.byteLength + textsBytes([ask.topic]);
  }
}
