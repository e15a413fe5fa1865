import fc from 'fast-check';
import { keyOf } from '../gateway/key';

const part = fc.oneof(
  fc.constantFrom(undefined, '', '-', '1:', '-1:-', '0:', '\n', '\u0000'),
  fc.string({ maxLength: 5, unit: fc.constantFrom('-', ':', '0', '1', '2', '\n', 'a') }),
);

describe('a key', () => {
  it('is equal for equal parts only', () => {
    fc.assert(
      fc.property(fc.array(part, { maxLength: 4 }), fc.array(part, { maxLength: 4 }), (one, other) => {
        expect(keyOf(...one) === keyOf(...other)).toBe(JSON.stringify(one) === JSON.stringify(other));
      }),
      { numRuns: 5_000 },
    );
  });
});
