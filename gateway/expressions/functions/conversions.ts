import { numberIn } from '../equality';
import type { Frame } from '../frame';
import { TYPE_VALUES } from '../resolve';
import { Duration, EvaluationError, kindOf, Timestamp, Uint } from '../values';
import { declareFunction, type FunctionDeclaration } from './declare';
import { madeTimestamp, printDuration, printTimestamp, readDuration, readTimestamp, secondsOf } from './times';

const INT_RANGE = 2 ** 63;
const UINT_RANGE = 2 ** 64;
const DIGITS_MAX = 40;

function outOfRange(kind: string): EvaluationError {
  return new EvaluationError(`the value is beyond what ${kind} can be`);
}

function cannotBe(kind: string): EvaluationError {
  return new EvaluationError(`the text cannot be read as ${kind}`);
}

function toInt(_: Frame, value: unknown): unknown {
  if (typeof value === 'bigint') return value;
  if (value instanceof Timestamp) return secondsOf(value);
  if (typeof value === 'number') return Math.abs(value) < INT_RANGE ? BigInt(Math.trunc(value)) : outOfRange('int');
  if (value instanceof Uint) return BigInt.asIntN(64, value.value) === value.value ? value.value : outOfRange('int');
  if (typeof value !== 'string') return undefined;
  if (value.length > DIGITS_MAX || !/^[+-]?\d+$/.test(value)) return cannotBe('int');
  const read = BigInt(value.replace(/^\+/, ''));
  return BigInt.asIntN(64, read) === read ? read : outOfRange('int');
}

function toUint(_: Frame, value: unknown): unknown {
  if (value instanceof Uint) return value;
  if (typeof value === 'number')
    return value > -1 && value < UINT_RANGE ? new Uint(BigInt(Math.trunc(value))) : outOfRange('uint');
  if (typeof value === 'bigint') return value < 0n ? outOfRange('uint') : new Uint(value);
  if (typeof value !== 'string') return undefined;
  if (value.length > DIGITS_MAX || !/^\d+$/.test(value)) return cannotBe('uint');
  const read = BigInt(value);
  return BigInt.asUintN(64, read) === read ? new Uint(read) : outOfRange('uint');
}

const DOUBLE_TEXT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/;
const DOUBLE_WORDS: Readonly<Record<string, number>> = {
  nan: Number.NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
};

function toDouble(frame: Frame, value: unknown): unknown {
  if (typeof value !== 'string') {
    const number = numberIn(value);
    return number === undefined ? undefined : Number(number);
  }
  if (!frame.chargeText(value.length)) return frame.exhausted();
  const word = value.length < 12 ? DOUBLE_WORDS[value.toLowerCase()] : undefined;
  return word ?? (DOUBLE_TEXT.test(value) ? Number(value) : cannotBe('double'));
}

const BOOL_WORDS: ReadonlyMap<string, boolean> = new Map([
  ...['1', 't', 'true', 'TRUE', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'false', 'FALSE', 'False'].map((word) => [word, false] as const),
]);

function toBool(_: Frame, value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  return typeof value === 'string' ? (BOOL_WORDS.get(value) ?? cannotBe('bool')) : undefined;
}

const UTF8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Reading and writing times takes about as long as so many other steps. */
const TIME_UNITS = 10;

function toText(frame: Frame, value: unknown): unknown {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return String(value);
  const number = numberIn(value);
  if (number !== undefined) return String(number);
  if (!frame.charge(TIME_UNITS)) return frame.exhausted();
  if (value instanceof Timestamp) return printTimestamp(value);
  if (value instanceof Duration) return printDuration(value);
  return value instanceof Uint8Array ? decode(frame, value) : undefined;
}

function decode(frame: Frame, bytes: Uint8Array): unknown {
  if (!frame.chargeText(bytes.length)) return frame.exhausted();
  try {
    return UTF8.decode(bytes);
  } catch {
    return new EvaluationError('the bytes are not UTF-8');
  }
}

function toBytes(frame: Frame, value: unknown): unknown {
  if (value instanceof Uint8Array) return value;
  if (typeof value !== 'string') return undefined;
  return frame.chargeText(value.length) ? Uint8Array.from(Buffer.from(value, 'utf8')) : frame.exhausted();
}

function toTimestamp(frame: Frame, value: unknown): unknown {
  if (value instanceof Timestamp) return value;
  if (typeof value === 'bigint') return madeTimestamp(value * 1_000_000_000n);
  if (typeof value !== 'string') return undefined;
  return frame.charge(TIME_UNITS) ? readTimestamp(value) : frame.exhausted();
}

function toDuration(frame: Frame, value: unknown): unknown {
  if (value instanceof Duration) return value;
  if (typeof value !== 'string') return undefined;
  return frame.charge(TIME_UNITS) ? readDuration(value) : frame.exhausted();
}

function encodeBase64(frame: Frame, value: unknown): unknown {
  if (!(value instanceof Uint8Array)) return undefined;
  return frame.chargeText(value.length) ? Buffer.from(value).toString('base64') : frame.exhausted();
}

function decodeBase64(frame: Frame, value: unknown): unknown {
  if (typeof value !== 'string') return undefined;
  if (!frame.chargeText(value.length)) return frame.exhausted();
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(value)) return cannotBe('base64');
  return Uint8Array.from(Buffer.from(value, 'base64'));
}

export const CONVERSIONS: readonly FunctionDeclaration[] = [
  declareFunction('int', ['int -> int', 'uint -> int', 'double -> int', 'string -> int', 'timestamp -> int'], toInt),
  declareFunction('uint', ['uint -> uint', 'int -> uint', 'double -> uint', 'string -> uint'], toUint),
  declareFunction('double', ['double -> double', 'int -> double', 'uint -> double', 'string -> double'], toDouble),
  declareFunction('bool', ['bool -> bool', 'string -> bool'], toBool),
  declareFunction(
    'string',
    ['string', 'bool', 'int', 'uint', 'double', 'bytes', 'timestamp', 'duration'].map((kind) => `${kind} -> string`),
    toText,
  ),
  declareFunction('bytes', ['bytes -> bytes', 'string -> bytes'], toBytes),
  declareFunction('timestamp', ['timestamp -> timestamp', 'string -> timestamp', 'int -> timestamp'], toTimestamp),
  declareFunction('duration', ['duration -> duration', 'string -> duration'], toDuration),
  declareFunction('dyn', ['A -> dyn'], (_, value) => value),
  declareFunction('type', ['A -> type'], (_, value) => TYPE_VALUES.get(kindOf(value))),
  declareFunction('base64.encode', ['bytes -> string'], encodeBase64),
  declareFunction('base64.decode', ['string -> bytes'], decodeBase64),
];
