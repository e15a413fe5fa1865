import type { Json } from '../json';

/** Evaluations of one mapping run: a mapping that fans out without end stops here. */
const STEPS_MAX = 2_000_000;
/** Characters of a string that a method may build. */
const STRING_CHARACTERS_MAX = 8_000_000;

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
}

/** A compiled expression. `undefined` means absent, which is not the same as null. */
export type Evaluate = (scope: Scope) => Json | undefined;

export function rootScope(data: Json | undefined, variables: Variables): Scope {
  return { dollar: data, at: data, locals: null, run: { variables, stepsLeft: STEPS_MAX } };
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

/** Counts one evaluation. */
export function step(scope: Scope): void {
  scope.run.stepsLeft -= 1;
  if (scope.run.stepsLeft < 0) throw new MappingLimitError(`the mapping takes more than ${STEPS_MAX} steps`);
}

export function boundedString(text: string): string {
  if (text.length <= STRING_CHARACTERS_MAX) return text;
  throw new MappingLimitError(`the mapping builds a string of more than ${STRING_CHARACTERS_MAX} characters`);
}
