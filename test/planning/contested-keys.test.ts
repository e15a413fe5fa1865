import { type FieldNode, getOperationAST, parse, visit } from 'graphql';
import { contestedKeys } from '../../gateway/planning/contested-keys';

/** `key: field` with the number of each field, in the order of the text. */
function numbersIn(query: string, operationName: string | null = null): string {
  const document = parse(query);
  const operation = getOperationAST(document, operationName);
  if (!operation) throw new Error('the test has no operation');
  const contested = contestedKeys(document, operation);
  const numbers: string[] = [];
  const name = ({ alias, name: { value } }: FieldNode) => (alias === undefined ? value : `${alias.value}:${value}`);
  visit(document, { Field: (field) => void numbers.push(`${name(field)}${contested.numberOf(field) || ''}`) });
  return numbers.join(' ');
}

describe('contested response keys', () => {
  it.each([
    ['nothing without types', '{ a { x } b { x: y } c { x(n: 1) } }', 'a x b x:y c x'],
    ['arguments', '{ a { ... on A { x(n: 1) } ... on B { x(n: 2) } } }', 'a x x1'],
    ['aliases', '{ a { ... on A { x: y } ... on B { x: z } ... on C { x: y } } }', 'a x:y x:z1 x:y'],
    ['the plain field keeps its key', '{ a { ... on A { x: y } ... on B { x } } }', 'a x:y1 x'],
    ['below a common key', '{ a { ... on A { b { x: y } } ... on B { b { x: z } } } }', 'a b x:y b x:z1'],
    ['not below different ones', '{ a { ... on A { b(n: 1) { x: y } } ... on B { b { x: z } } } }', 'a b1 x:y b x:z'],
    ['everywhere once anywhere', '{ a { ... on A { x: y } ... on B { x: z } } b { x: z } }', 'a x:y x:z1 b x:z1'],
    ['variables by name', '{ a { ... on A { x(n: $v) } ... on B { x(n: $w) } ... on C { x(n: $v) } } }', 'a x x1 x'],
    [
      'arguments in any order',
      '{ a { ... on A { x(n: 1, m: {o: 1, p: 2}) } ... on B { x(m: {p: 2, o: 1}, n: 1) } } }',
      'a x x',
    ],
    [
      'in fragments',
      '{ a { ...F ...G } b { ...F } } fragment F on A { x: y } fragment G on B { x: z }',
      'a b x:y x:z1',
    ],
    ['conditions or not', '{ a { ... on A { x: y @skip(if: $v) } ... on B { x: z } } }', 'a x:y x:z1'],
  ])('%s', (_what, query, numbers) => {
    expect(numbersIn(query)).toBe(numbers);
  });

  it('are those of the operation asked for', () => {
    const query =
      'query One { a { ...F } b { ...G } } query Two { a { ...F ...G } } fragment F on A { x: y } fragment G on B { x: z }';
    expect(numbersIn(query, 'One')).toBe('a b a x:y x:z');
    expect(numbersIn(query, 'Two')).toBe('a b a x:y x:z1');
  });

  it('are assumed where there is too much to look at', () => {
    const chain = (name: string, on: string) =>
      Array.from(
        { length: 40 },
        (_, at) => `fragment ${name}${at} on ${on} { l: a { ...${name}${at + 1} } r: a { ...${name}${at + 1} } }`,
      );
    const leaves = 'fragment F40 on A { x: y } fragment G40 on B { x: y } fragment Unused on A { x: z }';
    const query = `{ ...F0 ...G0 } ${chain('F', 'A').join(' ')} ${chain('G', 'B').join(' ')} ${leaves}`;
    expect(numbersIn(query)).toMatch(/ x:y x:y x:z1$/);
    expect(numbersIn(query.replaceAll(/r: a { \.+\w+ }/g, 's'))).toMatch(/ x:y x:y x:z$/);
  });
});
