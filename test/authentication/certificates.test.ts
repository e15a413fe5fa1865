import { Certificates } from '../../gateway/authentication/certificates';
import type { Caller } from '../../gateway/authentication/source';
import { CancellationSource } from '../../gateway/cancellation';
import { CLIENT_CERTIFICATE, type ClientCertificate } from '../../gateway/client-certificate';
import { Facts } from '../../gateway/facts';

const EXPIRES = Date.parse('2027-01-01T00:00:00Z');
const CERTIFICATE: ClientCertificate = {
  subject: { CN: 'billing', O: 'Shop' },
  alternativeNames: ['DNS:billing.shop.example', 'URI:spiffe://shop/billing'],
  fingerprint: Array.from({ length: 32 }, (_, index) => index.toString(16).padStart(2, '0').toUpperCase()).join(':'),
  expiresAtMs: EXPIRES,
};

function caller(certificate: ClientCertificate | null): Caller {
  const facts = new Facts();
  if (certificate !== null) facts.put(CLIENT_CERTIFICATE, certificate);
  return { id: '', headers: {}, gone: new CancellationSource(), facts };
}
const certificates = (now = EXPIRES - 1) => new Certificates(() => now);

describe('a certificate of a client', () => {
  it('is an identity: subject and names are claims', () => {
    const hash = Buffer.from(Array.from({ length: 32 }, (_, index) => index)).toString('base64url');
    expect(certificates().identify(caller(CERTIFICATE))).toEqual({
      type: 'mtls',
      claims: {
        sub: 'billing',
        subject: { CN: 'billing', O: 'Shop' },
        san: ['DNS:billing.shop.example', 'URI:spiffe://shop/billing'],
        exp: EXPIRES / 1000,
        cnf: { 'x5t#S256': hash },
      },
      scopes: new Set(),
      expiresAt: EXPIRES,
      key: `mtls:${hash}`,
    });
  });

  it.each([
    [{ ...CERTIFICATE, subject: {} }, 'DNS:billing.shop.example'],
    [{ ...CERTIFICATE, subject: { O: 'Shop' }, alternativeNames: [] }, undefined],
  ])('without a common name is its first other name, if it has one', (certificate, sub) => {
    expect(certificates().identify(caller(certificate))?.claims.sub).toBe(sub);
  });

  it('that a connection has is looked at once', () => {
    const source = certificates();
    expect(source.identify(caller(CERTIFICATE))).toBe(source.identify(caller(CERTIFICATE)));
  });

  it('counts until it ends, however long the connection lives', () => {
    expect(() => certificates(EXPIRES).identify(caller(CERTIFICATE))).toThrow(
      expect.objectContaining({ code: 'UNAUTHENTICATED', reason: 'EXPIRED_CERTIFICATE' }),
    );
  });

  it('is nobody where there is none', () => {
    expect(certificates().identify(caller(null))).toBeNull();
  });
});
