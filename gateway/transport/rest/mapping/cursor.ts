import { type ExactNumber, numberOf } from '../../../json/exact-number';
import { narrowInteger } from '../json';
import type { ConnectVersion } from './versions';

/** What is wrong with a mapping text, and where. */
export class MappingSyntaxError extends Error {
  override readonly name = 'MappingSyntaxError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** A mapping uses what a later version of the specification has. */
export class LaterFeatureError extends MappingSyntaxError {
  readonly feature: string;
  readonly since: ConnectVersion;
  /** What to write without it; null when nothing does the same. */
  readonly instead: string | null;

  constructor(feature: string, since: ConnectVersion, instead: string | null, offset: number) {
    super(`${feature} came with connect ${since}${instead === null ? '' : `; before, ${instead}`}`, offset);
    this.feature = feature;
    this.since = since;
    this.instead = instead;
  }

  /** The same, in a text that the mapping stands in. */
  movedBy(offset: number): LaterFeatureError {
    return new LaterFeatureError(this.feature, this.since, this.instead, this.offset + offset);
  }
}

const SPACE_OR_COMMENT = /(?:[ \t\r\n]|#[^\n]*)*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };
const UNICODE_ESCAPE = /u([0-9a-fA-F]{4})/y;
/** Reading digits into a bigint takes quadratic time. */
const DIGITS_MAX = 1_000;

/** A place in a mapping text: reads words, strings, numbers and signs; skips spaces and `#` comments before each. */
export class Cursor {
  readonly text: string;
  offset = 0;

  constructor(text: string) {
    this.text = text;
  }

  /** The next character after spaces and comments; empty at the end. */
  peek(): string {
    this.#match(SPACE_OR_COMMENT);
    return this.text.charAt(this.offset);
  }

  /** True when the text goes on with `sign`. */
  sees(sign: string): boolean {
    this.peek();
    return this.text.startsWith(sign, this.offset);
  }

  /** Steps over `sign` when it is next. */
  takes(sign: string): boolean {
    if (!this.sees(sign)) return false;
    this.offset += sign.length;
    return true;
  }

  expect(sign: string, where: string): void {
    if (!this.takes(sign)) throw this.error(`expected \`${sign}\` ${where}, found ${this.found()}`);
  }

  /** An identifier right here: no space before it. */
  identifierHere(): string | null {
    return this.#match(IDENTIFIER);
  }

  identifier(): string | null {
    this.peek();
    return this.identifierHere();
  }

  seesString(): boolean {
    const next = this.peek();
    return next === '"' || next === "'";
  }

  string(): string {
    const quote = this.peek();
    const start = this.offset;
    let value = '';
    for (let at = start + 1; at < this.text.length; at += 1) {
      const char = this.text.charAt(at);
      if (char === quote) {
        this.offset = at + 1;
        return value;
      }
      if (char === '\\') {
        const [length, escaped] = this.#escapeAt(at + 1);
        value += escaped;
        at += length;
      } else value += char;
    }
    throw new MappingSyntaxError('this string has no closing quote', start);
  }

  number(): number | bigint | ExactNumber | null {
    this.peek();
    const digits = this.#match(NUMBER);
    if (digits === null) return null;
    if (digits.length > DIGITS_MAX) throw this.error(`a number has at most ${DIGITS_MAX} characters`);
    return /[.eE]/.test(digits) ? numberOf(asJson(digits)) : narrowInteger(BigInt(digits));
  }

  /** How many characters the escape after a backslash takes, and what it stands for. */
  #escapeAt(at: number): readonly [number, string] {
    UNICODE_ESCAPE.lastIndex = at;
    const code = UNICODE_ESCAPE.exec(this.text)?.[1];
    if (code !== undefined) return [5, String.fromCharCode(Number.parseInt(code, 16))];
    const char = this.text.charAt(at);
    return [1, ESCAPES[char] ?? char];
  }

  error(message: string): MappingSyntaxError {
    return new MappingSyntaxError(message, this.offset);
  }

  found(): string {
    const next = this.peek();
    return next === '' ? 'the end' : `\`${next}\``;
  }

  #match(pattern: RegExp): string | null {
    pattern.lastIndex = this.offset;
    const match = pattern.exec(this.text);
    if (match === null) return null;
    this.offset = pattern.lastIndex;
    return match[0];
  }
}

/** `.5`, `5.` and `007.5` as JSON writes them. */
function asJson(digits: string): string {
  return digits
    .replace(/^(-?)0*(?=[0-9])/, '$1')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.(?![0-9])/, '');
}
