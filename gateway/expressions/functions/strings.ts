import type { Frame } from '../frame';
import { EvaluationError, isMap, MadeMap } from '../values';
import { declareFunction, type FunctionDeclaration, type Implementation } from './declare';

const SURROGATE = /[\ud800-\udfff]/;

/** A text by its characters (code points), without making a list of them where each is one unit of UTF-16. */
class Characters {
  readonly #units: string;
  readonly #points: readonly string[] | null;

  constructor(text: string) {
    this.#units = text;
    this.#points = SURROGATE.test(text) ? Array.from(text) : null;
  }

  get length(): number {
    return this.#points?.length ?? this.#units.length;
  }

  slice(from: number, to: number): string {
    return this.#points?.slice(from, to).join('') ?? this.#units.slice(from, to);
  }

  /** Units of UTF-16 before a character. */
  unitAt(index: number): number {
    return this.#points === null ? index : this.#points.slice(0, index).join('').length;
  }

  /** Characters before a unit of UTF-16. */
  indexOfUnit(unit: number): number {
    if (this.#points === null || unit < 0) return unit;
    return Array.from(this.#units.slice(0, unit)).length;
  }
}

/** Of one text, whose length is charged. */
function ofText(compute: (text: string) => unknown, unitsEach = 0.1): Implementation {
  return (frame, text) => {
    if (typeof text !== 'string') return undefined;
    return frame.charge(Math.ceil(text.length * unitsEach)) ? compute(text) : frame.exhausted();
  };
}

/** A search looks at each place of a text, and at the worst at all of what it looks for each time. */
function chargeSearch(frame: Frame, text: string, wanted: string): boolean {
  return frame.charge(Math.ceil((text.length / 10) * Math.max(1, wanted.length / 10)));
}

function size(frame: Frame, value: unknown): unknown {
  if (typeof value === 'string')
    return frame.chargeText(value.length) ? BigInt(new Characters(value).length) : frame.exhausted();
  if (Array.isArray(value) || value instanceof Uint8Array) return BigInt(value.length);
  if (value instanceof MadeMap) return BigInt(value.size);
  if (!isMap(value)) return undefined;
  const keys = frame.keysOf(value);
  return keys instanceof EvaluationError ? keys : BigInt(keys.length);
}

const SIZES = ['string -> int', 'bytes -> int', 'list(A) -> int', 'map(A, B) -> int'];

const TESTS = ['string, string -> bool'];

function contains(frame: Frame, text: unknown, wanted: unknown): unknown {
  if (typeof text !== 'string' || typeof wanted !== 'string') return undefined;
  return chargeSearch(frame, text, wanted) ? text.includes(wanted) : frame.exhausted();
}

/** An index that an expression gave, as a number; null beyond what there is. */
function indexIn(value: unknown, length: number): number | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'bigint' || value < 0n || value > BigInt(length)) return null;
  return Number(value);
}

function outside(index: unknown): EvaluationError {
  return new EvaluationError(`the index ${String(index)} is outside the text`);
}

function charAt(frame: Frame, text: unknown, index: unknown): unknown {
  if (typeof text !== 'string' || typeof index !== 'bigint') return undefined;
  if (!frame.chargeText(text.length)) return frame.exhausted();
  const characters = new Characters(text);
  const at = indexIn(index, characters.length);
  return typeof at === 'number' ? characters.slice(at, at + 1) : outside(index);
}

function search(
  frame: Frame,
  args: readonly unknown[],
  find: (text: string, wanted: string, from?: number) => number,
): unknown {
  const [text, wanted, from] = args;
  if (typeof text !== 'string' || typeof wanted !== 'string' || args.length > 3) return undefined;
  if (from !== undefined && typeof from !== 'bigint') return undefined;
  if (!chargeSearch(frame, text, wanted)) return frame.exhausted();
  const characters = new Characters(text);
  const at = indexIn(from, characters.length);
  if (at === null) return outside(from);
  return BigInt(characters.indexOfUnit(find(text, wanted, at === undefined ? undefined : characters.unitAt(at))));
}

function substring(frame: Frame, ...args: readonly unknown[]): unknown {
  const [text, start, end] = args;
  if (typeof text !== 'string' || typeof start !== 'bigint' || args.length > 3) return undefined;
  if (end !== undefined && typeof end !== 'bigint') return undefined;
  if (!frame.chargeText(text.length)) return frame.exhausted();
  const characters = new Characters(text);
  const from = indexIn(start, characters.length);
  const to = end === undefined ? characters.length : indexIn(end, characters.length);
  if (typeof from !== 'number') return outside(start);
  return typeof to === 'number' && to >= from ? characters.slice(from, to) : outside(end);
}

/** Undefined for no limit, null for something that is none. */
function limitOf(value: unknown): number | null | undefined {
  if (value === undefined) return undefined;
  if (typeof value !== 'bigint') return null;
  return value < 0n ? undefined : Number(value);
}

function replace(frame: Frame, ...args: readonly unknown[]): unknown {
  const [text, wanted, by, count] = args;
  const limit = limitOf(count);
  if (typeof text !== 'string' || typeof wanted !== 'string' || typeof by !== 'string') return undefined;
  if (limit === null || args.length > 4) return undefined;
  if (!chargeSearch(frame, text, wanted) || !frame.charge(text.length / 2)) return frame.exhausted();
  const parts = cut(text, wanted, limit === undefined ? undefined : limit + 1);
  return frame.chargeText(text.length + (parts.length - 1) * by.length) ? parts.join(by) : frame.exhausted();
}

