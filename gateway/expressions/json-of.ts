import { ExactNumber } from '../json/exact-number';
import { printDuration, printTimestamp } from './functions/times';
import { admit, Duration, entryOf, isMap, keysOf, Optional, Timestamp, TypeValue, Uint } from './values';

const DEPTH_MAX = 500;

/**
 * A value as JSON has it, for logs, headers and people: integers as numbers with all their digits, bytes in base64, times as the
 * language prints them, an empty optional as null.
 */
export function jsonOf(value: unknown, depth = 0): unknown {
  const known = admit(value);
  if (typeof known === 'bigint') return integer(known);
  if (typeof known === 'number') return Number.isFinite(known) ? known : String(known);
  if (typeof known !== 'object' || known === null || depth > DEPTH_MAX) return typeof known === 'object' ? null : known;
  if (Array.isArray(known)) return known.map((element) => jsonOf(element, depth + 1));
  return isMap(known) ? mapOf(known, depth) : single(known, depth);
}

function integer(value: bigint): number | ExactNumber {
  return Number.isSafeInteger(Number(value)) ? Number(value) : new ExactNumber(String(value));
}

function single(value: object, depth: number): unknown {
  if (value instanceof Uint) return integer(value.value);
  if (value instanceof Timestamp) return printTimestamp(value);
  if (value instanceof Duration) return printDuration(value);
  if (value instanceof Optional) return jsonOf(value.value ?? null, depth);
  if (value instanceof TypeValue) return value.name;
  return value instanceof Uint8Array ? Buffer.from(value).toString('base64') : null;
}

function mapOf(map: Parameters<typeof keysOf>[0], depth: number): unknown {
  const entries = keysOf(map).map((key) => [nameOf(key), jsonOf(entryOf(map, key), depth + 1)]);
  return Object.fromEntries(entries);
}

function nameOf(key: unknown): string {
  return key instanceof Uint ? String(key.value) : String(key);
}
