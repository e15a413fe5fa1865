import { percentage } from '../../gateway/config/percentage';

describe('percentage', () => {
  it.each([
    ['0%', 0],
    ['50%', 0.5],
    ['12.5%', 0.125],
    ['100%', 1],
  ])('reads and writes %s', (text, share) => {
    expect(percentage().parse(text)).toBe(share);
    expect(percentage().encode(share)).toBe(text);
  });

  it.each(['50', '101%', '-1%', '%'])('refuses %j', (text) => {
    expect(percentage().safeParse(text).error?.issues[0]?.message).toContain('expected a percentage from 0% to 100%');
  });
});
