import { isJsonArray, isJsonObject, type Json, sameJson, writeJson } from '../transport/rest/json';

/** Where two values differ: the way to the place, and what is there on each side; undefined: nothing is. */
export interface JsonDifference {
  /** `rows[0].name`; empty for the whole value. */
  readonly path: string;
  readonly expected: Json | undefined;
  readonly found: Json | undefined;
}

/** Differences that are shown of one value. */
const DIFFERENCES_MAX = 20;

/**
 * The deepest places where two values differ, at most {@link DIFFERENCES_MAX}. A field that is not there is the same as one that
 * is null, as it is for GraphQL.
 */
export function jsonDifferences(expected: Json, found: Json): readonly JsonDifference[] {
  const all: JsonDifference[] = [];
  collect('', expected, found, all);
  return all;
}

function collect(path: string, expected: Json | undefined, found: Json | undefined, all: JsonDifference[]): void {
  const [left, right] = [expected ?? null, found ?? null];
  if (all.length >= DIFFERENCES_MAX || sameJson(left, right)) return;
  if (isJsonObject(left) && isJsonObject(right)) {
    for (const key of new Set([...Object.keys(left), ...Object.keys(right)]))
      collect(path === '' ? key : `${path}.${key}`, left[key], right[key], all);
  } else if (isJsonArray(left) && isJsonArray(right)) {
    const [short, long] = [Math.min(left.length, right.length), Math.max(left.length, right.length)];
    for (let index = 0; index < short; index += 1) collect(`${path}[${index}]`, left[index], right[index], all);
    for (let index = short; index < long && all.length < DIFFERENCES_MAX; index += 1)
      all.push({ path: `${path}[${index}]`, expected: left[index], found: right[index] });
  } else all.push({ path, expected, found });
}

const SHOWN_MAX = 400;

/** One side of a difference, on one line, cut when it is long. */
export function shownJson(value: Json | undefined): string {
  if (value === undefined) return 'nothing';
  const text = writeJson(value);
  return text.length > SHOWN_MAX ? `${text.slice(0, SHOWN_MAX)}… (${text.length} characters)` : text;
}
