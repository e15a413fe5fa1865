import fc from 'fast-check';
import { PROXY_HEADER_MAX, readProxyHeader } from '../../../gateway/http/proxies/proxy-header';
import { proxyV2 } from '../../fixtures/proxy-header';

const line = (text: string) => Buffer.from(text, 'latin1');

describe('a PROXY header of version 1', () => {
  it.each([
    ['PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\r\n', '192.0.2.1'],
    ['PROXY TCP4 255.255.255.255 255.255.255.255 65535 0\r\n', '255.255.255.255'],
    ['PROXY TCP6 2001:db8::1 ::1 1 2\r\n', '2001:db8::1'],
    ['PROXY UNKNOWN\r\n', null],
    ['PROXY UNKNOWN ffff::1 ffff::2 65535 65535\r\n', null],
  ])('is read: %j', (text, source) => {
    for (const rest of ['', 'GET / HTTP/1.1\r\n'])
      expect(readProxyHeader(line(text + rest))).toEqual({ length: text.length, source });
    for (let end = 0; end < text.length; end += 1) expect(readProxyHeader(line(text.slice(0, end)))).toBe('incomplete');
  });

  it.each([
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443 1\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.1 56324 443\n',
    'PROXY TCP4 192.0.2.1 198.51.100.1 -1 443\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.1 65536 443\r\n',
    'PROXY TCP4 192.0.2.1 198.51.100.1 01 443\r\n',
    'PROXY TCP4 192.0.2.256 198.51.100.1 1 443\r\n',
    'PROXY TCP4 2001:db8::1 198.51.100.1 1 443\r\n',
    'PROXY TCP6 192.0.2.1 198.51.100.1 1 443\r\n',
    'PROXY TCP6 fe80::1%lo fe80::2 1 443\r\n',
    'PROXY  TCP4 192.0.2.1 198.51.100.1 1 443\r\n',
    'PROXY UDP4 192.0.2.1 198.51.100.1 1 443\r\n',
    'proxy TCP4 192.0.2.1 198.51.100.1 1 443\r\n',
    'GET / HTTP/1.1\r\n',
    `PROXY UNKNOWN ${'x'.repeat(93)}`,
    '\r\n\r\nGET',
  ])('is not: %j', (text) => {
    expect(readProxyHeader(line(text))).toBe('malformed');
  });
});

describe('a PROXY header of version 2', () => {
  it.each([
    ['IPv4', proxyV2({ source: [192, 0, 2, 1] }), '192.0.2.1'],
    ['IPv6', proxyV2({ source: [0x20, 1, 0xd, 0xb8, ...Array(11).fill(0), 1] }), '2001:db8::1'],
    ['IPv4 in IPv6', proxyV2({ source: [...Array(10).fill(0), 255, 255, 192, 0, 2, 1] }), '::ffff:c000:201'],
    ['more behind the addresses', proxyV2({ source: [192, 0, 2, 1], more: 4_000 }), '192.0.2.1'],
    ['the proxy itself', proxyV2({ command: 0x20, source: [192, 0, 2, 1] }), null],
    ['nobody', proxyV2({ form: 0x00, source: [] }), null],
    ['a Unix socket', proxyV2({ form: 0x31, source: [], more: 216 }), null],
  ])('is read: %s', (_, bytes, source) => {
    for (const rest of ['', 'GET'])
      expect(readProxyHeader(Buffer.concat([bytes, line(rest)]))).toEqual({ length: bytes.length, source });
    for (let end = 0; end < bytes.length; end += 1) expect(readProxyHeader(bytes.subarray(0, end))).toBe('incomplete');
  });

  it.each([
    ['another version', proxyV2({ command: 0x11, source: [192, 0, 2, 1] })],
    ['another command', proxyV2({ command: 0x22, source: [192, 0, 2, 1] })],
    ['another family', proxyV2({ form: 0x41, source: [192, 0, 2, 1] })],
    ['another transport', proxyV2({ form: 0x13, source: [192, 0, 2, 1] })],
    ['no room for its addresses', proxyV2({ form: 0x21, source: [192, 0, 2, 1] })],
    ['more than may be', proxyV2({ source: [192, 0, 2, 1], more: PROXY_HEADER_MAX })],
    ['another signature', Buffer.concat([proxyV2({ source: [] }).subarray(0, 11), Buffer.from('X')])],
  ])('is not: %s', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('malformed');
  });
});

it('reads any bytes without failing, and says the same of them however they arrive', () => {
  const beginnings = fc.constantFrom(
    line('PROXY TCP4 '),
    line('PROXY '),
    proxyV2({ source: [1, 2, 3, 4] }).subarray(0, 14),
    line(''),
  );
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), (beginning, rest) => {
      const bytes = Buffer.concat([beginning, rest]);
      const whole = readProxyHeader(bytes);
      for (let end = 0; end < bytes.length; end += 1) {
        const part = readProxyHeader(bytes.subarray(0, end));
        if (part !== 'incomplete') expect(part).toEqual(whole);
      }
    }),
    { numRuns: 300 },
  );
});
