import { generateKeyPairSync, sign } from 'node:crypto';

const LIFE_SECONDS = 3_600;

/** A JSON Web Token, and the set of keys that it is right by. */
export function signedToken(): { readonly jwks: string; readonly token: string } {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const kid = 'bench';
  const jwks = JSON.stringify({ keys: [{ ...publicKey.export({ format: 'jwk' }), kid, alg: 'RS256', use: 'sig' }] });
  const now = Math.floor(Date.now() / 1_000);
  const claims = { sub: 'bench', iss: 'https://idp.example', scope: 'read write', iat: now, exp: now + LIFE_SECONDS };
  const signed = [{ alg: 'RS256', typ: 'JWT', kid }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = sign('sha256', Buffer.from(signed), privateKey).toString('base64url');
  return { jwks, token: `${signed}.${signature}` };
}
