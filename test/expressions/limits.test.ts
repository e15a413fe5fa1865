import { RE2JS } from 're2js';
import { COST_MAX, compileExpression } from '../../gateway/expressions/compile-expression';
import { DYN, INT, listOf, mapOf, STRING, type Type } from '../../gateway/expressions/types';
import { EvaluationError } from '../../gateway/expressions/values';

const VARIABLES: Readonly<Record<string, Type>> = {
  list: listOf(DYN),
  text: STRING,
  pattern: STRING,
  map: mapOf(STRING, DYN),
  n: INT,
};

function evaluate(source: string, values: Readonly<Record<string, unknown>>, costMax = COST_MAX): unknown {
  return compileExpression(source, { where: 'test', variables: VARIABLES, costMax }).evaluate(values);
}

function isLimit(value: unknown): boolean {
  return value instanceof EvaluationError && value.reason === 'limit';
}

/** Units of work that an evaluation takes: the smallest limit that it stays within. */
function costOf(source: string, values: Readonly<Record<string, unknown>>): number {
  let [low, high] = [30, 1e9];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isLimit(evaluate(source, values, middle))) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** A list or a text of bytes that counts how often one of its elements is read. */
function counting<T>(elements: readonly T[]): { readonly list: T[]; readonly reads: () => number } {
  let reads = 0;
  const list = new Proxy([...elements], {
    get(target, key, receiver) {
      if (typeof key === 'string' && /^\d+$/.test(key)) reads += 1;
      return Reflect.get(target, key, receiver);
    },
  });
  return { list, reads: () => reads };
}

const LONG_LIST = Array.from({ length: 50_000 }, (_, index) => index);
const LONG_TEXT = 'ab'.repeat(250_000);
const LARGE_MAP = Object.fromEntries(LONG_LIST.map((index) => [`k${index}`, index]));
const VALUES = { list: LONG_LIST, text: LONG_TEXT, pattern: '(a|b)*c', map: LARGE_MAP, n: 3 };

describe('work that large values would make', () => {
  const nested = (depth: number): string => (depth === 0 ? 'true' : `list.all(x${depth}, ${nested(depth - 1)})`);

  it.each([
    nested(8),
    'list.exists(x, list.exists(y, x + y == -1.0))',
    'list.map(x, list.map(y, [x, y])).size() > 0',
    'list.map(x, [x, x, x]) == list',
    'list == list',
    'list + list == []',
    '-1 in list',
    'map == map',
    'map.all(k, k != "")',
    'map.size() > 0 && map.map(k, map.size()).size() > 0',
    'map.transformMap(k, v, text) == {}',
    'text < text + "a"',
    'text.contains(text + "b")',
    'text.indexOf("ba") + text.lastIndexOf("bb") > 0',
    'text.replace("a", "aaaaaaaaaa").size() > 0',
    'text.split("").join(text).size() > 0',
    'text.matches("(a|b)*(a|b)*c")',
    'text.matches(pattern)',
    'list.map(x, "abc".matches(pattern)).size() > 0',
    'list.all(x, [1, 2, 3].map(y, y + 1).size() > 0)',
    'list.map(x, timestamp("2026-01-01T00:00:00Z").getHours(text.substring(0, 1) + "sia/Tokyo")).size() > 0',
    'list.map(x, string(timestamp(n))).size() > 0',
    'list.map(x, base64.encode(bytes(text))).size() > 0',
  ])('%s', (source) => {
    expect(evaluate(source, VALUES)).toMatchObject({ reason: 'limit' });
  });

  it('reads no more elements than may be visited, however macros are nested', () => {
    for (const depth of [1, 2, 3, 6]) {
      const { list, reads } = counting(LONG_LIST.slice(0, 5000));
      expect(isLimit(evaluate(nested(depth), { list }, 2000))).toBe(true);
      expect(reads()).toBeGreaterThan(100);
      expect(reads()).toBeLessThanOrEqual(2000);
    }
  });

  it('lists the keys of a map that is too large once, however often it is asked', () => {
    let listed = 0;
    const map = new Proxy(LARGE_MAP, {
      ownKeys(target) {
        listed += 1;
        return Reflect.ownKeys(target);
      },
    });
    const source = 'map.size() > 0 || map.exists(k, true) || map == {} || map.map(k, k).size() > 0';
    expect(isLimit(evaluate(source, { map }))).toBe(true);
    expect(listed).toBe(1);
  });

  it('is an error even where || or ?: would have passed over it', () => {
    expect(isLimit(evaluate(`${nested(3)} || true`, VALUES))).toBe(true);
    expect(isLimit(evaluate(`[1].exists(x, ${nested(3)}) || n == 3`, VALUES))).toBe(true);
    expect(evaluate('n == 3 || list.all(x, list.all(y, true))', VALUES)).toBe(true);
  });

  it('grows texts and lists no further than may be looked at', () => {
    const doubled = (times: number): string => (times === 0 ? 's' : `cel.bind(s, s + s, ${doubled(times - 1)})`);
    expect(isLimit(evaluate(`cel.bind(s, "0123456789", ${doubled(60)}).size()`, {}))).toBe(true);
    expect(evaluate(`cel.bind(s, "0123456789", ${doubled(3)}).size()`, {})).toBe(80n);
    expect(isLimit(evaluate(`cel.bind(s, [1], ${doubled(60)}).size()`, {}))).toBe(true);
  });

  it('lets rules over a request of the usual size be', () => {
    const headers = Object.fromEntries(
      Array.from({ length: 100 }, (_, index) => [`x-header-${index}`, 'v'.repeat(80)]),
    );
    expect(costOf('map.exists(k, k == "x-none")', { map: headers })).toBeLessThan(1000);
    expect(costOf('text.matches("^Bearer [A-Za-z0-9._-]+$")', { text: `Bearer ${'x'.repeat(2000)}` })).toBeLessThan(
      3000,
    );
    expect(
      costOf('list.exists(r, r in ["admin", "owner"])', { list: LONG_LIST.slice(0, 100).map(String) }),
    ).toBeLessThan(2000);
  });
});

