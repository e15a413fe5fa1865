import type { Json } from '../../json';
import { eager, type Method } from './method';

function booleans(input: Json, args: readonly Json[]): readonly boolean[] | undefined {
  const values: boolean[] = [];
  for (const value of [input, ...args]) {
    if (typeof value !== 'boolean') return undefined;
    values.push(value);
  }
  return values;
}

export const LOGIC_METHODS: readonly Method[] = [
  eager('and', 1, Number.POSITIVE_INFINITY, (input, args) => booleans(input, args)?.every((value) => value)),
  eager('or', 1, Number.POSITIVE_INFINITY, (input, args) => booleans(input, args)?.some((value) => value)),
  eager('not', 0, 0, (input) => (typeof input === 'boolean' ? !input : undefined)),
];
