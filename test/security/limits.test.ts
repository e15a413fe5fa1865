import { parse } from 'graphql';
import { exceededLimit, exceededTextLimit } from '../../gateway/security/limits';
import { countOperations, SATURATED } from '../../gateway/security/operation-counts';
import type { LimitOptions } from '../../gateway/security/options';

const NONE: LimitOptions = {
  maxTokens: 100_000,
  maxDepth: 1_000,
  maxAliases: 1_000,
  maxRootFields: 1_000,
  maxExpandedSelections: 1_000,
};

/** Fragments of which each spreads the next one twice. */
function doubled(levels: number): string {
  const fragments = Array.from(
    { length: levels },
    (_, at) => `fragment F${at} on T { a { ...F${at + 1} } b { ...F${at + 1} } }`,
  );
  return `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on T { c }`;
}

const limitOf = (text: string, options: Partial<LimitOptions>) =>
  exceededTextLimit(text, { ...NONE, ...options })?.extensions;

describe('counts of an operation', () => {
  it.each([
    ['{ a b { c d { e } } }', { selections: 5, aliases: 0, depth: 3, rootFields: 2 }],
    ['{ x: a y: b { z: c } }', { selections: 3, aliases: 3, depth: 2, rootFields: 2 }],
    ['{ ...F ... { b } } fragment F on T { a { c } }', { selections: 3, aliases: 0, depth: 2, rootFields: 2 }],
    ['{ a { ...F ...F } } fragment F on T { x: c }', { selections: 3, aliases: 2, depth: 2, rootFields: 1 }],
    ['query A { a } query B { a b { c } }', { selections: 3, aliases: 0, depth: 2, rootFields: 2 }],
    ['{ ...Unknown a }', { selections: 1, aliases: 0, depth: 1, rootFields: 1 }],
  ])('of %s', (text, counts) => expect(countOperations(parse(text))).toEqual(counts));

  it('expand doubled fragments without walking them', () => {
    expect(countOperations(parse(doubled(5))).selections).toBe(2 ** 5 * 3 - 2);
    expect(countOperations(parse(doubled(400))).selections).toBeGreaterThanOrEqual(SATURATED);
  });

  it('survive fragments that spread each other', () => {
    expect(() => countOperations(parse('{ ...A } fragment A on T { a ...B } fragment B on T { ...A }'))).not.toThrow();
  });

  it('survive a chain of thousands of fragments', () => {
    const chain = Array.from({ length: 3_000 }, (_, at) => `fragment F${at} on T { ...F${at + 1} }`).join(' ');
    expect(countOperations(parse(`{ ...F0 } ${chain} fragment F3000 on T { a }`)).selections).toBe(1);
  });
});

describe('limits', () => {
  it.each([
    ['max_tokens', '{ a b c d }', { maxTokens: 6 }, { maxTokens: 5 }],
    ['max_depth', '{ a { b { c } } }', { maxDepth: 3 }, { maxDepth: 2 }],
    ['max_aliases', '{ x: a y: a }', { maxAliases: 2 }, { maxAliases: 1 }],
    ['max_root_fields', '{ a b c }', { maxRootFields: 3 }, { maxRootFields: 2 }],
    ['max_expanded_selections', doubled(3), { maxExpandedSelections: 22 }, { maxExpandedSelections: 21 }],
  ])('%s refuses what is above it', (limit, text, enough, tooLittle) => {
    expect(limitOf(text, enough)).toBeUndefined();
    expect(limitOf(text, tooLittle)).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', limit, http: { status: 400 } });
  });

  it('refuse what would end the stack of a parser, before it is parsed', () => {
    expect(limitOf('{a'.repeat(100_000), {})).toMatchObject({ limit: 'max_depth' });
    expect(limitOf(`{ a(x: ${'['.repeat(100_000)}`, {})).toMatchObject({ limit: 'max_depth' });
  });

  it('leave to the parser what does not parse', () => {
    expect(limitOf('{ a', {})).toBeUndefined();
    expect(limitOf('', {})).toBeUndefined();
    expect(limitOf('nonsense', {})).toBeUndefined();
  });

  it('hold for a document that is parsed already', () => {
    expect(exceededLimit(parse('{ a b }'), { ...NONE, maxRootFields: 1 })?.message).toMatch(/limits\.max_root_fields/);
    expect(exceededLimit(parse('{ a b }'), NONE)).toBeNull();
  });
});
