import { SyntaxProblem } from './source';

/** A literal that was read, and where the text goes on behind it. */
export interface StringLiteral {
  readonly value: string | Uint8Array;
  readonly end: number;
}

const SIMPLE_ESCAPES: Readonly<Record<string, number>> = {
  a: 0x07,
  b: 0x08,
  f: 0x0c,
  n: 0x0a,
  r: 0x0d,
  t: 0x09,
  v: 0x0b,
  '\\': 0x5c,
  "'": 0x27,
  '"': 0x22,
  '`': 0x60,
  '?': 0x3f,
};
const DIGITS_OF: Readonly<Record<string, number>> = { x: 2, X: 2, u: 4, U: 8 };
const PREFIXED = /([rR][bB]|[bB][rR]|[rRbB])?("""|'''|"|')/y;
const CODE_POINT_MAX = 0x10ffff;

/** The string or bytes that begin at `start`; null when none does. */
export function readStringLiteral(text: string, start: number): StringLiteral | null {
  PREFIXED.lastIndex = start;
  const opening = PREFIXED.exec(text);
  if (opening === null) return null;
  const [whole, prefix = '', quote = ''] = opening;
  const raw = /r/i.test(prefix);
  const close = closingQuote(text, start + whole.length, quote, raw);
  const body = text.slice(start + whole.length, close).replace(/\r\n?/g, quote.length === 3 ? '\n' : '$&');
  const reader = new EscapeReader(body, start, /b/i.test(prefix));
  return { value: raw ? reader.raw() : reader.read(), end: close + quote.length };
}

/** The place of the closing quote. */
function closingQuote(text: string, from: number, quote: string, raw: boolean): number {
  for (let at = from; at < text.length; at++) {
    if (text.startsWith(quote, at)) return at;
    if (text[at] === '\\' && !raw) at += 1;
    else if (quote.length === 1 && (text[at] === '\n' || text[at] === '\r')) break;
  }
  throw new SyntaxProblem(from - quote.length, `a string is not closed: ${quote} is missing`);
}

/** Reads what stands between quotes. In bytes, escapes of two or three digits are bytes, elsewhere code points. */
class EscapeReader {
  #at = 0;
  readonly #parts: Uint8Array[] = [];
  #string = '';

  constructor(
    readonly body: string,
    readonly start: number,
    readonly bytes: boolean,
  ) {}

  raw(): string | Uint8Array {
    return this.bytes ? Buffer.from(this.body, 'utf8') : this.body;
  }

  read(): string | Uint8Array {
    while (this.#at < this.body.length) {
      const next = this.body.indexOf('\\', this.#at);
      const end = next === -1 ? this.body.length : next;
      this.#add(this.body.slice(this.#at, end));
      this.#at = end;
      if (next !== -1) this.#escape();
    }
    return this.bytes ? Uint8Array.from(Buffer.concat(this.#parts)) : this.#string;
  }

  #add(text: string): void {
    if (this.bytes) this.#parts.push(Buffer.from(text, 'utf8'));
    else this.#string += text;
  }

  #escape(): void {
    const letter = this.body[this.#at + 1] ?? '';
    const simple = SIMPLE_ESCAPES[letter];
    if (simple !== undefined) {
      this.#at += 2;
      this.#add(String.fromCodePoint(simple));
    } else if (/[0-3]/.test(letter)) this.#code(this.#at + 1, 3, 8);
    else this.#code(this.#at + 2, this.#digitsOf(letter), 16);
  }

  #digitsOf(letter: string): number {
    const digits = DIGITS_OF[letter];
    if (digits === undefined || (this.bytes && digits > 2)) throw this.#problem(`\\${letter} is not an escape`);
    return digits;
  }

  #code(from: number, count: number, radix: 8 | 16): void {
    const digits = this.body.slice(from, from + count);
    const legal = radix === 8 ? /^[0-7]+$/ : /^[0-9a-fA-F]+$/;
    if (digits.length !== count || !legal.test(digits)) throw this.#problem('an escape lacks digits');
    const code = Number.parseInt(digits, radix);
    this.#at = from + count;
    if (this.bytes) this.#parts.push(Uint8Array.of(code));
    else if (code > CODE_POINT_MAX || (code >= 0xd800 && code <= 0xdfff))
      throw this.#problem(`no character has the number ${digits}`);
    else this.#string += String.fromCodePoint(code);
  }

  #problem(message: string): SyntaxProblem {
    return new SyntaxProblem(this.start, message);
  }
}
