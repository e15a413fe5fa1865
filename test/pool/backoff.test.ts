import { backoffMs } from '../../gateway/pool/backoff';

describe('backoffMs', () => {
  it('sends the first retry at once', () => {
    expect(backoffMs(1, 25, 250, 0.99)).toBe(0);
  });

  it('doubles up to the limit, times chance', () => {
    expect([2, 3, 4, 5, 6, 7].map((retry) => backoffMs(retry, 25, 250, 0.5))).toEqual([12.5, 25, 50, 100, 125, 125]);
  });
});
