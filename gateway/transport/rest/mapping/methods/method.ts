import type { Json } from '../../json';
import { type Evaluate, type Scope, withAt } from '../scope';
import type { ConnectVersion } from '../versions';

/** What a method does with its input; absent is never an input. */
export type Apply = (input: Json, scope: Scope) => Json | undefined;

/** A method of which all arguments are there. */
type ApplyAll = (input: Json, args: readonly Json[], scope: Scope) => Json | undefined;

/**
 * What the text alone tells of a result: a value of one kind, the input itself, one element of it, a list of what it is or
 * has, what the argument gives, or nothing.
 */
export type Gives =
  | 'string'
  | 'number'
  | 'boolean'
  | 'strings'
  | 'entries'
  | 'input'
  | 'element'
  | 'elements'
  | 'argument'
  | 'arguments'
  | 'anything';

/** One `->method` of the mapping language. */
export interface Method {
  readonly name: string;
  /** The version that has it first. */
  readonly since: ConnectVersion;
  readonly gives: Gives;
  /** How many arguments it takes. */
  readonly arguments: { readonly min: number; readonly max: number };
  /** Arguments arrive unevaluated: in most methods `@` is the input, in some each element. */
  readonly bind: (args: readonly Evaluate[]) => Apply;
}

type Signature = Omit<Method, 'bind'>;

/** @param count how many arguments, or at least and at most how many */
export function signature(
  name: string,
  since: ConnectVersion,
  gives: Gives,
  count: number | readonly [number, number] = 0,
): Signature {
  const [min, max] = typeof count === 'number' ? [count, count] : count;
  return { name, since, gives, arguments: { min, max } };
}

/** A method whose arguments are all evaluated first with the input as `@`; one absent argument makes the result absent. */
export function eager(signed: Signature, apply: ApplyAll): Method {
  return { ...signed, bind: (args) => (input, scope) => evaluateAll(args, input, scope, apply) };
}

function evaluateAll(args: readonly Evaluate[], input: Json, scope: Scope, apply: ApplyAll): Json | undefined {
  const inner = withAt(scope, input);
  const values: Json[] = [];
  for (const arg of args) {
    const value = arg(inner);
    if (value === undefined) return undefined;
    values.push(value);
  }
  return apply(input, values, scope);
}

/** A method whose one argument is evaluated once for each element with that element as `@`. */
export function forEach(
  signed: Signature,
  apply: (input: Json, evaluate: (element: Json) => Json | undefined) => Json | undefined,
): Method {
  return {
    ...signed,
    bind: ([argument]) => {
      if (argument === undefined) throw new Error(`->${signed.name} was bound without its argument`);
      return (input, scope) => apply(input, (element) => argument(withAt(scope, element)));
    },
  };
}
