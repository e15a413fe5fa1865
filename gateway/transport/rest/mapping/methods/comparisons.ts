import { asNumeric, isJsonArray, isNumeric, type Json } from '../../json';
import { isSame, type Scope } from '../scope';
import { eager, type Method, signature } from './method';

/** Numbers with numbers and strings with strings have an order; nothing else has. */
function ordered(name: string, holds: (a: number | bigint | string, b: number | bigint | string) => boolean): Method {
  return eager(signature(name, 'v0.3', 'boolean', 1), (one, [another]) => {
    const [input, other] = [asNumeric(one), asNumeric(another)];
    if (isNumeric(input) && isNumeric(other)) return holds(input, other);
    return typeof input === 'string' && typeof other === 'string' ? holds(input, other) : undefined;
  });
}

/** `->in(1, 2)` and `->in([1, 2])` ask the same. */
function isIn(input: Json, args: readonly Json[], scope: Scope): Json {
  const [only] = args;
  const candidates = args.length === 1 && isJsonArray(only) ? only : args;
  return candidates.some((candidate) => isSame(input, candidate, scope));
}

function contains(input: Json, [wanted = null]: readonly Json[], scope: Scope): Json | undefined {
  return isJsonArray(input) ? input.some((item) => isSame(item, wanted, scope)) : undefined;
}

export const COMPARISON_METHODS: readonly Method[] = [
  eager(signature('eq', 'v0.3', 'boolean', 1), (input, [other = null], scope) => isSame(input, other, scope)),
  eager(signature('ne', 'v0.3', 'boolean', 1), (input, [other = null], scope) => !isSame(input, other, scope)),
  ordered('gt', (a, b) => a > b),
  ordered('gte', (a, b) => a >= b),
  ordered('lt', (a, b) => a < b),
  ordered('lte', (a, b) => a <= b),
  eager(signature('in', 'v0.3', 'boolean', [1, Number.POSITIVE_INFINITY]), isIn),
  eager(signature('contains', 'v0.3', 'boolean', 1), contains),
];
