/** Findings on a JSON text before it is parsed. */
export interface JsonScan {
  readonly isTooDeep: boolean;
  /** Whether a key may read `__proto__`. */
  readonly mayHaveProto: boolean;
  /** Whether a number may be one that a double cannot hold. */
  readonly mayHaveLongNumbers: boolean;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** `\u0050` to `\u007f`: no encoder has a reason to escape a letter, but `__proto__` can be spelled that way. */
const ESCAPED_LETTER = /\\u00[5-7]/;
/** Every number of fewer characters survives a double, when it has no exponent. */
const LONG_CHARACTERS = 16;

const TOO_DEEP = 1;
const LONG_NUMBERS = 2;

/**
 * Looks through JSON text once: is anything nested deeper than `depthMax`, could a key read `__proto__`, could a number be
 * too long for a double? The text need not be valid. Costs about a quarter of `JSON.parse`: strings are skipped by a search.
 */
export function scanJson(text: string, depthMax: number): JsonScan {
  const found = look(text, depthMax);
  if (found === TOO_DEEP) return { isTooDeep: true, mayHaveProto: false, mayHaveLongNumbers: false };
  const mayHaveProto = text.includes('__proto__') || (text.includes('\\u00') && ESCAPED_LETTER.test(text));
  return { isTooDeep: false, mayHaveProto, mayHaveLongNumbers: found === LONG_NUMBERS };
}

/** Tells whether a number of the text may be one that a double cannot hold. */
export function mayHaveLongNumbers(text: string): boolean {
  return look(text, Number.POSITIVE_INFINITY) === LONG_NUMBERS;
}

function look(text: string, depthMax: number): number {
  let depth = 0;
  let found = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      at = endOfString(text, at);
      if (at === -1) return found;
    } else if (code === 0x7b || code === 0x5b) {
      depth += 1;
      if (depth > depthMax) return TOO_DEEP;
    } else if (code === 0x7d || code === 0x5d) depth -= 1;
    else if (isDigit(code)) {
      const end = endOfDigits(text, at);
      if (end - at >= LONG_CHARACTERS || isExponent(text.charCodeAt(end))) found = LONG_NUMBERS;
      at = end - 1;
    }
  }
  return found;
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isExponent(code: number): boolean {
  return code === 0x65 || code === 0x45;
}

/** @returns where the digits and the point end that begin at `start` */
function endOfDigits(text: string, start: number): number {
  let end = start + 1;
  for (let code = text.charCodeAt(end); isDigit(code) || code === 0x2e; code = text.charCodeAt(end)) end += 1;
  return end;
}

/** @returns where the quote is that ends the string which begins at `start`; -1 when none does */
export function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end === -1 || text.charCodeAt(end - 1) !== BACKSLASH) return end;
    let escapes = end - 1;
    while (text.charCodeAt(escapes - 1) === BACKSLASH) escapes -= 1;
    if ((end - escapes) % 2 === 0) return end;
  }
}
