/** Signatures that only the holder of a private key can make (RFC 7518, RFC 8037, RFC 9864). */
export const ASYMMETRIC = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

/** Codes that whoever can verify them can make as well. */
export const SYMMETRIC = ['HS256', 'HS384', 'HS512'] as const;

export type Algorithm = (typeof ASYMMETRIC)[number] | (typeof SYMMETRIC)[number];

const OF_RSA: readonly Algorithm[] = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'];
const OF_CURVE: ReadonlyMap<unknown, readonly Algorithm[]> = new Map<unknown, readonly Algorithm[]>([
  ['P-256', ['ES256']],
  ['P-384', ['ES384']],
  ['P-521', ['ES512']],
]);
const OF_OKP: ReadonlyMap<unknown, readonly Algorithm[]> = new Map<unknown, readonly Algorithm[]>([
  ['Ed25519', ['EdDSA', 'Ed25519']],
]);
/** RFC 7518, section 3.2: a secret is as long as the hash at least. */
const SECRET_BYTES_MIN: readonly (readonly [Algorithm, number])[] = [
  ['HS256', 32],
  ['HS384', 48],
  ['HS512', 64],
];

/** Members of a JSON Web Key that say what it can be used for. */
export interface KeyKind {
  readonly kty?: unknown;
  readonly crv?: unknown;
  readonly alg?: unknown;
}

/** Which algorithms a key can verify by its kind, and by what it says itself. @param secretBytes length of a secret */
export function algorithmsOf({ kty, crv, alg }: KeyKind, secretBytes: number): readonly Algorithm[] {
  const possible = algorithmsOfKind(kty, crv, secretBytes);
  return alg === undefined ? possible : possible.filter((one) => one === alg);
}

function algorithmsOfKind(kty: unknown, crv: unknown, secretBytes: number): readonly Algorithm[] {
  switch (kty) {
    case 'RSA':
      return OF_RSA;
    case 'EC':
      return OF_CURVE.get(crv) ?? [];
    case 'OKP':
      return OF_OKP.get(crv) ?? [];
    case 'oct':
      return SECRET_BYTES_MIN.filter(([, min]) => secretBytes >= min).map(([algorithm]) => algorithm);
    default:
      return [];
  }
}
