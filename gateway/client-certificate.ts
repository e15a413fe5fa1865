import type { Fact } from './facts';

/** What a client has proved to be by the certificate of its connection; its authority is one that the operator trusts. */
export interface ClientCertificate {
  /** Members of the subject by their short names, `CN`, `O`; of several values the first. */
  readonly subject: Readonly<Record<string, string>>;
  /** Alternative names with their kinds, `DNS:a.example.com`, `URI:spiffe://…`. */
  readonly alternativeNames: readonly string[];
  /** SHA-256 of the certificate in hex, upper case with colons. */
  readonly fingerprint: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** There for calls over TLS whose client has shown a certificate. */
export const CLIENT_CERTIFICATE: Fact<ClientCertificate> = {
  name: 'client certificate',
  keyOf: ({ fingerprint }) => fingerprint,
};
