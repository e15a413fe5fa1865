import { parseOrNone } from '../../json/parse';
import { type Jwk, type KeyRules, type VerificationKey, verificationKey } from './verification-key';

/** Each costs the time of reading it. */
const KEYS_MAX = 100;

export interface ReadKeySet {
  readonly keys: readonly VerificationKey[];
  /** Which keys are left out, and why; nothing of their material. */
  readonly leftOut: readonly string[];
}

/**
 * Reads a JSON Web Key Set (RFC 7517); a single key is a set of one.
 * @throws {Error} it is none, or says of one name two things
 */
export function readKeySet(text: string, rules: KeyRules): ReadKeySet {
  const members = keysIn(parseOrNone(text));
  if (members.length > KEYS_MAX) throw new Error(`it has more than ${KEYS_MAX} keys`);
  const keys: VerificationKey[] = [];
  const leftOut: string[] = [];
  for (const [index, jwk] of members.entries()) {
    try {
      keys.push(verificationKey(jwk, rules));
    } catch (error) {
      leftOut.push(`key ${index + 1}${named(jwk.kid)}: ${error instanceof Error ? error.message : error}`);
    }
  }
  const ambiguous = ambiguousNames(keys);
  for (const kid of ambiguous) leftOut.push(`several keys${named(kid)} that verify the same algorithm`);
  if (keys.some(({ isSecret }) => isSecret) && keys.some(({ isSecret }) => !isSecret))
    throw new Error('it has secrets beside public keys; put them into files of their own');
  return { keys: keys.filter(({ kid }) => kid === null || !ambiguous.has(kid)), leftOut };
}

function keysIn(value: unknown): readonly Jwk[] {
  if (!isObject(value)) throw new Error('it is no JSON object');
  if ('kty' in value) return [value];
  const { keys } = value;
  if (!Array.isArray(keys)) throw new Error('it has no list of keys');
  if (!keys.every(isObject)) throw new Error('one of its keys is no object');
  return keys;
}

function isObject(value: unknown): value is Jwk {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One name for an RSA key and one on a curve is allowed (RFC 7517, section 4.5); two keys for one signature leave open which. */
function ambiguousNames(keys: readonly VerificationKey[]): ReadonlySet<string> {
  const seen = new Map<string, VerificationKey>();
  const ambiguous = new Set<string>();
  for (const key of keys) {
    if (key.kid === null) continue;
    for (const algorithm of key.algorithms) {
      const place = JSON.stringify([key.kid, algorithm]);
      const other = seen.get(place);
      if (other !== undefined && other.identity !== key.identity) ambiguous.add(key.kid);
      seen.set(place, key);
    }
  }
  return ambiguous;
}

function named(kid: unknown): string {
  return typeof kid === 'string' ? ` (${JSON.stringify(kid.slice(0, 60))})` : '';
}
