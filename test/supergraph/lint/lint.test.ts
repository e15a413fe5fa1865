import {
  LINT_RULES,
  type LintLevel,
  type LintLevels,
  type LintRule,
  lintSdl,
} from '../../../gateway/supergraph/lint/lint';

function levels(level: LintLevel, others: Partial<LintLevels> = {}): LintLevels {
  const all = Object.keys(LINT_RULES).map((rule) => [rule, level]);
  // As: of the names of the rules.
  return { ...(Object.fromEntries(all) as LintLevels), ...others };
}

/** What breaks one rule. */
function found(rule: LintRule, sdl: string, before: string | null = null): readonly string[] {
  const findings = lintSdl('shop', before, sdl, levels('off', { [rule]: 'error' }));
  for (const finding of findings) expect(finding).toMatchObject({ rule, level: 'error', subgraph: 'shop' });
  return findings.map(({ coordinate, line, column }) => `${line}:${column} ${coordinate}`);
}

describe('rules of a schema', () => {
  it.each<[rule: LintRule, wrong: string, places: readonly string[], right: string]>([
    [
      'type_names',
      'type shop_item { a: Int }\nscalar date',
      ['1:6 shop_item', '2:8 date'],
      'type ShopItem2 { a: Int } type _Service { a: Int }',
    ],
    [
      'field_names',
      'type A { ok: Int\n  Bad: Int\n  so_bad: Int }',
      ['2:3 A.Bad', '3:3 A.so_bad'],
      'type A { url2: Int _entities: Int }',
    ],
    [
      'argument_names',
      'type A { a(By_id: Int): Int }\ninput I { Bad: Int }',
      ['1:12 A.a(By_id:)', '2:11 I.Bad'],
      'type A { a(byId: Int): Int } input I { good: Int }',
    ],
    ['enum_values', 'enum E { OK ok\n  Ok_2 }', ['1:13 E.ok', '2:3 E.Ok_2'], 'enum E { A A_1 }'],
    ['input_names', 'input Filter { a: Int }', ['1:7 Filter'], 'input FilterInput { a: Int }'],
    [
      'deprecation_reasons',
      'type A { a: Int @deprecated\n b: Int @deprecated(reason: " ") }',
      ['1:17 A.a', '2:9 A.b'],
      'type A { a: Int @deprecated(reason: "use b") }',
    ],
    [
      'type_descriptions',
      'type A { a: Int }\nunion U = A',
      ['1:6 A', '2:7 U'],
      '"An a." type A { a: Int } extend type B { a: Int }',
    ],
    ['field_descriptions', 'type A { "a" b: Int\n c: Int }', ['2:2 A.c'], 'type A { "it" a: Int }'],
    [
      'repeated_type_names',
      'type Product { productName: String\n production: Int product: Int }',
      ['1:16 Product.productName'],
      'type Product { name: String }',
    ],
    [
      'root_verbs',
      'type Query { getUser: Int listing: Int\n fetchAll: Int }\ntype User { getUp: Int }',
      ['1:14 Query.getUser', '2:2 Query.fetchAll'],
      'type Query { user: Int }',
    ],
    [
      'list_elements',
      'type A { a: [Int]!\n b: [[Int!]!]!\n c: [[Int]!] }',
      ['1:13 A.a', '3:5 A.c'],
      'type A { a: [Int!] }',
    ],
  ])('%s', (rule, wrong, places, right) => {
    expect(found(rule, wrong)).toEqual(places);
    expect(found(rule, right)).toEqual([]);
  });

  it('tell of what is new only', () => {
    const before = 'type Query { getUser: Int }';
    expect(found('root_verbs', 'type Query { getUser: Int getCart: Int }', before)).toEqual(['1:27 Query.getCart']);
    expect(found('root_verbs', before, before)).toEqual([]);
  });

  it('have nothing to say of what does not parse, and nothing when they are off', () => {
    expect(lintSdl('shop', null, 'type Query {', levels('error'))).toEqual([]);
    expect(lintSdl('shop', null, 'type query { A: Int }', levels('off'))).toEqual([]);
  });

  it('pass over no error, however many warnings there are', () => {
    const fields = Array.from({ length: 2_000 }, (_, at) => `Bad${at}: Int`).join(' ');
    const sdl = `type A { ${fields} }\nenum E { wrong }`;
    const findings = lintSdl('shop', null, sdl, levels('warn', { enum_values: 'error' }));
    expect(findings).toHaveLength(1_000);
    expect(findings[0]).toMatchObject({ rule: 'enum_values', level: 'error', coordinate: 'E.wrong' });
  });
});
