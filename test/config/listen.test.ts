import { listen, writeListen } from '../../gateway/config/listen';

describe('listen', () => {
  it.each([
    ['127.0.0.1:4000', { host: '127.0.0.1', port: 4000 }],
    ['gateway.internal:80', { host: 'gateway.internal', port: 80 }],
    [':4000', { host: '127.0.0.1', port: 4000 }],
    ['4000', { host: '127.0.0.1', port: 4000 }],
    [4000, { host: '127.0.0.1', port: 4000 }],
    [0, { host: '127.0.0.1', port: 0 }],
    ['[::1]:4000', { host: '::1', port: 4000 }],
    ['0.0.0.0:65535', { host: '0.0.0.0', port: 65_535 }],
  ])('reads %j', (given, expected) => {
    expect(listen().parse(given)).toEqual(expected);
  });

  it.each(['127.0.0.1', '::1:4000', 'host:', 'host:70000', 70_000, -1, 'http://host:80', 'a b:1', true, null])(
    'refuses %j',
    (given) => {
      expect(listen().safeParse(given).error?.issues[0]?.message).toContain('expected host:port');
    },
  );

  it('writes IPv6 in brackets', () => {
    expect(writeListen({ host: '::1', port: 80 })).toBe('[::1]:80');
  });
});
