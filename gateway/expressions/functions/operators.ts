import { compareNumbers, compareStrings, equals, numberIn } from '../equality';
import type { Frame } from '../frame';
import { admit, Duration, EvaluationError, entryOf, isMap, Timestamp, Uint } from '../values';
import { declareFunction, type FunctionDeclaration } from './declare';
import { madeDuration, madeTimestamp } from './times';

const OVERFLOW = 'the result is larger than its type can be';

function madeInt(value: bigint): unknown {
  return BigInt.asIntN(64, value) === value ? value : new EvaluationError(OVERFLOW);
}

function madeUint(value: bigint): unknown {
  return BigInt.asUintN(64, value) === value ? new Uint(value) : new EvaluationError(OVERFLOW);
}

interface Arithmetic {
  readonly integers: (a: bigint, b: bigint) => bigint;
  readonly doubles?: (a: number, b: number) => number;
}

/** Of two numbers of one kind; undefined for anything else. */
function compute({ integers, doubles }: Arithmetic, a: unknown, b: unknown): unknown {
  if (typeof a === 'bigint' && typeof b === 'bigint') return madeInt(integers(a, b));
  if (typeof a === 'number' && typeof b === 'number') return doubles?.(a, b);
  return a instanceof Uint && b instanceof Uint ? madeUint(integers(a.value, b.value)) : undefined;
}

const SUM: Arithmetic = { integers: (a, b) => a + b, doubles: (a, b) => a + b };
const DIFFERENCE: Arithmetic = { integers: (a, b) => a - b, doubles: (a, b) => a - b };
const PRODUCT: Arithmetic = { integers: (a, b) => a * b, doubles: (a, b) => a * b };
const QUOTIENT: Arithmetic = { integers: (a, b) => a / b, doubles: (a, b) => a / b };
const REMAINDER: Arithmetic = { integers: (a, b) => a % b };

function add(frame: Frame, a: unknown, b: unknown): unknown {
  if (typeof a === 'string' && typeof b === 'string')
    return frame.chargeText(a.length + b.length) ? a + b : frame.exhausted();
  if (Array.isArray(a) && Array.isArray(b)) return frame.charge(a.length + b.length) ? [...a, ...b] : frame.exhausted();
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return frame.chargeText(a.length + b.length) ? Uint8Array.from(Buffer.concat([a, b])) : frame.exhausted();
  return addTimes(a, b) ?? compute(SUM, a, b);
}

function addTimes(a: unknown, b: unknown): unknown {
  if (a instanceof Duration && b instanceof Duration) return madeDuration(a.nanos + b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return madeTimestamp(a.nanos + b.nanos);
  return a instanceof Duration && b instanceof Timestamp ? madeTimestamp(a.nanos + b.nanos) : undefined;
}

function subtract(_: Frame, a: unknown, b: unknown): unknown {
  if (a instanceof Duration && b instanceof Duration) return madeDuration(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Duration) return madeTimestamp(a.nanos - b.nanos);
  if (a instanceof Timestamp && b instanceof Timestamp) return madeDuration(a.nanos - b.nanos);
  return compute(DIFFERENCE, a, b);
}

function isZero(value: unknown): boolean {
  return value === 0n || (value instanceof Uint && value.value === 0n);
}

function divide(by: Arithmetic): (_: Frame, a: unknown, b: unknown) => unknown {
  return (_, a, b) => (isZero(b) ? new EvaluationError('division by zero') : compute(by, a, b));
}

function negate(_: Frame, value: unknown): unknown {
  if (typeof value === 'bigint') return madeInt(-value);
  return typeof value === 'number' ? -value : undefined;
}

/** As `sort` compares; undefined when the two cannot be ordered. */
function compare(frame: Frame, a: unknown, b: unknown): number | undefined | EvaluationError {
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== undefined && right !== undefined) return compareNumbers(left, right);
  if (typeof a === 'string' && typeof b === 'string')
    return frame.chargeText(Math.min(a.length, b.length)) ? compareStrings(a, b) : frame.exhausted();
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  if (a instanceof Uint8Array && b instanceof Uint8Array)
    return frame.chargeText(Math.min(a.length, b.length)) ? Buffer.compare(a, b) : frame.exhausted();
  if (a instanceof Timestamp && b instanceof Timestamp) return compareNumbers(a.nanos, b.nanos);
  return a instanceof Duration && b instanceof Duration ? compareNumbers(a.nanos, b.nanos) : undefined;
}

function ordering(holds: (order: number) => boolean): (frame: Frame, a: unknown, b: unknown) => unknown {
  return (frame, a, b) => {
    const order = compare(frame, a, b);
    return typeof order === 'number' ? holds(order) : order;
  };
}

function unequal(frame: Frame, a: unknown, b: unknown): unknown {
  const equal = equals(frame, a, b);
  return typeof equal === 'boolean' ? !equal : equal;
}

function isIn(frame: Frame, value: unknown, whole: unknown): unknown {
  if (isMap(whole)) return entryOf(whole, value) !== undefined;
  if (!Array.isArray(whole)) return undefined;
  for (const element of whole) {
    if (!frame.charge(1)) return frame.exhausted();
    const equal = equals(frame, value, admit(element));
    if (equal !== false) return equal;
  }
  return false;
}

const NUMBERS = ['int', 'uint', 'double'];
const ORDERED = [
  ...['bool', 'string', 'bytes', 'timestamp', 'duration'].map((kind) => `${kind}, ${kind} -> bool`),
  ...NUMBERS.flatMap((left) => NUMBERS.map((right) => `${left}, ${right} -> bool`)),
];
const OF_INTEGERS = ['int, int -> int', 'uint, uint -> uint'];
const OF_NUMBERS = [...OF_INTEGERS, 'double, double -> double'];
const OF_TIMES = ['timestamp, duration -> timestamp', 'duration, duration -> duration'];

export const OPERATORS: readonly FunctionDeclaration[] = [
  declareFunction(
    '_+_',
    [
      ...OF_NUMBERS,
      'string, string -> string',
      'bytes, bytes -> bytes',
      'list(A), list(A) -> list(A)',
      'duration, timestamp -> timestamp',
      ...OF_TIMES,
    ],
    add,
  ),
  declareFunction('_-_', [...OF_NUMBERS, 'timestamp, timestamp -> duration', ...OF_TIMES], subtract),
  declareFunction('_*_', OF_NUMBERS, (_, a, b) => compute(PRODUCT, a, b)),
  declareFunction('_/_', OF_NUMBERS, divide(QUOTIENT)),
  declareFunction('_%_', OF_INTEGERS, divide(REMAINDER)),
  declareFunction('-_', ['int -> int', 'double -> double'], negate),
  declareFunction('!_', ['bool -> bool'], (_, value) => (typeof value === 'boolean' ? !value : undefined)),
  declareFunction('_==_', ['A, A -> bool'], (frame, a, b) => equals(frame, a, b)),
  declareFunction('_!=_', ['A, A -> bool'], unequal),
  declareFunction(
    '_<_',
    ORDERED,
    ordering((order) => order < 0),
  ),
  declareFunction(
    '_<=_',
    ORDERED,
    ordering((order) => order <= 0),
  ),
  declareFunction(
    '_>_',
    ORDERED,
    ordering((order) => order > 0),
  ),
  declareFunction(
    '_>=_',
    ORDERED,
    ordering((order) => order >= 0),
  ),
  declareFunction('@in', ['A, list(A) -> bool', 'A, map(A, B) -> bool'], isIn),
];
