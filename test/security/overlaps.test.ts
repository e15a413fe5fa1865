import { parse } from 'graphql';
import { countOverlaps } from '../../gateway/security/overlaps';

const pairsOf = (text: string, max = 1_000_000) => countOverlaps(parse(text), max);

describe('overlaps', () => {
  it.each([
    ['different fields', '{ a b c { d } }', 0],
    ['one field three times', '{ a a a }', 3],
    ['fields under one alias', '{ x: a x: b y: c }', 1],
    ['one place reached twice', '{ a { b } a { b c } }', 2],
    ['different places', '{ a { x } b { x } }', 0],
    ['inline fragments', '{ a ... { a } ... on T { a } }', 3],
    ['different fragments', '{ ...F ...G } fragment F on T { a { b } } fragment G on T { a { b } }', 2],
    ['one fragment spread twice at one place', '{ ...F ...F a { ...F } } fragment F on T { b }', 0],
    ['one fragment reached at one place by two ways', '{ a { ...F } a { ...F } } fragment F on T { b }', 1],
    ['several operations', 'query A { a a } query B { a a }', 2],
    ['a fragment that nobody spreads', '{ a } fragment F on T { b b b }', 3],
    ['a fragment that is not there', '{ ...F a }', 0],
    [
      'fragments that spread each other',
      '{ ...F } fragment F on T { a { ...G } } fragment G on T { a { ...F } a { ...F } }',
      1,
    ],
    ['an unused fragment that spreads itself', '{ a } fragment F on T { b b ...F c { ...F } }', 1],
  ])('counts %s', (_what, text, pairs) => expect(pairsOf(text)).toBe(pairs));

  it('ends above the maximum', () => {
    expect(pairsOf(`{ ${'a '.repeat(14_000)} }`, 10)).toBeGreaterThan(10);
  });

  it('gives up on what expands without end', () => {
    const doubled = Array.from(
      { length: 60 },
      (_, at) => `fragment F${at} on T { a { ...F${at + 1} } b { ...F${at + 1} } }`,
    );
    expect(pairsOf(`{ ...F0 } ${doubled.join(' ')} fragment F60 on T { c }`, 10)).toBe(11);
  });
});
