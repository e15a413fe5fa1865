import fc from 'fast-check';
import { ExactNumber, integerText, numberOf } from '../../gateway/json/exact-number';
import { parseJson } from '../../gateway/json/parse';
import { stringifyJson } from '../../gateway/json/stringify';

const through = (text: string) => stringifyJson(parseJson(text));

describe('JSON that is parsed and written again', () => {
  it.each([
    '9007199254740993',
    '-1234567890123456789',
    '1E400',
    '-1e-400',
    '0.1234567890123456789',
    '100000000000000000000000',
    '[12345678901234567890,{"a":[1.000000000000000000001],"\\"":"12345678901234567890"}]',
    '{"__proto__":12345678901234567890}',
  ])('keeps %s', (text) => {
    expect(through(text)).toBe(text);
  });

  it.each([
    ['1.0', '1'],
    ['1e3', '1000'],
    ['-0', '0'],
    ['0e999', '0'],
    ['0.10000000000000000000', '0.1'],
    ['123456789012345680000', '123456789012345680000'],
    ['0.30000000000000004', '0.30000000000000004'],
  ])('writes %s as the double that it is: %s', (text, expected) => {
    expect(through(text)).toBe(expected);
  });

  it.each([
    '[12345678901234567890',
    '{12345678901234567890:1}',
    '{12345678901234567890 :1}',
    '[12345678901234567890a]',
    '[012345678901234567890]',
    '[12345678901234567890.]',
    '[--12345678901234567890]',
    '[1e400e]',
    '"12345678901234567890',
    '12345678901234567890 1',
  ])('refuses %s with the words of JSON.parse', (text) => {
    const reasonOf = (parse: (text: string) => unknown) => {
      try {
        parse(text);
        return 'none';
      } catch (error) {
        return String(error);
      }
    };
    expect(reasonOf(parseJson)).toMatch(/^SyntaxError/);
    expect(reasonOf(parseJson)).toBe(reasonOf(JSON.parse));
  });

  it('stands any depth', () => {
    const text = `${'['.repeat(200_000)}12345678901234567890${']'.repeat(200_000)}`;
    expect(() => parseJson(text)).not.toThrow();
  });

  it('is what JSON.parse makes of it, for whoever wants doubles', () => {
    const number = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }).map(String), fc.bigInt().map(String));
    fc.assert(
      fc.property(fc.json(), fc.array(number), (json, numbers) => {
        const text = `[${[json, ...numbers].join()}]`;
        const doubles = (value: unknown): unknown => {
          if (value instanceof ExactNumber) return Number(value);
          if (Array.isArray(value)) return value.map(doubles);
          if (typeof value !== 'object' || value === null) return value;
          return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, doubles(one)]));
        };
        expect(doubles(parseJson(text))).toEqual(JSON.parse(text));
      }),
    );
  });

  it('has every integer digit for digit', () => {
    fc.assert(fc.property(fc.bigInt(), (value) => expect(through(String(value))).toBe(String(value))));
  });
});

describe('the digits of an integer', () => {
  it.each([
    ['12345678901234567890', '12345678901234567890'],
    ['1.2345678901234567890e19', '12345678901234567890'],
    ['1e21', '1000000000000000000000'],
    ['1e999', `1${'0'.repeat(999)}`],
    ['1e1000000000', null],
    ['12345678901234567.5', null],
    ['1e-400', null],
  ])('of %s are %s', (text, digits) => {
    expect(integerText(numberOf(text))).toBe(digits);
  });
});
