import { asNumeric, isJsonScalar, isNumeric, type Json, narrowInteger, writeJson } from '../../json';
import { parseJson } from '../../parse-json';
import { boundedString } from '../scope';
import { eager, type Method } from './method';

const DIGITS = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Nesting that `->jsonParse` accepts. */
const PARSED_DEPTH_MAX = 200;

function parseInteger(given: Json, [base = 10]: readonly Json[]): Json | undefined {
  if (typeof base !== 'number' || !Number.isInteger(base) || base < 2 || base > 36) return undefined;
  const input = asNumeric(given);
  if (input === Number.POSITIVE_INFINITY || input === Number.NEGATIVE_INFINITY) return undefined;
  if (isNumeric(input)) return typeof input === 'bigint' ? input : narrowInteger(BigInt(Math.trunc(input)));
  return typeof input === 'string' ? readDigits(input, base) : undefined;
}

/** Digits in `base` with an optional sign and nothing else. */
function readDigits(text: string, base: number): Json | undefined {
  const [, sign = '', digits = ''] = /^([+-]?)([0-9a-z]{1,200})$/i.exec(text) ?? [];
  if (digits === '') return undefined;
  let value = 0n;
  for (const char of digits.toLowerCase()) {
    const digit = DIGITS.indexOf(char);
    if (digit >= base) return undefined;
    value = value * BigInt(base) + BigInt(digit);
  }
  return narrowInteger(sign === '-' ? -value : value);
}

function toText(input: Json): Json | undefined {
  if (input === null) return '';
  return isJsonScalar(input) ? String(input) : undefined;
}

function parse(input: Json): Json | undefined {
  if (typeof input !== 'string') return undefined;
  const parsed = parseJson(input, PARSED_DEPTH_MAX);
  return parsed.ok ? parsed.value : undefined;
}

export const CONVERSION_METHODS: readonly Method[] = [
  eager('toString', 0, 0, toText),
  eager('parseInt', 0, 1, parseInteger),
  eager('jsonParse', 0, 0, parse),
  eager('jsonStringify', 0, 0, (input) => boundedString(writeJson(input))),
];
