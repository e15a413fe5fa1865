import { type Json, narrowInteger } from './json';

export type ParsedJson =
  | { readonly ok: true; readonly value: Json }
  | { readonly ok: false; readonly reason: 'syntax' | 'depth' };

/** A run of digits that may be an integer beyond 2^53 has at least this many. */
const LONG_DIGITS = 16;

const QUOTE = 34;
const OPENING: ReadonlySet<number> = new Set([91, 123]);
const CLOSING: ReadonlySet<number> = new Set([93, 125]);

/**
 * Parses JSON text. Integers that a `number` cannot hold become `bigint`: a scan finds whether there can be any, and only
 * then the slower reader runs.
 * @param depthMax how deep lists and objects may nest
 */
export function parseJson(text: string, depthMax: number): ParsedJson {
  const found = scan(text, depthMax);
  if (found === 'too deep') return { ok: false, reason: 'depth' };
  try {
    const value: Json = found === 'long digits' ? new Reader(text).document() : JSON.parse(text);
    return { ok: true, value };
  } catch (error) {
    if (error instanceof SyntaxError) return { ok: false, reason: 'syntax' };
    throw error;
  }
}

function scan(text: string, depthMax: number): 'plain' | 'long digits' | 'too deep' {
  let depth = 0;
  let digits = 0;
  let long = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char >= 48 && char <= 57) {
      digits += 1;
      long ||= digits >= LONG_DIGITS;
      continue;
    }
    digits = 0;
    if (char === QUOTE) at = endOfString(text, at);
    else if (OPENING.has(char)) {
      depth += 1;
      if (depth > depthMax) return 'too deep';
    } else if (CLOSING.has(char)) depth -= 1;
  }
  return long ? 'long digits' : 'plain';
}

/** The place of the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  for (let at = text.indexOf('"', start + 1); at !== -1; at = text.indexOf('"', at + 1)) {
    let slashes = 0;
    while (text.charAt(at - 1 - slashes) === '\\') slashes += 1;
    if (slashes % 2 === 0) return at;
  }
  return text.length;
}

const SPACE = /[ \t\r\n]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/** RFC 8259 by recursive descent; the scan has bounded the depth before. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  document(): Json {
    const value = this.#value();
    if (this.#next() !== '') throw new SyntaxError('text after the value');
    return value;
  }

  #value(): Json {
    switch (this.#next()) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      case '"':
        return this.#string();
      case 't':
        return this.#word('true', true);
      case 'f':
        return this.#word('false', false);
      case 'n':
        return this.#word('null', null);
      default:
        return this.#number();
    }
  }

  #object(): Json {
    const target: Record<string, Json> = {};
    this.#expect('{');
    if (this.#takes('}')) return target;
    do {
      if (this.#next() !== '"') throw new SyntaxError('a key is no string');
      const key = this.#string();
      this.#expect(':');
      // As JSON.parse: a key named __proto__ is data, not the prototype.
      Object.defineProperty(target, key, {
        value: this.#value(),
        enumerable: true,
        configurable: true,
        writable: true,
      });
    } while (this.#takes(','));
    this.#expect('}');
    return target;
  }

  #array(): Json {
    const items: Json[] = [];
    this.#expect('[');
    if (this.#takes(']')) return items;
    do items.push(this.#value());
    while (this.#takes(','));
    this.#expect(']');
    return items;
  }

  #string(): string {
    const start = this.#at;
    this.#at = endOfString(this.#text, start) + 1;
    const value: unknown = JSON.parse(this.#text.slice(start, this.#at));
    if (typeof value !== 'string') throw new SyntaxError('no string');
    return value;
  }

  #word(word: string, value: boolean | null): Json {
    if (!this.#text.startsWith(word, this.#at)) throw new SyntaxError('no value');
    this.#at += word.length;
    return value;
  }

  #number(): Json {
    NUMBER.lastIndex = this.#at;
    const match = NUMBER.exec(this.#text);
    if (match === null) throw new SyntaxError('no value');
    this.#at = NUMBER.lastIndex;
    const [digits, fraction, exponent] = match;
    return fraction === undefined && exponent === undefined ? integer(digits) : Number(digits);
  }

  #next(): string {
    SPACE.lastIndex = this.#at;
    SPACE.exec(this.#text);
    this.#at = SPACE.lastIndex;
    return this.#text.charAt(this.#at);
  }

  #takes(sign: string): boolean {
    if (this.#next() !== sign) return false;
    this.#at += 1;
    return true;
  }

  #expect(sign: string): void {
    if (!this.#takes(sign)) throw new SyntaxError(`no ${sign}`);
  }
}

/** Reading digits into a bigint takes quadratic time: a number of more digits than this is read as JSON.parse would. */
const EXACT_DIGITS_MAX = 1_000;

function integer(digits: string): number | bigint {
  if (digits.length < LONG_DIGITS || digits.length > EXACT_DIGITS_MAX) return Number(digits);
  return narrowInteger(BigInt(digits));
}