function split(frame: Frame, ...args: readonly unknown[]): unknown {
  const [text, separator, count] = args;
  const limit = limitOf(count);
  if (typeof text !== 'string' || typeof separator !== 'string' || limit === null || args.length > 3) return undefined;
  if (!chargeSearch(frame, text, separator) || !frame.charge(text.length / 2)) return frame.exhausted();
  if (limit === 0) return [];
  const parts = separator === '' ? characters(text, limit) : cut(text, separator, limit);
  return frame.charge(parts.length) ? parts : frame.exhausted();
}

/** The pieces between a separator, at most `max` of them, the last of which is all the rest. Between characters when it is empty. */
function cut(text: string, separator: string, max = Number.POSITIVE_INFINITY): string[] {
  if (separator === '') return ['', ...characters(text, max - 2), ''].slice(0, max);
  const parts: string[] = [];
  let from = 0;
  while (parts.length + 1 < max) {
    const at = text.indexOf(separator, from);
    if (at === -1) break;
    parts.push(text.slice(from, at));
    from = at + separator.length;
  }
  parts.push(text.slice(from));
  return parts;
}

/** Single characters, at most `max`, the last of which is all the rest. */
function characters(text: string, max = Number.POSITIVE_INFINITY): string[] {
  const all = Array.from(text);
  if (all.length <= max) return all;
  return [...all.slice(0, Math.max(0, max - 1)), all.slice(Math.max(0, max - 1)).join('')];
}

function join(frame: Frame, list: unknown, separator: unknown = ''): unknown {
  if (!Array.isArray(list) || typeof separator !== 'string') return undefined;
  if (!frame.charge(list.length + (list.length * separator.length) / 10)) return frame.exhausted();
  for (const element of list) {
    if (typeof element !== 'string') return new EvaluationError('only texts can be joined');
    if (!frame.chargeText(element.length)) return frame.exhausted();
  }
  return list.join(separator);
}

const WHITE = /[\s\u0085]/;

/** Without white space at the ends. A zero-width no-break space is none, other than for JavaScript. */
function trim(text: string): string {
  let [from, to] = [0, text.length];
  const isWhite = (at: number) => text[at] !== '\ufeff' && WHITE.test(text[at] ?? '');
  while (from < to && isWhite(from)) from += 1;
  while (to > from && isWhite(to - 1)) to -= 1;
  return text.slice(from, to);
}

const QUOTED: ReadonlyMap<string, string> = new Map([
  ['\u0007', '\\a'],
  ['\b', '\\b'],
  ['\f', '\\f'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\v', '\\v'],
  ['\\', '\\\\'],
  ['"', '\\"'],
]);

/** As a literal of the language. Halves of characters that stand alone are not legal in one. */
function quote(text: string): string {
  const escaped = Array.from(text, (character) => QUOTED.get(character) ?? character);
  return `"${Buffer.from(escaped.join(''), 'utf8').toString('utf8')}"`;
}

const ASCII = /^[\0-\x7f]*$/;

export const STRINGS: readonly FunctionDeclaration[] = [
  declareFunction('size', SIZES, size),
  declareFunction('.size', SIZES, size),
  declareFunction('.contains', TESTS, contains),
  declareFunction('.startsWith', TESTS, (frame, text, start) => {
    if (typeof text !== 'string' || typeof start !== 'string') return undefined;
    return frame.chargeText(start.length) ? text.startsWith(start) : frame.exhausted();
  }),
  declareFunction('.endsWith', TESTS, (frame, text, end) => {
    if (typeof text !== 'string' || typeof end !== 'string') return undefined;
    return frame.chargeText(end.length) ? text.endsWith(end) : frame.exhausted();
  }),
  declareFunction('.charAt', ['string, int -> string'], charAt),
  declareFunction('.indexOf', ['string, string -> int', 'string, string, int -> int'], (frame, ...args) =>
    search(frame, args, (text, wanted, from) => text.indexOf(wanted, from)),
  ),
  declareFunction('.lastIndexOf', ['string, string -> int', 'string, string, int -> int'], (frame, ...args) =>
    search(frame, args, (text, wanted, from) => text.lastIndexOf(wanted, from)),
  ),
  declareFunction('.substring', ['string, int -> string', 'string, int, int -> string'], substring),
  declareFunction('.replace', ['string, string, string -> string', 'string, string, string, int -> string'], replace),
  declareFunction('.split', ['string, string -> list(string)', 'string, string, int -> list(string)'], split),
  declareFunction('.join', ['list(string) -> string', 'list(string), string -> string'], join),
  declareFunction(
    '.trim',
    ['string -> string'],
    ofText((text) => trim(text)),
  ),
  declareFunction(
    '.lowerAscii',
    ['string -> string'],
    ofText((text) =>
      ASCII.test(text) ? text.toLowerCase() : text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()),
    ),
  ),
  declareFunction(
    '.upperAscii',
    ['string -> string'],
    ofText((text) =>
      ASCII.test(text) ? text.toUpperCase() : text.replace(/[a-z]+/g, (letters) => letters.toUpperCase()),
    ),
  ),
  declareFunction(
    '.reverse',
    ['string -> string'],
    ofText((text) => Array.from(text).reverse().join(''), 0.5),
  ),
  declareFunction('strings.quote', ['string -> string'], ofText(quote, 0.5)),
];
