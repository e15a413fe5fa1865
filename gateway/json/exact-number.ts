import { randomBytes } from 'node:crypto';

/** Begins strings that stand for numbers while JSON is read or written. It never leaves the process: nobody can guess it. */
export const MARK = randomBytes(12).toString('base64url');

/** Since Node 21: writes a number's text as it is. */
const { rawJSON } = JSON as { readonly rawJSON?: (text: string) => unknown };

/** Whether {@link ExactNumber} gives marks to JSON.stringify, and has given one. */
export const writing = { marks: false, marked: false };

/**
 * A number that a double cannot hold, as its JSON text. Two of them are the same number when they have the same text.
 * For whoever knows nothing of it, arithmetic and JSON.stringify before Node 21 included, it is the nearest double.
 */
export class ExactNumber {
  readonly #text: string;

  /** @param text a number by the grammar of JSON */
  constructor(text: string) {
    this.#text = text;
  }

  get text(): string {
    return this.#text;
  }

  valueOf(): number {
    return Number(this.#text);
  }

  toString(): string {
    return this.#text;
  }

  toJSON(): unknown {
    if (rawJSON !== undefined) return rawJSON(this.#text);
    if (!writing.marks) return Number(this.#text);
    writing.marked = true;
    return MARK + this.#text;
  }
}

/** A number by the grammar of JSON. */
const NUMBER = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?(?:[eE]([+-]?[0-9]+))?$/;

/** Significant digits and the power of ten that they are multiplied with. */
interface Decimal {
  readonly negative: boolean;
  /** Without zeros at either end; empty for zero. */
  readonly digits: string;
  readonly power: number;
}

/** Null when the text is no number. */
function decimalOf(text: string): Decimal | null {
  const match = NUMBER.exec(text);
  if (match === null) return null;
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const all = whole + fraction;
  let start = 0;
  while (all.charAt(start) === '0') start += 1;
  let end = all.length;
  while (end > start && all.charAt(end - 1) === '0') end -= 1;
  const power = Number(exponent) - fraction.length + (all.length - end);
  return { negative: sign === '-', digits: all.slice(start, end), power };
}

const INTEGER = /^-?(?:0|[1-9][0-9]*)$/;

/** Whether a double says the same as the text: the same number, and of an integer the same digits. */
function survives(text: string, written: string): boolean {
  if (INTEGER.test(text)) return Number(text) === 0; // a zero may have a sign
  const exact = decimalOf(text);
  const kept = decimalOf(written);
  if (exact === null || kept === null) return false; // the double is infinite
  if (exact.digits === '') return true;
  return exact.negative === kept.negative && exact.digits === kept.digits && exact.power === kept.power;
}

/** Tells whether a text is a number by the grammar of JSON that a double does not hold. */
export function isExact(text: string): boolean {
  const written = String(Number(text));
  return written !== text && NUMBER.test(text) && !survives(text, written);
}

/** A number of that text: a double where that says the same. */
export function numberOf(text: string): number | ExactNumber {
  return isExact(text) ? new ExactNumber(text) : Number(text);
}

/** Digits of an integer that are written where its text has an exponent. */
const WRITTEN_DIGITS_MAX = 1_000;

/** The digits of an integer, whatever it is written like; null for a fraction, and for more than 1,000 digits by exponent. */
export function integerText(value: number | ExactNumber): string | null {
  const text = String(value);
  if (/^-?[0-9]+$/.test(text)) return text;
  const decimal = decimalOf(text);
  if (decimal === null || decimal.power < 0) return null;
  const { negative, digits, power } = decimal;
  if (digits === '') return '0';
  if (digits.length + power > WRITTEN_DIGITS_MAX) return null;
  return `${negative ? '-' : ''}${digits}${'0'.repeat(power)}`;
}
