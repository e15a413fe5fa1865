import { constants } from 'node:crypto';
import type { TlsOptions } from 'node:tls';
import type { ServerTlsOptions } from './options';

/** Names of protocols in a handshake (ALPN). */
export const HTTP2 = 'h2';
const HTTP1 = 'http/1.1';

/** Those of TLS 1.2 that encrypt and authenticate at once, and whose keys are of one connection only; all of TLS 1.3 do. */
const CIPHERS = [
  'TLS_AES_128_GCM_SHA256',
  'TLS_AES_256_GCM_SHA384',
  'TLS_CHACHA20_POLY1305_SHA256',
  'ECDHE-ECDSA-AES128-GCM-SHA256',
  'ECDHE-RSA-AES128-GCM-SHA256',
  'ECDHE-ECDSA-AES256-GCM-SHA384',
  'ECDHE-RSA-AES256-GCM-SHA384',
  'ECDHE-ECDSA-CHACHA20-POLY1305',
  'ECDHE-RSA-CHACHA20-POLY1305',
].join(':');

/** What Node needs of it. @param http2 clients may choose it */
export function tlsContext({ cert, key, clientCa, clientAuth }: ServerTlsOptions, http2 = false): TlsOptions {
  return {
    cert,
    key,
    ...(clientCa !== null && { ca: clientCa }),
    requestCert: clientAuth !== 'none',
    rejectUnauthorized: clientAuth === 'require',
    minVersion: 'TLSv1.2',
    ciphers: CIPHERS,
    honorCipherOrder: true,
    secureOptions: constants.SSL_OP_NO_RENEGOTIATION,
    ALPNProtocols: http2 ? [HTTP2, HTTP1] : [HTTP1],
  };
}
