import { type ExactNumber, numberOf } from '../../../json/exact-number';
import { narrowInteger } from '../json';

/** What is wrong with a mapping text, and where. */
export class MappingSyntaxError extends Error {
  override readonly name = 'MappingSyntaxError';
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

const SPACE_OR_COMMENT = /(?:[ \t\r\n]|#[^\n]*)*/y;
const IDENTIFIER = /[A-Za-z_][A-Za-z0-9_]*/y;
const NUMBER = /-?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)/y;
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

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
        at += 1;
        const escaped = this.text.charAt(at);
        value += ESCAPES[escaped] ?? escaped;
      } else value += char;
    }
    throw new MappingSyntaxError('this string has no closing quote', start);
  }

  number(): number | bigint | ExactNumber | null {
    this.peek();
    const digits = this.#match(NUMBER);
    if (digits === null) return null;
    return digits.includes('.') ? numberOf(digits) : narrowInteger(BigInt(digits));
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
