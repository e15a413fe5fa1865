import { ExactNumber } from '../../json/exact-number';
import { parseExactly, parseOrNone } from '../../json/parse';
import { mayHaveLongNumbers, scanJson } from '../../json/scan';
import type { Json } from './json';

export type ParsedJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: 'syntax' | 'depth' };

/**
 * Parses JSON text. Numbers that a `number` cannot hold become `bigint` when they are integers in digits, and otherwise
 * keep their text.
 * @param depthMax how deep lists and objects may nest
 * @param scan when that was done in a turn of its own
 */
export function parseJson(text: string, depthMax: number, scan = scanJson(text, depthMax)): ParsedJson {
  if (scan.isTooDeep) return { ok: false, reason: 'depth' };
  const value = parseOrNone(text, scan.mayHaveLongNumbers ? parseLong : undefined);
  return value === undefined ? { ok: false, reason: 'syntax' } : { ok: true, value: value as Json }; // as: JSON
}

/** The same for a text that the gateway made: it is JSON, and nests no deeper than what it was made of. */
export function parseOwnJson(text: string): unknown {
  return mayHaveLongNumbers(text) ? parseLong(text) : JSON.parse(text);
}

function parseLong(text: string): unknown {
  return parseExactly(text, exactNumber);
}

/** Reading digits into a bigint takes quadratic time: an integer of more digits than this stays text. */
const INTEGER_DIGITS_MAX = 1_000;

/** @param text a number that a double cannot hold */
export function exactNumber(text: string): bigint | ExactNumber {
  const isInteger = text.length <= INTEGER_DIGITS_MAX && !/[.eE]/.test(text);
  return isInteger ? BigInt(text) : new ExactNumber(text);
}
