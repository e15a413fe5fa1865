import { CLIENT_CERTIFICATE, type ClientCertificate } from '../client-certificate';
import type { Identity } from '../identity';
import { AuthenticationFailed } from './failure';
import type { Caller, IdentitySource } from './source';

/** There is no registered name for it. */
export const CERTIFICATE_CHALLENGE = 'ClientCertificate';

/** Identifies whoever has shown a certificate when the connection was made, which an authority that the operator trusts has signed. */
export class Certificates implements IdentitySource {
  readonly type = 'mtls';
  readonly continues = false;
  /** Of connections that are open. */
  readonly #identities = new WeakMap<ClientCertificate, Identity>();
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  identify({ facts }: Caller): Identity | null {
    const certificate = facts.get(CLIENT_CERTIFICATE);
    if (certificate === undefined) return null;
    // A connection may live longer than the certificate that it was made with.
    if (this.#now() >= certificate.expiresAtMs)
      throw new AuthenticationFailed('EXPIRED_CERTIFICATE', CERTIFICATE_CHALLENGE);
    const known = this.#identities.get(certificate);
    if (known !== undefined) return known;
    const identity = identityOf(certificate);
    this.#identities.set(certificate, identity);
    return identity;
  }
}

/** Claims by the names that tokens have for the same; `cnf` as in RFC 8705, section 3.1. */
function identityOf({ subject, alternativeNames, fingerprint, expiresAtMs }: ClientCertificate): Identity {
  const sub = subject.CN ?? alternativeNames[0];
  const hash = Buffer.from(fingerprint.replaceAll(':', ''), 'hex').toString('base64url');
  const claims = {
    ...(sub !== undefined && { sub }),
    subject,
    san: alternativeNames,
    exp: Math.floor(expiresAtMs / 1000),
    cnf: { 'x5t#S256': hash },
  };
  return {
    type: 'mtls',
    claims: Object.freeze(claims),
    scopes: new Set(),
    expiresAt: expiresAtMs,
    key: `mtls:${hash}`,
  };
}
