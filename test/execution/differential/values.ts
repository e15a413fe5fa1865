import { type GraphQLInputType, getNamedType, isNonNullType } from 'graphql';
import { NUMBER } from './numbers';

interface Variable {
  readonly type: string;
  /** Undefined: the client does not send it. */
  readonly value?: unknown;
}

export const VARIABLES: Readonly<Record<string, Variable>> = {
  yes: { type: 'Boolean!', value: true },
  no: { type: 'Boolean!', value: false },
  on: { type: 'Boolean = true' },
  off: { type: 'Boolean! = true', value: false },
  n: { type: 'Int = 3' },
  given: { type: 'Int = 3', value: 8 },
  opt: { type: 'Int' },
  zero: { type: 'Int', value: null },
  order: { type: 'Order = DESC' },
  filter: { type: 'Filter = {n: 9}', value: { list: 4, nested: { order: 'DESC' } } },
  fallback: { type: 'Filter = {order: DESC, nested: {}}' },
  float: { type: 'Float', value: `${NUMBER}12345678901234567890.25` },
  floatOr: { type: 'Float = 0.30000000000000000000001' },
  floatNull: { type: 'Float = 1.5', value: null },
  long: { type: 'Long', value: `${NUMBER}18446744073709551617` },
  longOr: { type: 'Long = 1e400' },
  json: { type: 'Json', value: [{ a: `${NUMBER}1e400`, b: [`${NUMBER}-9007199254740993`, 2.5, null] }] },
  jsonOr: { type: 'Json = {a: [9007199254740993, {b: 0.10000000000000000000001}]}' },
  id: { type: 'ID!', value: `${NUMBER}800800800800800800177` },
  idOr: { type: 'ID! = 12345678901234567890' },
  numbers: {
    type: 'Numbers',
    value: { float: `${NUMBER}0.1000000000000000000001`, json: { a: `${NUMBER}1e-400` }, ids: `${NUMBER}1e25` },
  },
  numbersOr: { type: 'Numbers = {long: 1e400, float: 9007199254740993, ids: [12345678901234567890, "x"]}' },
  int: { type: 'Int! = 4' },
  word: { type: 'String!', value: 'w' },
  one: { type: 'One', value: { many: [{ n: 1 }, { filter: { list: [2] } }] } },
  oneOr: { type: 'One! = {one: {order: DESC}}' },
  oneNull: { type: 'One = {n: 1}', value: null },
  ones: { type: 'Ones', value: { many: { word: 'v' } } },
  float1: { type: 'Float! = 1.25', value: 2.5 },
};

/** Whether long numbers of a client are written into the operation, which stock reads as doubles. */
export type Literals = 'all' | 'short';

const INTS = ['2', '$n', '5', '$given', '$opt', '$zero', 'null'];
const VALUES: Readonly<Record<string, readonly string[]>> = {
  Int: INTS,
  Filter: [
    '$filter',
    '$fallback',
    '{}',
    'null',
    '{n: $n, list: [1, 2]}',
    '{order: $order, nested: {n: $opt}}',
    '{n: $zero, list: 5, nested: {nested: null}}',
  ],
  One: [
    '$one',
    '$oneOr',
    '{n: 3}',
    '{n: $int}',
    '{word: $word}',
    'null',
    '{one: {filter: {n: $n}}}',
    '{many: [{n: 1}, {word: $word}, {order: DESC}]}',
    '{many: {float: $float1}}',
    '$oneNull',
  ],
  Ones: ['$ones', '{one: $one}', '{}', '{one: {word: "x"}, many: [$oneOr]}', 'null', '{many: {n: 1}}'],
};
const NUMBERS: Readonly<Record<string, readonly string[]>> = {
  Float: [
    '$float',
    '$floatOr',
    '1.0',
    '$floatNull',
    '-12345678901234567890.5e-3',
    '1E+2',
    '0.1234567890123456789',
    '7',
  ],
  Long: ['$long', '$longOr', '1e400', '18446744073709551617', '"18446744073709551617"', '-0.0', 'ASC', '{a: $long}'],
  Json: [
    '$json',
    '$jsonOr',
    '[1.0, {a: 0.12345678901234567890, b: RED}]',
    '{a: [$json, $n], b: 12345678901234567890}',
    '"1e400"',
    '[[1e400], 2]',
  ],
  Numbers: [
    '$numbers',
    '$numbersOr',
    '{}',
    '{float: $float, id: $id}',
    '{float: 12345678901234567890, ids: [1, $id, "x", 12345678901234567890]}',
    '{id: $idOr, long: {a: [1e400]}, json: $json}',
    'null',
    '{float: null, long: null, json: 1.0}',
  ],
};

/** Not filled in or written by stock, which rounds numbers and makes strings of enum values. */
function isShort(text: string): boolean {
  const variables = text.match(/\$\w+/g) ?? [];
  return (
    !/\d|\$numbers|[A-Z]{3}/.test(text) && variables.every((name) => !/\d/.test(VARIABLES[name.slice(1)]?.type ?? ''))
  );
}

/** Text of an argument's value; undefined: it is left out. */
export function argumentValue(type: GraphQLInputType, choice: number, literals: Literals): string | undefined {
  const { name } = getNamedType(type);
  const numbers = NUMBERS[name];
  if (numbers !== undefined) return numbers.filter((text) => literals === 'all' || isShort(text))[choice - 1];
  return (isNonNullType(type) ? INTS.slice(0, 4) : VALUES[name])?.[choice - 1];
}
