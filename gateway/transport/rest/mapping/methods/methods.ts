import { ARITHMETIC_METHODS } from './arithmetic';
import { COMPARISON_METHODS } from './comparisons';
import { CONVERSION_METHODS } from './conversions';
import { LIST_METHODS } from './lists';
import { LOGIC_METHODS } from './logic';
import { eager, type Method } from './method';

/** Every method that takes values and gives a value. `->match` and `->as` are part of the language: see compile.ts. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...LIST_METHODS,
    ...COMPARISON_METHODS,
    ...LOGIC_METHODS,
    ...ARITHMETIC_METHODS,
    ...CONVERSION_METHODS,
    eager('echo', 1, 1, (_input, [value]) => value),
  ].map((method) => [method.name, method]),
);
