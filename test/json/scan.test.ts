import fc from 'fast-check';
import { scanJson } from '../../gateway/json/scan';

const scan = (text: string, depthMax = 3) => {
  const { isTooDeep, mayHaveProto, mayHaveLongNumbers } = scanJson(text, depthMax);
  if (isTooDeep) return 'too-deep';
  return `${mayHaveProto ? 'has-proto ' : ''}${mayHaveLongNumbers ? 'has-long-numbers' : ''}`.trim() || 'plain';
};

describe('scanJson', () => {
  it('counts levels of objects and lists alike', () => {
    expect(scan('{"a":[{"b":1}]}')).toBe('plain');
    expect(scan('{"a":[{"b":[]}]}')).toBe('too-deep');
  });

  it('counts levels, not brackets', () => {
    expect(scan(`[${'[[]],'.repeat(1000)}1]`)).toBe('plain');
  });

  it.each(['"[[[[[["', '"\\"[[[[["', '"\\\\\\"[[[[["', '{"[[[[[[":"{{{{{{"}'])(
    'ignores brackets in the string %s',
    (text) => {
      expect(scan(text)).toBe('plain');
    },
  );

  it.each(['["\\\\",[[[1]]]]', '["\\\\\\"",[[[1]]]]', '["","\\"\\\\",[[[1]]]]'])(
    'sees brackets after the string in %s',
    (text) => {
      expect(scan(text)).toBe('too-deep');
    },
  );

  it.each(['{"__proto__":1}', '{"\\u005f_proto__":1}', '{"__pr\\u006Fto__":1}', '{"__prot\\u006f__":1}'])(
    'notices %s',
    (text) => {
      expect(scan(text)).toBe('has-proto');
    },
  );

  it.each(['{"__typename":1}', '{"constructor":1}', '"\\u00e9 \\u003c"', '', '"', '"\\', '}}}]'])(
    'finds nothing in %s',
    (text) => {
      expect(scan(text)).toBe('plain');
    },
  );

  it('agrees with the depth of whatever is parsed', () => {
    const depthOf = (value: unknown): number =>
      typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(depthOf)) : 0;
    fc.assert(
      fc.property(fc.json({ maxDepth: 6 }), (text) => {
        const depth = depthOf(JSON.parse(text));
        expect(scan(text, depth)).not.toBe('too-deep');
        if (depth > 0) expect(scan(text, depth - 1)).toBe('too-deep');
      }),
    );
  });
});
