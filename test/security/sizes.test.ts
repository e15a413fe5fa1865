import { hasMoreJsonThan, hasMoreLinesThan, hasMoreValuesThan } from '../../gateway/security/sizes';

/** The largest count that a text has more than. */
function most(hasMoreThan: (max: number) => boolean): number {
  let max = 0;
  while (hasMoreThan(max)) max++;
  return max;
}

describe('lines', () => {
  it.each([
    ['', 1],
    ['a', 1],
    ['a\nb', 2],
    ['a\rb', 2],
    ['\n\n\n', 4],
  ])('of %j', (text, lines) => expect(most((max) => hasMoreLinesThan(text, max))).toBe(lines));
});

describe('values of a JSON text', () => {
  const spaces = ' '.repeat(100);

  it.each([
    ['[1,2,3]', 3],
    ['{"a":1,"b":[{}]}', 4],
    ['"[[[,,,"', 0],
    ['{"a":"\\",[","b":"\\\\","c":"\\\\\\",,,"}', 3],
    ['{"a":",,,', 1],
  ])('%s: at most as many as there are', (text, values) => {
    expect(most((max) => hasMoreJsonThan(text + spaces, max))).toBe(values);
  });

  it.each(['[1,[2],{"a":"b,c"}]', '{"a":{"b":[1,2,{}]},"c":null}'])('%s: never more than once it is parsed', (text) => {
    const parsed = most((max) => hasMoreValuesThan(JSON.parse(text), max));
    expect(most((max) => hasMoreJsonThan(text + spaces, max))).toBeLessThanOrEqual(parsed);
  });

  it('are not looked for in a text that is too short to have them', () => {
    expect(hasMoreJsonThan('[1,2,3]', 4)).toBe(false);
  });
});
