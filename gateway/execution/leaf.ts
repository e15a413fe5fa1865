import { type GraphQLLeafType, isEnumType } from 'graphql';
import { ExactNumber, integerText } from '../json/exact-number';
import type { FullTypes } from '../supergraph/full-types';

/** A leaf's value as it goes to the client; `null` for a value that exists but that clients may not see. */
export type CompleteLeaf = (value: unknown) => unknown;

/** Answer of {@link CompleteLeaf} for a value that is not of the type at all. */
export const WRONG_TYPE = Symbol('wrong type');

const INT_MAX = 2 ** 31 - 1;
const INT_MIN = -(2 ** 31);

const SCALARS: Readonly<Record<string, CompleteLeaf>> = {
  Int: (value) =>
    typeof value === 'number' && Number.isInteger(value) && value <= INT_MAX && value >= INT_MIN ? value : WRONG_TYPE,
  Float: (value) =>
    (typeof value === 'number' || value instanceof ExactNumber) && Number.isFinite(Number(value)) ? value : WRONG_TYPE,
  String: (value) => (typeof value === 'string' ? value : WRONG_TYPE),
  Boolean: (value) => (typeof value === 'boolean' ? value : WRONG_TYPE),
  ID: (value) => {
    if (typeof value === 'string') return value;
    if (Number.isSafeInteger(value)) return String(value);
    return typeof value === 'number' || value instanceof ExactNumber ? (integerText(value) ?? WRONG_TYPE) : WRONG_TYPE;
  },
};

/** Custom scalars pass as they come; enum values that only the full supergraph has are hidden, unknown ones refused. */
export function leafCompleter(type: GraphQLLeafType, types: FullTypes): CompleteLeaf {
  if (!isEnumType(type)) return Object.hasOwn(SCALARS, type.name) ? (SCALARS[type.name] ?? same) : same;
  const visible = new Set(type.getValues().map((one) => one.name));
  const known = types.enumValues.get(type.name);
  return (value) => {
    if (typeof value !== 'string') return WRONG_TYPE;
    if (visible.has(value)) return value;
    return known?.has(value) ? null : WRONG_TYPE;
  };
}

function same(value: unknown): unknown {
  return value;
}
