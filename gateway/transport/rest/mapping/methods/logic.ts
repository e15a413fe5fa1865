import type { Json } from '../../json';
import { eager, type Method, signature } from './method';

function booleans(input: Json, args: readonly Json[]): readonly boolean[] | undefined {
  const values: boolean[] = [];
  for (const value of [input, ...args]) {
    if (typeof value !== 'boolean') return undefined;
    values.push(value);
  }
  return values;
}

export const LOGIC_METHODS: readonly Method[] = [
  eager(signature('and', 'v0.3', 'boolean', [1, Number.POSITIVE_INFINITY]), (input, args) =>
    booleans(input, args)?.every((value) => value),
  ),
  eager(signature('or', 'v0.3', 'boolean', [1, Number.POSITIVE_INFINITY]), (input, args) =>
    booleans(input, args)?.some((value) => value),
  ),
  eager(signature('not', 'v0.3', 'boolean'), (input) => (typeof input === 'boolean' ? !input : undefined)),
];