describe('matches', () => {
  /** Patterns that a backtracking engine needs exponential or quadratic time for, with texts that make it. */
  const HOSTILE: readonly (readonly [pattern: string, text: (length: number) => string])[] = [
    ['^(a+)+$', (length) => `${'a'.repeat(length)}!`],
    ['^(a|a)*$', (length) => `${'a'.repeat(length)}!`],
    ['(x+x+)+y', (length) => 'x'.repeat(length)],
    ['(.*)*(.*)*(.*)*z', (length) => 'a'.repeat(length)],
    ['^([a-zA-Z0-9])(([.-]|_+)?([a-zA-Z0-9]+))*@$', (length) => `${'a'.repeat(length)}!`],
    ['[ab]*a[ab]{12}c', (length) => 'abaabbab'.repeat(Math.ceil(length / 8)).slice(0, length)],
    ['\\b(\\w+\\s*)+$', (length) => `${'word '.repeat(Math.ceil(length / 5))}!`],
  ];

  it.each(HOSTILE)('reads each character of a text once for %s', (pattern, text) => {
    for (const length of [1000, 2000, 4000]) {
      const { list, reads } = counting([...Buffer.from(text(length))]);
      expect(RE2JS.compile(pattern).test(list)).toBe(false);
      expect(reads()).toBeLessThanOrEqual(list.length + 2);
    }
  });

  it.each(HOSTILE)('costs in proportion to the text for %s', (pattern, text) => {
    const source = `text.matches(r"${pattern}")`;
    const [once, fourTimes] = [1000, 4000].map((length) => costOf(source, { text: text(length) }));
    expect(fourTimes).toBeGreaterThan(2 * (once ?? 0));
    expect(fourTimes).toBeLessThan(4.5 * (once ?? 0));
  });

  it.each(['a'.repeat(101), 'a{51}', '(a{8}){8}', '\\pL', '[\\PN]', '(?:a?){50}a{50}'])(
    'does not compile a pattern from a request that would take long: %s',
    (pattern) => {
      expect(evaluate('text.matches(pattern)', { text: 'a', pattern })).toBeInstanceOf(EvaluationError);
    },
  );

  it('compiles one from a request that would not', () => {
    expect(evaluate('text.matches(pattern)', { text: 'v12', pattern: '^v[0-9]{1,3}$' })).toBe(true);
  });
});
