import { isLoopback } from '../../gateway/http/admin-guard';

describe('isLoopback', () => {
  it.each(['127.0.0.1', '127.1.2.3', '::1', 'localhost'])('holds for %s', (host) => {
    expect(isLoopback(host)).toBe(true);
  });

  it.each(['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example.com', 'localhost.example.com'])('fails for %s', (host) => {
    expect(isLoopback(host)).toBe(false);
  });
});
