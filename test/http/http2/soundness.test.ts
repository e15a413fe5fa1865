import { http2Flaw } from '../../../gateway/http/http2/soundness';

describe('the implementation of HTTP/2 in Node', () => {
  it.each(['1.61.0', '1.68.0', '1.9.9', '0.99.0', ''])('is not for everybody: nghttp2 %s', (version) => {
    expect(http2Flaw(version)).toContain('CVE-2026-27135');
  });

  it.each(['1.68.1', '1.69.0', '1.70.0', '2.0.0'])('is sound as far as is known: nghttp2 %s', (version) => {
    expect(http2Flaw(version)).toBeNull();
  });
});
