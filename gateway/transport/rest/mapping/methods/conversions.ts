import { asNumeric, isJsonScalar, isNumeric, type Json, narrowInteger, writeJson } from '../../json';
import { parseJson } from '../../parse-json';
import { boundLength, type Scope, step, weightOf } from '../scope';
import { eager, type Method, signature } from './method';

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

function parse(input: Json, _args: readonly Json[], scope: Scope): Json | undefined {
  if (typeof input !== 'string') return undefined;
  step(scope, input.length / 16);
  const parsed = parseJson(input, PARSED_DEPTH_MAX);
  return parsed.ok ? parsed.value : undefined;
}

function stringify(input: Json, _args: readonly Json[], scope: Scope): Json {
  step(scope, weightOf(scope, input) / 4);
  const text = writeJson(input);
  boundLength(text.length);
  return text;
}

export const CONVERSION_METHODS: readonly Method[] = [
  eager(signature('toString', 'v0.3', 'string'), toText),
  eager(signature('parseInt', 'v0.3', 'number', [0, 1]), parseInteger),
  eager(signature('jsonParse', 'v0.1', 'anything'), parse),
  eager(signature('jsonStringify', 'v0.1', 'string'), stringify),
];
