/**
 * Values of the Boolean variables that decide what is selected and what is fetched. A general program is compiled without
 * them: what is not known decides nothing before a request comes.
 */
export type ConditionValues = ReadonlyMap<string, boolean>;

/** A Boolean variable of the client's operation, and the value that it must have. */
interface Literal {
  readonly variable: string;
  readonly value: boolean;
}

/** Literals all of which must hold for something to take part; empty: it always does. */
export type Guard = readonly Literal[];

export const ALWAYS: Guard = [];

/** Tells whether a guard lets through what it guards. */
export function holds(guard: Guard, values: ConditionValues): boolean {
  for (const { variable, value } of guard) if ((values.get(variable) === true) !== value) return false;
  return true;
}

/** One guard and another; null when they never hold together. */
export function both(one: Guard, other: Guard): Guard | null {
  if (one.length === 0) return other;
  let joined = one;
  for (const literal of other) {
    const same = joined.find(({ variable }) => variable === literal.variable);
    if (same === undefined) joined = [...joined, literal];
    else if (same.value !== literal.value) return null;
  }
  return joined;
}

/** Tells whether a guard holds whenever `given` does. */
export function isImplied(guard: Guard, given: Guard): boolean {
  return guard.every(({ variable, value }) => given.some((one) => one.variable === variable && one.value === value));
}

/** Leaves of some guards those that no other one is implied by: one of them holds when any does. */
export function weakest(guards: readonly Guard[]): readonly Guard[] {
  const kept: Guard[] = [];
  for (const guard of [...guards].sort((a, b) => a.length - b.length))
    if (!kept.some((known) => isImplied(known, guard))) kept.push(guard);
  return kept;
}
