import { listen, listenAnywhere, writeListen } from '../../gateway/config/listen';

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

  it.each([
    ['127.0.0.1:4000', [{ host: '127.0.0.1', port: 4000 }]],
    [
      ['0.0.0.0:4000', 'unix:/run/headgate.sock'],
      [
        { host: '0.0.0.0', port: 4000 },
        { path: '/run/headgate.sock', mode: 0o660 },
      ],
    ],
    ['unix:./here.sock', [{ path: './here.sock', mode: 0o660 }]],
    [
      [0, '127.0.0.1:0', '127.0.0.1:0'],
      [
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0 },
        { host: '127.0.0.1', port: 0 },
      ],
    ],
  ])('reads, for clients, %j', (given, expected) => {
    const read = listenAnywhere().parse(given);
    expect(read).toEqual(expected);
    expect(listenAnywhere().parse(listenAnywhere().encode(read))).toEqual(expected);
  });

  it.each([[[]], ['unix:'], [`unix:/${'x'.repeat(107)}`], [['unix:/a', 'unix:/a']], [[4000, 'nonsense']], [null]])(
    'refuses, for clients, %j',
    (given) => {
      expect(listenAnywhere().safeParse(given).success).toBe(false);
    },
  );

  it('writes IPv6 in brackets', () => {
    expect(writeListen({ host: '::1', port: 80 })).toBe('[::1]:80');
  });
});
