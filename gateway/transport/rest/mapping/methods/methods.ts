import type { ConnectVersion } from '../versions';
import { ARITHMETIC_METHODS } from './arithmetic';
import { COMPARISON_METHODS } from './comparisons';
import { CONVERSION_METHODS } from './conversions';
import { LIST_METHODS } from './lists';
import { LOGIC_METHODS } from './logic';
import { eager, type Method, signature } from './method';
import { OBJECT_METHODS } from './objects';
import { STRING_METHODS } from './strings';

/** Every method that takes values and gives a value. */
export const METHODS: ReadonlyMap<string, Method> = new Map(
  [
    ...LIST_METHODS,
    ...OBJECT_METHODS,
    ...STRING_METHODS,
    ...COMPARISON_METHODS,
    ...LOGIC_METHODS,
    ...ARITHMETIC_METHODS,
    ...CONVERSION_METHODS,
    eager(signature('echo', 'v0.1', 'argument', 1), (_input, [value]) => value),
  ].map((method) => [method.name, method]),
);

/** Those that are part of the language: see compile-path.ts. */
const OF_THE_LANGUAGE: ReadonlyMap<string, ConnectVersion> = new Map([
  ['match', 'v0.1'],
  ['as', 'v0.1'],
]);

/** The names of all methods. */
export const METHOD_NAMES: readonly string[] = [...METHODS.keys(), ...OF_THE_LANGUAGE.keys()];

/** The version that has a method first; null for one that no version has. */
export function methodSince(name: string): ConnectVersion | null {
  return METHODS.get(name)?.since ?? OF_THE_LANGUAGE.get(name) ?? null;
}
