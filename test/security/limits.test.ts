import { parse } from 'graphql';
import { judgeText, judgeVariables } from '../../gateway/security/limits';
import { countOperations, SATURATED } from '../../gateway/security/operation-counts';
import { LIMIT_NAMES, type LimitMode, type LimitName, type LimitOptions } from '../../gateway/security/options';

/** Limits that nothing here comes near to, but for those given. */
function limits(given: Partial<Record<LimitName, number>> = {}, mode: LimitMode = 'enforce'): LimitOptions {
  const all = LIMIT_NAMES.map((name) => [name, { max: given[name] ?? 1_000_000, mode }]);
  return Object.fromEntries(all) as LimitOptions; // as: every name is in the list
}

/** Fragments of which each spreads the next one twice. */
function doubled(levels: number): string {
  const fragments = Array.from(
    { length: levels },
    (_, at) => `fragment F${at} on T { a { ...F${at + 1} } b { ...F${at + 1} } }`,
  );
  return `{ ...F0 } ${fragments.join(' ')} fragment F${levels} on T { c }`;
}

const limitOf = (text: string, given: Partial<Record<LimitName, number>>) =>
  judgeText(text, limits(given)).error?.extensions;

describe('counts of an operation', () => {
  it.each([
    ['{ a b { c d { e } } }', { selections: 5, aliases: 0, depth: 3, rootFields: 2 }],
    ['{ x: a y: b { z: c } }', { selections: 3, aliases: 3, depth: 2, rootFields: 2 }],
    ['{ ...F ... { b } } fragment F on T { a { c } }', { selections: 3, aliases: 0, depth: 2, rootFields: 2 }],
    ['{ a { ...F ...F } } fragment F on T { x: c }', { selections: 3, aliases: 2, depth: 2, rootFields: 1 }],
    ['query A { a } query B { a b { c } }', { selections: 3, aliases: 0, depth: 2, rootFields: 2 }],
    ['{ ...Unknown a }', { selections: 1, aliases: 0, depth: 1, rootFields: 1 }],
  ])('of %s', (text, counts) => expect(countOperations(parse(text))).toMatchObject(counts));

  it('expand doubled fragments without walking them', () => {
    expect(countOperations(parse(doubled(5))).selections).toBe(2 ** 5 * 3 - 2);
    expect(countOperations(parse(doubled(400))).selections).toBeGreaterThanOrEqual(SATURATED);
  });

  it('survive fragments that spread each other', () => {
    expect(() => countOperations(parse('{ ...A } fragment A on T { a ...B } fragment B on T { ...A }'))).not.toThrow();
  });

  it('survive a chain of a thousand fragments', () => {
    const chain = Array.from({ length: 1_000 }, (_, at) => `fragment F${at} on T { ...F${at + 1} }`).join(' ');
    expect(countOperations(parse(`{ ...F0 } ${chain} fragment F1000 on T { a }`)).selections).toBe(1);
  });
});

describe('limits', () => {
  const cases: [LimitName, string, number][] = [
    ['max_characters', '{ a b c }', 9],
    ['max_lines', '{\n a\r\n b\r c }', 5],
    ['max_tokens', '{ a b c d }', 6],
    ['max_operations', 'query A { a } query B { a }', 2],
    ['max_fragments', '{ a } fragment F on T { a } fragment G on T { a }', 2],
    ['max_variables', 'query A($a: Int, $b: Int) { a } query B($a: Int) { a }', 3],
    [
      'max_directives',
      'query ($b: Int @b) @a { a @c @c ... @d { b @e } ...F @f } fragment F on T @g { a { b @h } } fragment U on T { a @i }',
      10,
    ],
    ['max_directives_per_node', 'query @a { a @b @c @d { b @e } ... @f @g { c } }', 3],
    ['max_directives_per_node', 'query ($v: Int @a @b) { a @c }', 2],
    ['max_directives_per_node', '{ ...F } fragment F on T @a @b { a @c }', 2],
    ['max_depth', '{ a { b { c } } }', 3],
    ['max_aliases', '{ x: a y: a }', 2],
    ['max_root_fields', '{ a b c }', 3],
    ['max_expanded_selections', doubled(3), 22],
    [
      'max_introspection_lists',
      '{ types __schema { ...F ...F } fields { args } __type { fields } } fragment F on T { types { fields { name } } }',
      5,
    ],
    ['max_overlaps', '{ a a a }', 3],
  ];

  it.each(cases)('%s refuses what is above it', (limit, text, enough) => {
    expect(limitOf(text, { [limit]: enough })).toBeUndefined();
    const refused = limitOf(text, { [limit]: enough - 1 });
    expect(refused).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED', limit, max: enough - 1, http: { status: 400 } });
  });

  it.each(cases)('%s in mode measure lets it pass and tells of it', (limit, text, enough) => {
    const { error, exceeded } = judgeText(text, limits({ [limit]: enough - 1 }, 'measure'));
    expect(error).toBeNull();
    expect(exceeded).toEqual([{ limit, max: enough - 1, mode: 'measure' }]);
  });

  it('tell of all that are measured, up to the first that is enforced', () => {
    const mixed = {
      ...limits({ max_depth: 1, max_root_fields: 1 }, 'measure'),
      max_aliases: { max: 1, mode: 'enforce' },
    };
    const { error, exceeded } = judgeText('{ x: a { b } y: a }', mixed as LimitOptions); // as: the mode is a literal
    expect(error?.extensions.limit).toBe('max_aliases');
    expect(exceeded.map(({ limit }) => limit)).toEqual(['max_depth', 'max_aliases']);
  });

  it('refuse what would end the stack of a parser, before it is parsed, in any mode', () => {
    expect(limitOf('{a'.repeat(100_000), {})).toMatchObject({ limit: 'max_depth' });
    expect(limitOf(`{ a(x: ${'['.repeat(100_000)}`, {})).toMatchObject({ limit: 'max_depth' });
    expect(judgeText('{a'.repeat(100_000), limits({}, 'measure')).error?.extensions.limit).toBe('max_depth');
  });

  it('refuse what would end the stack of whoever walks its fragments', () => {
    const chain = Array.from({ length: 30_000 }, (_, at) => `fragment F${at} on T { ...F${at + 1} }`).join(' ');
    expect(limitOf(`{ ...F0 } ${chain}`, {})).toMatchObject({ code: 'OPERATION_LIMIT_EXCEEDED' });
  });

  it('leave to the parser what does not parse', () => {
    expect(limitOf('{ a', {})).toBeUndefined();
    expect(limitOf('', {})).toBeUndefined();
    expect(limitOf('nonsense', {})).toBeUndefined();
  });

  it('hold for variables: lists, objects and leaves', () => {
    const variables = { a: [1, 2, { b: null }], c: 'text' };
    expect(judgeVariables(variables, limits({ max_variable_values: 7 })).error).toBeNull();
    expect(judgeVariables(variables, limits({ max_variable_values: 6 })).error?.extensions).toMatchObject({
      limit: 'max_variable_values',
    });
    expect(judgeVariables(undefined, limits({ max_variable_values: 1 })).error).toBeNull();
  });
});
