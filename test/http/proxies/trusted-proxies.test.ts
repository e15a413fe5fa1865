import { forwardedHost, TrustedProxies } from '../../../gateway/http/proxies/trusted-proxies';

const proxies = new TrustedProxies(['10.0.0.0/8', 'fd00::/8']);
const clientOf = (headers: Record<string, string>) => proxies.clientOf('10.0.0.1', headers);

describe('the client of a request that a trusted proxy sends', () => {
  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['192.0.2.1:4711', '192.0.2.1'],
    [' 2001:db8::1 ', '2001:db8::1'],
    ['[2001:db8::1]:80', '2001:db8::1'],
    ['[2001:db8::1]', '2001:db8::1'],
    ['1.1.1.1, 192.0.2.1', '192.0.2.1'],
    ['1.1.1.1, 192.0.2.1, 10.2.3.4, fd00::7', '192.0.2.1'],
    ['192.0.2.1, ::ffff:10.2.3.4', '192.0.2.1'],
    ['10.2.3.4, 10.0.0.9', '10.2.3.4'],
    ['192.0.2.1, unknown', '10.0.0.1'],
    ['192.0.2.1, nonsense, 10.3.3.3', '10.3.3.3'],
    ['192.0.2.1,', '10.0.0.1'],
    ['', '10.0.0.1'],
    ['999.1.1.1', '10.0.0.1'],
  ])('is, by x-forwarded-for: %s', (addresses, client) => {
    expect(clientOf({ 'x-forwarded-for': addresses })).toBe(client);
  });

  it.each([
    ['for=192.0.2.1', '192.0.2.1'],
    ['For="192.0.2.1:80";proto=http;by=10.0.0.1', '192.0.2.1'],
    ['for=1.1.1.1, for="[2001:db8::1]:80"', '2001:db8::1'],
    ['for=192.0.2.1, for=10.9.9.9;by=10.0.0.1', '192.0.2.1'],
    ['for=192.0.2.1, for=_hidden', '10.0.0.1'],
    ['for=192.0.2.1, for=unknown, for=10.9.9.9', '10.9.9.9'],
    ['for=192.0.2.1;for=1.1.1.1', '10.0.0.1'],
    ['by=10.0.0.1', '10.0.0.1'],
    ['for=1.1.1.1;host="a, for=2.2.2.2"', '1.1.1.1'],
    ['for=1.1.1.1;host="a\\", for=2.2.2.2"', '1.1.1.1'],
    ['for="1.1.1.1', '10.0.0.1'],
    ['"', '10.0.0.1'],
    ['', '10.0.0.1'],
  ])('is, by forwarded: %s', (forwarded, client) => {
    expect(clientOf({ forwarded })).toBe(client);
  });

  it('is the proxy where two headers name two: one of them may be of the client', () => {
    expect(clientOf({ forwarded: 'for=1.1.1.1', 'x-forwarded-for': '192.0.2.1' })).toBe('10.0.0.1');
    expect(clientOf({ forwarded: 'for=192.0.2.1', 'x-forwarded-for': '1.1.1.1, 192.0.2.1' })).toBe('192.0.2.1');
  });

  it('is found in time that grows with the header only', () => {
    const quotes = `for=${'"'.repeat(16_000)}`;
    const begun = process.cpuUsage();
    for (let time = 0; time < 20; time += 1)
      clientOf({ forwarded: quotes, 'x-forwarded-for': '10.1.1.1,'.repeat(1_700) });
    // A quadratic one takes minutes.
    expect(process.cpuUsage(begun).user).toBeLessThan(10_000_000);
  });
});

describe('the host that was asked for', () => {
  it.each([
    [{ 'x-forwarded-host': 'api.example.com' }, 'api.example.com'],
    [{ 'x-forwarded-host': 'evil.example, api.example.com:8443' }, 'api.example.com:8443'],
    [{ forwarded: 'for=1.1.1.1;host="api.example.com:443"' }, 'api.example.com:443'],
    [{ forwarded: 'host=evil.example, host=api.example.com' }, 'api.example.com'],
    [{ forwarded: 'host=evil.example', 'x-forwarded-host': 'api.example.com' }, null],
    [{ forwarded: 'host=API.example.com', 'x-forwarded-host': 'api.example.com' }, 'api.example.com'],
    [{ 'x-forwarded-host': 'user@host' }, null],
    [{ 'x-forwarded-host': 'a b' }, null],
    [{}, null],
  ])('is told by %j', (headers, host) => {
    expect(forwardedHost(headers)).toBe(host);
  });
});
