import { size } from '../../gateway/config/size';

describe('size', () => {
  it.each([
    ['1MB', 1_000_000],
    ['512KB', 512_000],
    ['64KiB', 65_536],
    ['1.5 MiB', 1_572_864],
    ['100B', 100],
  ])('reads %s', (text, bytes) => {
    expect(size().parse(text)).toBe(bytes);
  });

  it.each([
    [1_000_000, '1MB'],
    [65_536, '64KiB'],
    [1234, '1234B'],
  ])('writes %d bytes', (bytes, text) => {
    expect(size().encode(bytes)).toBe(text);
  });

  it.each(['1', '1mb', '1 TB', '-1MB'])('refuses %j', (text) => {
    expect(size().safeParse(text).error?.issues[0]?.message).toContain('expected a size such as');
  });

  it.each(['0B', '1GB'])('refuses %s as out of range', (text) => {
    expect(size().safeParse(text).error?.issues[0]?.message).toBe(`${text} is out of range: 1B to 512MB`);
  });
});
