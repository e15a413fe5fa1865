import { numberIn } from '../equality';
import { Duration, EvaluationError, isMap, keysOf, Optional, Timestamp } from '../values';
import { declareFunction, type FunctionDeclaration } from './declare';

/** Null, false, zero, and what is empty. */
function isZeroValue(value: unknown): boolean {
  if (value === null || value === false || value === '') return true;
  const number = numberIn(value);
  if (number !== undefined) return Number(number) === 0;
  if (Array.isArray(value) || value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration || value instanceof Timestamp) return value.nanos === 0n;
  return isMap(value) && keysOf(value).length === 0;
}

export const OPTIONALS: readonly FunctionDeclaration[] = [
  declareFunction('optional.of', ['A -> optional(A)'], (_, value) => new Optional(value)),
  declareFunction('optional.none', ['-> optional(A)'], () => Optional.none),
  declareFunction('optional.ofNonZeroValue', ['A -> optional(A)'], (_, value) =>
    isZeroValue(value) ? Optional.none : new Optional(value),
  ),
  declareFunction('.hasValue', ['optional(A) -> bool'], (_, optional) =>
    optional instanceof Optional ? optional.value !== undefined : undefined,
  ),
  declareFunction('.value', ['optional(A) -> A'], (_, optional) => {
    if (!(optional instanceof Optional)) return undefined;
    return optional.value === undefined ? new EvaluationError('there is no value', 'missing') : optional.value;
  }),
  declareFunction('.or', ['optional(A), optional(A) -> optional(A)'], (_, first, second) => {
    if (!(first instanceof Optional) || !(second instanceof Optional)) return undefined;
    return first.value === undefined ? second : first;
  }),
  declareFunction('.orValue', ['optional(A), A -> A'], (_, optional, otherwise) => {
    if (!(optional instanceof Optional)) return undefined;
    return optional.value === undefined ? otherwise : optional.value;
  }),
];
