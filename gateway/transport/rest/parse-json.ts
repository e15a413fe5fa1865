import { ExactNumber } from '../../json/exact-number';
import { parseExactly } from '../../json/parse';
import { scanJson } from '../../json/scan';
import type { Json } from './json';

export type ParsedJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: 'syntax' | 'depth' };

/**
 * Parses JSON text. Numbers that a `number` cannot hold become `bigint` when they are integers in digits, and otherwise
 * keep their text.
 * @param depthMax how deep lists and objects may nest
 */
export function parseJson(text: string, depthMax: number): ParsedJson {
  const { isTooDeep, mayHaveLongNumbers } = scanJson(text, depthMax);
  if (isTooDeep) return { ok: false, reason: 'depth' };
  try {
    const value = mayHaveLongNumbers ? parseExactly(text, exactNumber) : JSON.parse(text);
    return { ok: true, value: value as Json }; // as: all that a parser of JSON makes
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, reason: 'syntax' };
    throw error;
  }
}

/** Reading digits into a bigint takes quadratic time: an integer of more digits than this stays text. */
const INTEGER_DIGITS_MAX = 1_000;

/** @param text a number that a double cannot hold */
export function exactNumber(text: string): bigint | ExactNumber {
  const isInteger = text.length <= INTEGER_DIGITS_MAX && !/[.eE]/.test(text);
  return isInteger ? BigInt(text) : new ExactNumber(text);
}
