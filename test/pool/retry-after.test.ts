import { retryAfterMs } from '../../gateway/pool/retry-after';

describe('retryAfterMs', () => {
  it('reads seconds', () => {
    expect(retryAfterMs('2', 0)).toBe(2000);
  });

  it('reads fractions, which some write', () => {
    expect(retryAfterMs('2.0', 0)).toBe(2000);
    expect(retryAfterMs('0.25', 0)).toBe(250);
  });

  it('reads an HTTP date', () => {
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 2000)).toBe(3000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:05 GMT', 9000)).toBe(0);
  });

  it.each([[undefined], ['soon'], ['-1'], ['2.'], ['.5'], ['1e3'], [['1', '2']]])('finds nothing in %p', (value) => {
    expect(retryAfterMs(value, 0)).toBeNull();
  });
});
