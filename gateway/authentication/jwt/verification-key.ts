import { createPublicKey, createSecretKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { type Algorithm, algorithmsOf } from './algorithms';
import { weaknessOf } from './weak-rsa';

/** A key of a set, and what it may verify. */
export interface VerificationKey {
  readonly kid: string | null;
  readonly isSecret: boolean;
  readonly algorithms: ReadonlySet<string>;
  readonly key: KeyObject;
  /** Equal for keys that are the same in everything. */
  readonly identity: string;
  /** False once its set has it no more: what it verified counts no longer. */
  isCurrent: boolean;
}

/** A member of `keys`, as it stands there. */
export type Jwk = Readonly<Record<string, unknown>>;

export interface KeyRules {
  readonly algorithms: ReadonlySet<Algorithm>;
  /** Only a file of this machine may hold secrets: what many can read makes no secret. */
  readonly allowsSecrets: boolean;
}

/** @throws {Error} why it cannot verify anything here; the message has nothing of the key */
export function verificationKey(jwk: Jwk, { algorithms: allowed, allowsSecrets }: KeyRules): VerificationKey {
  const { kty, kid, use, key_ops: operations } = jwk;
  if (use !== undefined && use !== 'sig') throw new Error('its use is not sig');
  if (operations !== undefined && !(Array.isArray(operations) && operations.includes('verify')))
    throw new Error('its key_ops do not have verify');
  if (kid !== undefined && typeof kid !== 'string') throw new Error('its kid is no text');
  const isSecret = kty === 'oct';
  if (isSecret && !allowsSecrets) throw new Error('a secret counts in a local file only');
  const key = isSecret ? secretKey(jwk.k) : publicKey(jwk);
  const algorithms = algorithmsOf(jwk, key.symmetricKeySize ?? 0);
  if (algorithms.length === 0) throw new Error('its kty, crv, alg and length fit no algorithm that is known here');
  const usable = algorithms.filter((algorithm) => allowed.has(algorithm));
  if (usable.length === 0) throw new Error('its algorithms are not among those allowed');
  return {
    kid: kid ?? null,
    isSecret,
    algorithms: new Set(usable),
    key,
    identity: JSON.stringify([
      kid ?? null,
      usable,
      isSecret ? jwk.k : key.export({ format: 'der', type: 'spki' }).toString('base64'),
    ]),
    isCurrent: true,
  };
}

function secretKey(k: unknown): KeyObject {
  if (typeof k !== 'string' || k === '') throw new Error('it has no k');
  return createSecretKey(Buffer.from(k, 'base64url'));
}

/** Of a private key that was published by mistake, only what is public is looked at. */
function publicKey({ kty, n, e, crv, x, y }: Jwk): KeyObject {
  let key: KeyObject;
  try {
    key = createPublicKey({ key: { kty, n, e, crv, x, y } as JsonWebKey, format: 'jwk' });
  } catch {
    throw new Error('its kty and parameters make no public key');
  }
  const weakness = kty === 'RSA' ? weaknessOf(key, String(n)) : null;
  if (weakness !== null) throw new Error(weakness);
  return key;
}
