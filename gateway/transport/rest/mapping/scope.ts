import { isJsonArray, isJsonObject, type Json, sameJson } from '../json';

/** Evaluations of one mapping run: a mapping that fans out without end stops here. */
const STEPS_MAX = 2_000_000;
/** Characters of a string that a method may build. */
const STRING_CHARACTERS_MAX = 8_000_000;
/** Values in what a mapping builds on its way, each as often as it is in there: lists of lists of themselves stop here. */
const WEIGHT_MAX = 4_000_000;
/** Characters of a string that weigh as much as one value. */
const CHARACTERS_A_WEIGHT = 32;

/** A mapping went over one of its limits. */
export class MappingLimitError extends Error {
  override readonly name = 'MappingLimitError';
}

/** `$args`, `$this`, … by name with the dollar; a variable that is not there has no value. */
export type Variables = Readonly<Record<string, Json | undefined>>;

/** Variables and values that an expression sees while it runs. */
export interface Scope {
  /** `$`: the value that the enclosing braces received, or the root. */
  readonly dollar: Json | undefined;
  /** `@`: the value that a method works on. */
  readonly at: Json | undefined;
  /** Names bound by `->as`, innermost first. */
  readonly locals: Local | null;
  readonly run: Run;
}

interface Local {
  readonly name: string;
  readonly value: Json;
  readonly outer: Local | null;
}

interface Run {
  readonly variables: Variables;
  stepsLeft: number;
  /** What lists and objects weigh that were looked at; made with the first. */
  weights: WeakMap<object, number> | null;
}

/** A compiled expression. `undefined` means absent, which is not the same as null. */
export type Evaluate = (scope: Scope) => Json | undefined;

export function rootScope(data: Json | undefined, variables: Variables): Scope {
  return { dollar: data, at: data, locals: null, run: { variables, stepsLeft: STEPS_MAX, weights: null } };
}

export function withAt(scope: Scope, at: Json): Scope {
  return { dollar: scope.dollar, at, locals: scope.locals, run: scope.run };
}

export function withDollar(scope: Scope, value: Json): Scope {
  return { dollar: value, at: value, locals: scope.locals, run: scope.run };
}

export function withLocal(scope: Scope, name: string, value: Json): Scope {
  return { dollar: scope.dollar, at: scope.at, locals: { name, value, outer: scope.locals }, run: scope.run };
}

export function variable(scope: Scope, name: string): Json | undefined {
  for (let local = scope.locals; local !== null; local = local.outer) if (local.name === name) return local.value;
  return Object.hasOwn(scope.run.variables, name) ? scope.run.variables[name] : undefined;
}

/** Counts evaluations. */
export function step(scope: Scope, count = 1): void {
  scope.run.stepsLeft -= count;
  if (scope.run.stepsLeft < 0) throw new MappingLimitError(`the mapping takes more than ${STEPS_MAX} steps`);
}

/**
 * The values in a value, each as often as it is in there.
 * @throws {MappingLimitError} more than a mapping may build
 */
export function weightOf(scope: Scope, value: Json): number {
  if (typeof value === 'string') return 1 + value.length / CHARACTERS_A_WEIGHT;
  if (!isJsonArray(value) && !isJsonObject(value)) return 1;
  scope.run.weights ??= new WeakMap();
  const known = scope.run.weights.get(value);
  if (known !== undefined) return known;
  let weight = 1;
  if (isJsonArray(value)) for (const item of value) weight += weightOf(scope, item);
  else for (const key of Object.keys(value)) weight += weightOf(scope, value[key] ?? null);
  if (weight > WEIGHT_MAX) throw new MappingLimitError(`the mapping builds more than ${WEIGHT_MAX} values`);
  scope.run.weights.set(value, weight);
  return weight;
}

/** {@link sameJson}, counted by what there is to compare. */
export function isSame(a: Json, b: Json, scope: Scope): boolean {
  if (typeof a === 'object' && typeof b === 'object' && a !== null && b !== null)
    step(scope, Math.min(weightOf(scope, a), weightOf(scope, b)) / 4);
  else step(scope, 1 / 16);
  return sameJson(a, b);
}

/** @throws {MappingLimitError} a string of that many characters is too long */
export function boundLength(characters: number): void {
  if (characters > STRING_CHARACTERS_MAX)
    throw new MappingLimitError(`the mapping builds a string of more than ${STRING_CHARACTERS_MAX} characters`);
}
