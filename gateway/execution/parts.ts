import { ExactNumber } from '../json/exact-number';
import type { Position } from './position';

/**
 * Values that the fetches answered at a position: the value itself where the position has one fetch, an array aligned with
 * `position.fetches` where it has several. Read only; answers may be shared with other requests.
 */
export type Parts = unknown;

/** Answers of the fetches so far. */
export interface Answers {
  /** What fetch `id` answered for the element that is being looked at. */
  answerHere(id: number): unknown;
}

export interface Access {
  readonly child: Position;
  /** The child's values below an object; fetches that begin at the child are left `undefined` until {@link arrive}. */
  readonly read: (parts: Parts) => Parts;
}

/** `__proto__`, `constructor` and the like are legal response keys: never read them from the prototype. */
function reader(key: string): (value: unknown) => unknown {
  const guarded = key in Object.prototype;
  return (value) => {
    if (typeof value !== 'object' || value === null) return undefined;
    if (guarded && !Object.hasOwn(value, key)) return undefined;
    return (value as Record<string, unknown>)[key]; // as: JSON object, checked above
  };
}

/** Makes the way from an object at `position` to its key; null when no fetch asks for it. */
export function accessTo(position: Position, key: string): Access | null {
  const child = position.children.get(key);
  if (child === undefined) return null;
  const readKey = reader(key);
  const { sources } = child;
  const fromOne = position.fetches.length === 1;
  if (child.fetches.length === 1) {
    const source = sources[0] ?? -1;
    if (source < 0) return { child, read: () => undefined };
    if (fromOne) return { child, read: readKey };
    return { child, read: (parts) => readKey((parts as unknown[])[source]) }; // as: several fetches, see Parts
  }
  const count = sources.length;
  const read = (parts: Parts): unknown[] => {
    const values = new Array<unknown>(count);
    for (let at = 0; at < count; at++) {
      const source = sources[at] ?? -1;
      if (source >= 0) values[at] = readKey(fromOne ? parts : (parts as unknown[])[source]);
    }
    return values;
  };
  return { child, read };
}

/** The list among the values, the earliest in plan order; null when there is none. */
export function listOf(position: Position, values: Parts): readonly unknown[] | null {
  if (position.fetches.length === 1) return Array.isArray(values) ? values : null;
  for (const value of values as unknown[]) if (Array.isArray(value)) return value; // as: see Parts
  return null;
}

/**
 * Tells whether several fetches answered lists here that are not equally long. What belongs together is told by the index
 * alone, so then nothing is known to.
 */
export function differInLength(position: Position, values: Parts): boolean {
  if (position.fetches.length === 1) return false;
  let length = -1;
  for (const value of values as unknown[]) {
    if (!Array.isArray(value)) continue;
    if (length >= 0 && value.length !== length) return true;
    length = value.length;
  }
  return false;
}

/** Values of one element of the lists among `values`. */
export function elementOf(position: Position, values: Parts, index: number): Parts {
  if (position.fetches.length === 1) return (values as unknown[])[index]; // as: the caller saw a list
  const lists = values as unknown[];
  const elements = new Array<unknown>(lists.length);
  for (let at = 0; at < lists.length; at++) {
    const list = lists[at];
    if (Array.isArray(list)) elements[at] = list[index];
  }
  return elements;
}

/** Adds what the fetches that begin here answered for this very element. Changes and returns `values`. */
export function arrive(position: Position, values: Parts, answers: Answers): Parts {
  const { fetches, sources } = position;
  if (fetches.length === 1) return sources[0] === -1 ? answers.answerHere(fetches[0] ?? 0) : values;
  const parts = values as unknown[]; // as: see Parts; made for this element by read or elementOf
  for (let at = 0; at < sources.length; at++) {
    if (sources[at] === -1) parts[at] = answers.answerHere(fetches[at] ?? 0);
  }
  return parts;
}

export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber);
}

/** Tells whether any fetch answered an object here. */
export function hasObject(position: Position, parts: Parts): boolean {
  if (position.fetches.length === 1) return isJsonObject(parts);
  for (const part of parts as unknown[]) if (isJsonObject(part)) return true;
  return false;
}

/** Tells whether an entity fetch that begins here answered null because of what it answered below: see `keepEntity`. */
export function hasFailedEntity({ sources }: Position, parts: Parts): boolean {
  return sources.length > 1 && sources.some((source, at) => source === -1 && (parts as unknown[])[at] === null);
}

/** One value for a leaf: the latest that is not null, else null, else undefined when nobody answered. */
export function leafOf(position: Position, values: Parts): unknown {
  if (position.fetches.length === 1) return values;
  let found: unknown;
  for (const value of values as unknown[]) {
    if (value !== undefined && (value !== null || found === undefined)) found = value;
  }
  return found;
}

/** Values that the fetches at the root of the operation answered so far. */
export function rootParts(root: Position, answers: Answers): Parts {
  return arrive(root, root.fetches.length === 1 ? undefined : new Array(root.fetches.length), answers);
}
