import { duration } from '../../gateway/config/duration';

describe('duration', () => {
  it.each([
    ['250ms', 250],
    ['5s', 5000],
    ['1.5s', 1500],
    ['1m', 60_000],
    ['24h', 86_400_000],
  ])('reads %s', (text, ms) => {
    expect(duration().parse(text)).toBe(ms);
  });

  it.each([
    [250, '250ms'],
    [90_000, '90s'],
    [3_600_000, '1h'],
    [0, '0ms'],
  ])('writes %d ms', (ms, text) => {
    expect(duration({ minMs: 0 }).encode(ms)).toBe(text);
  });

  it.each(['5', '5 s', '-5s', '5S', '5d', 's', ''])('refuses %j', (text) => {
    expect(duration().safeParse(text).error?.issues[0]?.message).toContain('expected a duration such as');
  });

  it.each([
    ['90d', 7_776_000_000],
    ['36h', 129_600_000],
  ])('takes %s where more than a day makes sense', (text, ms) => {
    const long = duration({ maxMs: 400 * 86_400_000 });
    expect(long.parse(text)).toBe(ms);
    expect(long.encode(ms)).toBe(text);
  });

  it('says the range in days, and offers them', () => {
    const long = duration({ minMs: 0, maxMs: 400 * 86_400_000 });
    expect(long.safeParse('401d').error?.issues[0]?.message).toBe('401d is out of range: 0ms to 400d');
    expect(long.safeParse(90).error?.issues[0]?.message).toContain('e.g. 90d or 90h');
  });

  it.each(['0s', '25h', '0.1ms'])('refuses %s as out of range', (text) => {
    expect(duration().safeParse(text).error?.issues[0]?.message).toBe(`${text} is out of range: 1ms to 24h`);
  });
});
