import { parseYaml } from '../../gateway/config/yaml-source';

describe('locate', () => {
  const { locate } = parseYaml('a:\n  b: &anchor\n    - c: 1\nd: *anchor\n');
  const place = (path: (string | number)[], atKey = false) => {
    const { line, column } = locate({ path, message: '', atKey });
    return [line, column];
  };

  it('finds a value', () => {
    expect(place(['a', 'b', 0, 'c'])).toEqual([3, 10]);
  });

  it('finds a key', () => {
    expect(place(['a', 'b', 0, 'c'], true)).toEqual([3, 7]);
  });

  it('finds a value through an alias, at the place where it is written', () => {
    expect(place(['d', 0, 'c'])).toEqual([3, 10]);
  });

  it('finds the nearest key above what is not written', () => {
    expect(place(['a', 'x', 'y'])).toEqual([1, 1]);
    expect(place(['x'])).toEqual([1, 1]);
  });
});
