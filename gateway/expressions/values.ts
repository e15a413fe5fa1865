import { ExactNumber } from '../json/exact-number';
import type { Type } from './types';

/** An unsigned integer of 64 bits. */
export class Uint {
  constructor(readonly value: bigint) {}
}

/** A point in time: nanoseconds since 1970. */
export class Timestamp {
  constructor(readonly nanos: bigint) {}
}

/** A length of time in nanoseconds; an integer of 64 bits. */
export class Duration {
  constructor(readonly nanos: bigint) {}
}

/** A type as a value: what `type(x)` gives. */
export class TypeValue {
  constructor(readonly name: string) {}
}

/** A value that may not be there: what `a.?b` and `a[?b]` give. */
export class Optional {
  static readonly none = new Optional(undefined);

  /** @param value undefined when there is none */
  constructor(readonly value: unknown) {}
}

/** A map that an expression made. Its keys may be of several kinds; 1, 1u and 1.0 are the same key. */
export class MadeMap {
  readonly #entries = new Map<unknown, { readonly key: unknown; readonly value: unknown }>();

  get size(): number {
    return this.#entries.size;
  }

  has(key: unknown): boolean {
    return this.#entries.has(keyOf(key));
  }

  /** Undefined when there is none. */
  get(key: unknown): unknown {
    return this.#entries.get(keyOf(key))?.value;
  }

  set(key: unknown, value: unknown): void {
    this.#entries.set(keyOf(key), { key, value });
  }

  keys(): unknown[] {
    return Array.from(this.#entries.values(), ({ key }) => key);
  }
}

/** What two keys have in common that are the same number. */
function keyOf(key: unknown): unknown {
  if (key instanceof Uint) return key.value;
  return typeof key === 'number' && Number.isInteger(key) ? BigInt(key) : key;
}

/** Why an evaluation has no value. */
export type FailureReason =
  /** A key, a field or an index is not there: what rules most often meet, and may treat as "does not apply". */
  | 'missing'
  /** The work that one evaluation may do is done. */
  | 'limit'
  /** Wrong kind of a value, overflow, division by zero, a text that cannot be converted. */
  | 'wrong';

/** What an expression gives in place of a value. Errors are values here: a rule that fails costs no stack and no catch. */
export class EvaluationError {
  /** Where in the expression, in characters from its beginning. */
  offset: number | undefined;
  /** From 1; 0 until the evaluation is over. */
  line = 0;
  column = 0;

  constructor(
    readonly message: string,
    readonly reason: FailureReason = 'wrong',
  ) {}

  toString(): string {
    return this.line === 0 ? this.message : `${this.line}:${this.column} ${this.message}`;
  }
}

/** What an expression computes with. Maps and lists may be the caller's own objects and arrays; nothing is ever written into them. */
export type Value =
  | null
  | boolean
  | bigint
  | number
  | string
  | Uint8Array
  | Uint
  | Timestamp
  | Duration
  | TypeValue
  | Optional
  | MadeMap
  | readonly unknown[]
  | Readonly<Record<string, unknown>>;

export const VALUE_KINDS = [
  'null_type',
  'bool',
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'list',
  'map',
  'type',
  'optional_type',
  'google.protobuf.Timestamp',
  'google.protobuf.Duration',
] as const;

export type ValueKind = (typeof VALUE_KINDS)[number];

const PRIMITIVES: Readonly<Record<string, ValueKind>> = {
  boolean: 'bool',
  bigint: 'int',
  number: 'double',
  string: 'string',
  undefined: 'null_type',
};

/** The name of the type that a value has. */
export function kindOf(value: unknown): ValueKind {
  if (typeof value !== 'object') return PRIMITIVES[typeof value] ?? 'map';
  if (value === null) return 'null_type';
  if (Array.isArray(value)) return 'list';
  if (value instanceof Uint) return 'uint';
  if (value instanceof Uint8Array) return 'bytes';
  if (value instanceof Timestamp) return 'google.protobuf.Timestamp';
  if (value instanceof Duration) return 'google.protobuf.Duration';
  if (value instanceof Optional) return 'optional_type';
  return value instanceof TypeValue ? 'type' : 'map';
}

/** A kind in the words of messages. */
export function describeKind(value: unknown): string {
  return kindOf(value)
    .replace(/^google\.protobuf\./, '')
    .replace(/_type$/, '')
    .toLowerCase();
}

/** A value of the caller as expressions know it: dates are timestamps, numbers that a double cannot hold are integers where they fit. */
export function admit(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value === undefined ? null : value;
  if (value instanceof Date) return timestampOfDate(value);
  return value instanceof ExactNumber ? exact(value) : value;
}

/** A value of the caller that is declared to be of a type: integers come as numbers. */
export function admitAs(type: Type | undefined, value: unknown): unknown {
  if (typeof value !== 'number' || type === undefined) return admit(value);
  if (type.kind !== 'int' && type.kind !== 'uint') return value;
  if (!Number.isSafeInteger(value) || (type.kind === 'uint' && value < 0))
    return new EvaluationError(`${value} is no ${type.kind}`);
  return type.kind === 'int' ? BigInt(value) : new Uint(BigInt(value));
}

function timestampOfDate(date: Date): unknown {
  const milliseconds = date.getTime();
  if (Number.isNaN(milliseconds)) return new EvaluationError('a date of the caller is no date');
  return new Timestamp(BigInt(milliseconds) * 1_000_000n);
}

function exact(number: ExactNumber): unknown {
  if (!/^-?\d{1,20}$/.test(number.text)) return number.valueOf();
  const value = BigInt(number.text);
  return BigInt.asIntN(64, value) === value ? value : number.valueOf();
}

export function isMap(value: unknown): value is MadeMap | Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && kindOf(value) === 'map';
}

/** What stands under a key of a map; undefined when nothing does. Only own properties of the caller's objects are there. */
export function entryOf(map: MadeMap | Readonly<Record<string, unknown>>, key: unknown): unknown {
  if (map instanceof MadeMap) return map.get(key);
  return typeof key === 'string' && Object.hasOwn(map, key) ? map[key] : undefined;
}

export function keysOf(map: MadeMap | Readonly<Record<string, unknown>>): unknown[] {
  return map instanceof MadeMap ? map.keys() : Object.keys(map).filter((key) => map[key] !== undefined);
}
