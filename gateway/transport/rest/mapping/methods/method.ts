import type { Json } from '../../json';
import { type Evaluate, type Scope, withAt } from '../scope';

/** What a method does with its input; absent is never an input. */
export type Apply = (input: Json, scope: Scope) => Json | undefined;

/** One `->method` of the mapping language. */
export interface Method {
  readonly name: string;
  /** How many arguments it takes. */
  readonly arguments: { readonly min: number; readonly max: number };
  /** Arguments arrive unevaluated: in most methods `@` is the input, in some each element. */
  readonly bind: (args: readonly Evaluate[]) => Apply;
}

/** A method whose arguments are all evaluated first with the input as `@`; one absent argument makes the result absent. */
export function eager(
  name: string,
  min: number,
  max: number,
  apply: (input: Json, args: readonly Json[]) => Json | undefined,
): Method {
  return { name, arguments: { min, max }, bind: (args) => (input, scope) => evaluateAll(args, input, scope, apply) };
}

function evaluateAll(
  args: readonly Evaluate[],
  input: Json,
  scope: Scope,
  apply: (input: Json, args: readonly Json[]) => Json | undefined,
): Json | undefined {
  const inner = withAt(scope, input);
  const values: Json[] = [];
  for (const arg of args) {
    const value = arg(inner);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return apply(input, values);
}

/** A method whose one argument is evaluated once for each element with that element as `@`. */
export function forEach(
  name: string,
  apply: (input: Json, evaluate: (element: Json) => Json | undefined) => Json | undefined,
): Method {
  return {
    name,
    arguments: { min: 1, max: 1 },
    bind: ([argument]) => {
      if (argument === undefined) throw new Error(`->${name} was bound without its argument`);
      return (input, scope) => apply(input, (element) => argument(withAt(scope, element)));
    },
  };
}
