import { ExactNumber, isExact, MARK } from './exact-number';
import { endOfString, mayHaveLongNumbers } from './scan';

const NUMBER_CHARACTERS = /[-+0-9.eE]*/y;
const SPACE = /[ \t\r\n]*/y;
/** Shorter than this, and without an exponent, every number survives a double. */
const LONG_CHARACTERS = 16;

/**
 * JSON.parse, but what a double cannot hold becomes an {@link ExactNumber}.
 * @throws {SyntaxError} as JSON.parse
 */
export function parseJson(text: string): unknown {
  return mayHaveLongNumbers(text) ? parseExactly(text) : JSON.parse(text);
}

/** What may be no JSON, as JSON.parse or `parse` reads it; undefined when it is none. */
export function parseOrNone(text: string, parse: (text: string) => unknown = JSON.parse): unknown {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/**
 * {@link parseJson} for a text that has been looked through, with numbers that may be too long. These become strings with a mark, so
 * that JSON.parse does the work.
 */
export function parseExactly(text: string, make: MakeNumber = exactNumber): unknown {
  const marked = markedNumbers(text);
  if (marked === null) return JSON.parse(text);
  let value: unknown;
  try {
    value = JSON.parse(marked);
  } catch {
    return JSON.parse(text); // its error shows the text, not the marks
  }
  return unmarked(value, make);
}

/** Null when every number survives. */
function markedNumbers(text: string): string | null {
  let result = '';
  let copied = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      at = endOfString(text, at);
      if (at === -1) break;
    } else if (code === 0x2d || (code >= 0x30 && code <= 0x39)) {
      const end = endOf(NUMBER_CHARACTERS, text, at);
      const number = text.slice(at, end);
      if (isLong(number) && isExact(number) && !isKey(text, end)) {
        result += `${text.slice(copied, at)}"${MARK}${number}"`;
        copied = end;
      }
      at = end - 1;
    }
  }
  return copied === 0 ? null : result + text.slice(copied);
}

function isLong(number: string): boolean {
  return number.length >= LONG_CHARACTERS || number.includes('e') || number.includes('E');
}

function endOf(pattern: RegExp, text: string, start: number): number {
  pattern.lastIndex = start;
  pattern.exec(text);
  return pattern.lastIndex;
}

/** A key must be a string: a number with a mark would be taken for one. */
function isKey(text: string, end: number): boolean {
  return text.charAt(endOf(SPACE, text, end)) === ':';
}

function isMarked(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith(MARK);
}

/** What becomes of the text of a number that a double cannot hold. */
type MakeNumber = (text: string) => unknown;

function exactNumber(text: string): ExactNumber {
  return new ExactNumber(text);
}

/** Puts numbers where marks are. Not recursive: nobody has bounded the depth. */
function unmarked(root: unknown, make: MakeNumber): unknown {
  const numberIn = (marked: string) => make(marked.slice(MARK.length));
  if (isMarked(root)) return numberIn(root);
  const open: unknown[] = [root];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    if (Array.isArray(value)) unmarkList(value, open, numberIn);
    else if (typeof value === 'object' && value !== null)
      unmarkObject(value as Record<string, unknown>, open, numberIn); // as: no list
  }
  return root;
}

function unmarkList(list: unknown[], open: unknown[], numberIn: MakeNumber): void {
  for (let index = 0; index < list.length; index += 1) {
    const value = list[index];
    if (isMarked(value)) list[index] = numberIn(value);
    else if (typeof value === 'object' && value !== null) open.push(value);
  }
}

/** An own `__proto__`, which is what JSON.parse makes, is assigned like any other key. */
function unmarkObject(object: Record<string, unknown>, open: unknown[], numberIn: MakeNumber): void {
  for (const key of Object.keys(object)) {
    const value = object[key];
    if (isMarked(value)) object[key] = numberIn(value);
    else if (typeof value === 'object' && value !== null) open.push(value);
  }
}
