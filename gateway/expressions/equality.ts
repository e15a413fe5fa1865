import type { Frame } from './frame';
import {
  admit,
  Duration,
  EvaluationError,
  entryOf,
  isMap,
  type MadeMap,
  Optional,
  Timestamp,
  TypeValue,
  Uint,
} from './values';

/** Deepest lists and maps that are compared; data of a request is not that deep. */
const DEPTH_MAX = 500;

/** The number that a value is, of whichever kind; undefined when it is none. */
export function numberIn(value: unknown): number | bigint | undefined {
  if (typeof value === 'number' || typeof value === 'bigint') return value;
  return value instanceof Uint ? value.value : undefined;
}

/** Below zero, zero or above zero; NaN when one of them is NaN. Between an integer and a double as doubles, as the language has it. */
export function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (typeof a !== typeof b) return compareNumbers(Number(a), Number(b));
  if (a < b) return -1;
  if (a > b) return 1;
  return Number.isNaN(a) || Number.isNaN(b) ? Number.NaN : 0;
}

/** Whether two values are equal. Values of different kinds are not, but numbers are by what they are worth. */
export function equals(frame: Frame, a: unknown, b: unknown, depth = 0): boolean | EvaluationError {
  if (typeof a === 'string' && typeof b === 'string') {
    if (a.length !== b.length) return false;
    return frame.chargeText(a.length) ? a === b : frame.exhausted();
  }
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== undefined && right !== undefined) return compareNumbers(left, right) === 0;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  return equalObjects(frame, a, b, depth);
}

function equalObjects(frame: Frame, a: object, b: object, depth: number): boolean | EvaluationError {
  if (depth > DEPTH_MAX) return new EvaluationError('values are too deep to be compared');
  if (Array.isArray(a)) return Array.isArray(b) ? equalLists(frame, a, b, depth) : false;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanos === b.nanos;
  if (a instanceof Duration) return b instanceof Duration && a.nanos === b.nanos;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Uint8Array) return b instanceof Uint8Array && equalBytes(frame, a, b);
  if (a instanceof Optional) return b instanceof Optional && equalOptionals(frame, a, b, depth);
  return isMap(a) && isMap(b) ? equalMaps(frame, a, b, depth) : false;
}

function equalBytes(frame: Frame, a: Uint8Array, b: Uint8Array): boolean | EvaluationError {
  if (a.length !== b.length) return false;
  return frame.chargeText(a.length) ? Buffer.compare(a, b) === 0 : frame.exhausted();
}

function equalOptionals(frame: Frame, a: Optional, b: Optional, depth: number): boolean | EvaluationError {
  if (a.value === undefined || b.value === undefined) return a.value === b.value;
  return equals(frame, a.value, b.value, depth + 1);
}

function equalLists(
  frame: Frame,
  a: readonly unknown[],
  b: readonly unknown[],
  depth: number,
): boolean | EvaluationError {
  if (a.length !== b.length) return false;
  for (let index = 0; index < a.length; index++) {
    if (!frame.charge(1)) return frame.exhausted();
    const equal = equals(frame, admit(a[index]), admit(b[index]), depth + 1);
    if (equal !== true) return equal;
  }
  return true;
}

function equalMaps(
  frame: Frame,
  a: MadeMap | Readonly<Record<string, unknown>>,
  b: MadeMap | Readonly<Record<string, unknown>>,
  depth: number,
): boolean | EvaluationError {
  const [keys, others] = [frame.keysOf(a), frame.keysOf(b)];
  if (keys instanceof EvaluationError) return keys;
  if (others instanceof EvaluationError) return others;
  if (keys.length !== others.length) return false;
  for (const key of keys) {
    const other = entryOf(b, key);
    if (other === undefined) return false;
    const equal = equals(frame, admit(entryOf(a, key)), admit(other), depth + 1);
    if (equal !== true) return equal;
  }
  return true;
}

/** Orders by code points, where JavaScript orders by UTF-16 units. */
export function compareStrings(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  let at = 0;
  while (at < shared && a.charCodeAt(at) === b.charCodeAt(at)) at += 1;
  if (at === shared) return a.length - b.length;
  return rank(a.charCodeAt(at)) - rank(b.charCodeAt(at));
}

/** Halves of characters beyond the first plane come last. */
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}
