import { durationText, millisecondsIn } from '../gateway/duration';

describe('a duration', () => {
  it.each([
    ['250ms', 250],
    ['1.5s', 1_500],
    ['2m', 120_000],
    ['1h', 3_600_000],
    ['0.0004s', 0],
  ])('reads %s', (text, ms) => expect(millisecondsIn(text)).toBe(ms));

  it.each(['', '5', '-1s', '1 s', '1S', '1.s', '.5s', '1e3s', '90d', ' 1s', '1s\n', 5, null, undefined])(
    'refuses %p',
    (text) => expect(millisecondsIn(text)).toBeNull(),
  );

  it('has days where they are wanted only', () => {
    expect(millisecondsIn('90d', { days: true })).toBe(90 * 86_400_000);
    expect(durationText(86_400_000)).toBe('24h');
    expect(durationText(86_400_000, { days: true })).toBe('1d');
  });

  it('is written in the largest unit that leaves no fraction', () => {
    for (const ms of [1, 999, 1_000, 1_001, 60_000, 90_000, 3_600_000, 3_600_001]) {
      expect(millisecondsIn(durationText(ms))).toBe(ms);
    }
    expect([1_500, 90_000, 7_200_000].map((ms) => durationText(ms))).toEqual(['1500ms', '90s', '2h']);
  });
});
