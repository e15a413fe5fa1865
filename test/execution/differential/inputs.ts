import { NUMBER } from './numbers';

/** Arguments that a field may have. */
export const ARGUMENT_KINDS = ['none', 'n', 'filter', 'numbers', 'one'] as const;
export type ArgumentKind = (typeof ARGUMENT_KINDS)[number];

/** As a subgraph declares them. */
export const ARGUMENTS: Readonly<Record<ArgumentKind, string>> = {
  none: '',
  n: '(n: Int = 1)',
  filter: '(filter: Filter = {n: 7})',
  numbers:
    '(float: Float = 0.1000000000000000000000001, long: Long = 9007199254740993, json: Json = {a: [1.0, 1e400]}, numbers: Numbers)',
  one: '(one: One = {word: "d"}, ones: Ones)',
};

/** What a requirement gives for the arguments of a field, and what the field then has. */
export const REQUIRED_ARGUMENTS: Readonly<
  Record<ArgumentKind, { readonly text: string; readonly values: Readonly<Record<string, unknown>> }>
> = {
  none: { text: '', values: {} },
  n: { text: '(n: 2)', values: { n: 2 } },
  filter: { text: '(filter: {order: DESC})', values: { filter: { n: 2, order: 'DESC' } } },
  numbers: {
    text: '(float: 1.0, long: 18446744073709551617, json: [0.12345678901234567890, RED])',
    values: {
      float: `${NUMBER}1.0`,
      long: `${NUMBER}18446744073709551617`,
      json: [`${NUMBER}0.12345678901234567890`, 'enum RED'],
    },
  },
  one: { text: '(one: {n: 2}, ones: {})', values: { one: { n: 2 }, ones: { one: { n: 6 } } } },
};

/** Input types and their scalars, the same in all subgraphs but for `extra`. */
export function inputTypes(extra: string): readonly string[] {
  return [
    'scalar Long',
    'scalar Json',
    `input Filter { n: Int = 2 order: Order = ASC nested: Filter list: [Int!]${extra} }`,
    'input Numbers { float: Float = 1.0 long: Long = 18446744073709551617 json: Json ids: [ID!] id: ID = 12345678901234567890 }',
    'input One @oneOf { n: Int word: String order: Order one: One many: [One!] filter: Filter float: Float }',
    'input Ones { one: One = {n: 6} many: [One!] }',
  ];
}
