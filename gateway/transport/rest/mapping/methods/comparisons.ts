import { asNumeric, isJsonArray, isNumeric, type Json, sameJson } from '../../json';
import { eager, type Method } from './method';

/** Numbers with numbers and strings with strings have an order; nothing else has. */
function ordered(name: string, holds: (a: number | bigint | string, b: number | bigint | string) => boolean): Method {
  return eager(name, 1, 1, (one, [another]) => {
    const [input, other] = [asNumeric(one), asNumeric(another)];
    if (isNumeric(input) && isNumeric(other)) return holds(input, other);
    return typeof input === 'string' && typeof other === 'string' ? holds(input, other) : undefined;
  });
}

/** `->in(1, 2)` and `->in([1, 2])` ask the same. */
function isIn(input: Json, args: readonly Json[]): Json {
  const [only] = args;
  const candidates = args.length === 1 && isJsonArray(only) ? only : args;
  return candidates.some((candidate) => sameJson(input, candidate));
}

function contains(input: Json, [wanted]: readonly Json[]): Json | undefined {
  return isJsonArray(input) ? input.some((item) => sameJson(item, wanted ?? null)) : undefined;
}

export const COMPARISON_METHODS: readonly Method[] = [
  eager('eq', 1, 1, (input, [other]) => sameJson(input, other ?? null)),
  eager('ne', 1, 1, (input, [other]) => !sameJson(input, other ?? null)),
  ordered('gt', (a, b) => a > b),
  ordered('gte', (a, b) => a >= b),
  ordered('lt', (a, b) => a < b),
  ordered('lte', (a, b) => a <= b),
  eager('in', 1, Number.POSITIVE_INFINITY, isIn),
  eager('contains', 1, 1, contains),
];
