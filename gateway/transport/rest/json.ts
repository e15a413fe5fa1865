import { ExactNumber } from '../../json/exact-number';
import { stringifyJson } from '../../json/stringify';

/**
 * A JSON value; numbers that a double cannot hold are `bigint` when they are integers and text otherwise, so that they
 * survive the way through a mapping.
 */
export type Json = null | boolean | number | bigint | ExactNumber | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export type JsonScalar = null | boolean | number | bigint | ExactNumber | string;

export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

export function isJsonArray(value: unknown): value is readonly Json[] {
  return Array.isArray(value);
}

export function isJsonScalar(value: Json): value is JsonScalar {
  return typeof value !== 'object' || value === null || value instanceof ExactNumber;
}

/** The property of that name that the data itself has: names such as `constructor` find nothing they should not. */
export function ownProperty(object: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** Null, or an object in which there is nothing else. */
export function holdsNothing(value: Json): boolean {
  return value === null || (isJsonObject(value) && Object.values(value).every(holdsNothing));
}

/** Same value: objects whatever the order of their keys, numbers by value whether `number` or `bigint`. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return a >= b && a <= b; // `===` never holds between number and bigint
  if (a instanceof ExactNumber) return b instanceof ExactNumber && a.text === b.text;
  if (isJsonArray(a)) {
    return isJsonArray(b) && a.length === b.length && a.every((item, index) => sameJson(item, b[index] ?? null));
  }
  if (!isJsonObject(a) || !isJsonObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => {
    const [left, right] = [ownProperty(a, key), ownProperty(b, key)];
    return left !== undefined && right !== undefined && sameJson(left, right);
  });
}

export function isNumeric(value: Json | undefined): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

/** What arithmetic and comparisons take for a number; whatever is none stays as it is. */
export function asNumeric(value: Json | undefined): Json | undefined {
  return value instanceof ExactNumber ? Number(value) : value;
}

/** A whole number in the narrowest form that holds it exactly. */
export function narrowInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** JSON text, with numbers as they are. */
export function writeJson(value: Json): string {
  try {
    return `${stringifyJson(value)}`;
  } catch (error) {
    // JSON.stringify refuses bigint with a TypeError; everything else it throws is not ours to hide.
    if (!(error instanceof TypeError)) throw error;
    return writeWithIntegers(value);
  }
}

function writeWithIntegers(value: Json): string {
  if (typeof value === 'bigint' || value instanceof ExactNumber) return value.toString();
  if (isJsonArray(value)) return `[${value.map(writeWithIntegers).join(',')}]`;
  if (!isJsonObject(value)) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([key, item]) => `${JSON.stringify(key)}:${writeWithIntegers(item)}`)
    .join(',')}}`;
}
