import { parse } from 'graphql';
import { nestsDeeperThan } from '../../gateway/security/bracket-depth';

/** The deepest nesting that the text is said to have. */
function depthOf(text: string): number {
  let depth = 0;
  while (nestsDeeperThan(text, depth)) depth++;
  return depth;
}

describe('bracket depth', () => {
  it.each([
    ['no brackets', 'query', 0],
    ['selections', '{ a { b { c } } d { e } }', 3],
    ['arguments, lists and objects', '{ a(x: [[{ y: [1] }]]) }', 6],
    ['types of variables', 'query ($a: [[Int]]) { a }', 3],
  ])('counts %s', (_what, text, depth) => expect(depthOf(text)).toBe(depth));

  it.each([
    ['a comment', '{ a # {{{[[[(((\n b }', 1],
    ['a comment that ends with a carriage return', '{ a # {{{\r b { c } }', 2],
    ['a comment at the end', '{ a } # {{{{', 1],
    ['a string', '{ a(x: "{{{[[[") }', 2],
    ['a string with quotes in it', '{ a(x: "\\"{{{\\\\") b(y: "{") }', 2],
    ['an empty string', '{ a(x: "") { b } }', 2],
    ['a block string', '{ a(x: """ {{{ " {{{ "" {{{ """) { b } }', 2],
    ['a block string with quotes in it', '{ a(x: """ \\""" {{{ """) { b } }', 2],
    ['a block string over several lines', '{ a(x: """\n{{{\n# "\n""") { b } }', 2],
    ['a block string that ends with a quote', '{ a(x: """ {{{ \\"""""") { b } }', 2],
    ['an empty block string', '{ a(x: """""") { b } }', 2],
    ['a comment in which a string seems to begin', '{ a # "\n { b } }', 2],
    ['a string in which a comment seems to begin', '{ a(x: "#") { b } }', 2],
  ])('is not confused by %s', (_what, text, depth) => {
    expect(() => parse(text)).not.toThrow();
    expect(depthOf(text)).toBe(depth);
  });

  it.each([
    ['in the open', '{'.repeat(100_000)],
    ['behind a comment that ends with a carriage return', `#\r${'{a'.repeat(100_000)}`],
    ['behind a string that does not end on its line', `"\n${'['.repeat(100_000)}`],
    ['behind escaped quotes', `{ a(x: "\\"") ${'{a'.repeat(100_000)}`],
    ['behind a closed block string', `{ a(x: """a""") ${'{a'.repeat(100_000)}`],
  ])('finds 100,000 brackets %s', (_what, text) => expect(nestsDeeperThan(text, 512)).toBe(true));

  it('ends on strings that do not', () => {
    expect(nestsDeeperThan('"""', 5)).toBe(false);
    expect(nestsDeeperThan('"', 5)).toBe(false);
    expect(nestsDeeperThan('"\\', 5)).toBe(false);
    expect(nestsDeeperThan('"""\\"""', 5)).toBe(false);
  });
});
