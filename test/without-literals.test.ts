import { parse, print, visit } from 'graphql';
import { withoutLiterals } from '../gateway/without-literals';

const bare = (text: string) => withoutLiterals(text, 1_000);

describe('a document without literals', () => {
  it.each([
    ['{ a(b: "secret", c: 12.5, d: [-3, """block\nsecret"""]) }', '{ a(b: "[redacted]" c: 0 d: [0 "[redacted]"]) }'],
    [
      'query Q($a: Int = 4711) { a(b: { c: SECRET_NOT }) } # comment',
      'query Q($a: Int = 0) { a(b: { c: SECRET_NOT }) }',
    ],
    ['{ a(b: "secret', '{ a(b:[redacted]'],
    ['{ a(b: \u0007secret) }', '{ a(b:[redacted]'],
    ['', ''],
  ])('of %j is %j', (text, expected) => {
    expect(bare(text)).toBe(expected);
  });

  it('parses to the same but for these', () => {
    const text =
      'query Q($a: [Int!]! = [1]) { ...F @include(if: true) x: a(b: $a, c: "s") { d } } fragment F on T { e }';
    const hidden = visit(parse(text), {
      StringValue: (node) => ({ ...node, value: '[redacted]' }),
      IntValue: (node) => ({ ...node, value: '0' }),
    });
    expect(print(parse(bare(text)))).toBe(print(hidden));
  });

  it('is no longer than it may be', () => {
    expect(withoutLiterals('{ a b c }', 4)).toBe('{ a ');
  });
});
