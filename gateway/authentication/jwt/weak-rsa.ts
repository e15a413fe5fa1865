import type { KeyObject } from 'node:crypto';

const MODULUS_BITS_MIN = 2048;
const MODULUS_BITS_MAX = 16_384;
/**
 * Moduli that a faulty library made of certain chips (CVE-2017-15361) are powers of 65537 by each of these primes; one of another
 * origin is so by chance once in 2^27.
 */
const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113,
  127, 131, 137, 139, 149, 151, 157, 163, 167,
] as const;
const GENERATOR = 65537;

const POWERS = PRIMES.map((prime) => ({ prime: BigInt(prime), powers: powersModulo(prime) }));

function powersModulo(prime: number): ReadonlySet<number> {
  const powers = new Set<number>();
  for (let power = 1; !powers.has(power); power = (power * GENERATOR) % prime) powers.add(power);
  return powers;
}

/** Why nobody should trust a public RSA key; null when nothing is known against it. @param modulus base64url */
export function weaknessOf(key: KeyObject, modulus: string): string | null {
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MODULUS_BITS_MIN) return `its modulus has ${modulusLength} bits, fewer than ${MODULUS_BITS_MIN}`;
  // To verify takes longer the longer the key is.
  if (modulusLength > MODULUS_BITS_MAX) return `its modulus has ${modulusLength} bits, more than ${MODULUS_BITS_MAX}`;
  if (publicExponent < 3n || publicExponent % 2n === 0n) return `its public exponent is ${publicExponent}`;
  const n = BigInt(`0x${Buffer.from(modulus, 'base64url').toString('hex') || '0'}`);
  if (POWERS.every(({ prime, powers }) => powers.has(Number(n % prime))))
    return 'its modulus can be factored (CVE-2017-15361)';
  return null;
}
