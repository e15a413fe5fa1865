import { authenticationUnavailable, tokenFailed } from '../failure';
import type { KeySetOptions } from '../options';
import { type Claims, trustsIssuer, wrongClaim } from './claims';
import { type Compact, objectIn, readCompact } from './compact';
import type { KeySource } from './key-source';
import { fittingKeys, signingKey } from './signature';
import type { VerificationKey } from './verification-key';

/** Keys, and the rules for tokens that one of them has signed. */
export interface TrustedSet {
  readonly options: KeySetOptions;
  readonly source: KeySource;
}

export interface VerifiedToken {
  readonly claims: Claims;
  readonly key: VerificationKey;
}

/** Who signed what, as far as one set tells. */
interface Signed {
  readonly set: TrustedSet;
  readonly key: VerificationKey;
}

/** Verifies tokens by sets of keys, each with rules of its own. */
export class TokenVerifier {
  readonly #sets: readonly TrustedSet[];
  readonly #leewayMs: number;

  constructor(sets: readonly TrustedSet[], leewayMs: number) {
    this.#sets = sets;
    this.#leewayMs = leewayMs;
  }

  /**
   * @param nowMs milliseconds since 1970
   * @throws {AuthenticationFailed} it is not right @throws {HeadgateError} AUTHENTICATION_UNAVAILABLE: no keys could be read yet
   */
  async verify(token: string, nowMs: () => number): Promise<VerifiedToken> {
    const compact = readCompact(token);
    const claims = compact === null ? null : objectIn(compact.payload);
    if (compact === null || claims === null) throw tokenFailed('MALFORMED_TOKEN');
    const sets = this.#setsFor(compact, claims);
    const signed = await this.#signed(token, compact, sets);
    let wrong: ReturnType<typeof wrongClaim> = null;
    for (const { set, key } of signed) {
      const found = wrongClaim(claims, { ...set.options, leewayMs: this.#leewayMs }, nowMs());
      if (found === null) return { claims, key };
      wrong ??= found;
    }
    throw tokenFailed(wrong ?? 'INVALID_SIGNATURE');
  }

  /** A token of another issuer makes nobody ask this one for keys. */
  #setsFor({ alg }: Compact, claims: Claims): readonly TrustedSet[] {
    const able = this.#sets.filter(({ options }) => options.algorithms.some((one) => one === alg));
    if (able.length === 0) throw tokenFailed('ALGORITHM_NOT_ALLOWED');
    const trusted = able.filter(({ options }) => trustsIssuer(options, claims));
    if (trusted.length === 0) throw tokenFailed('INVALID_ISSUER');
    return trusted;
  }

  async #signed(token: string, compact: Compact, sets: readonly TrustedSet[]): Promise<readonly Signed[]> {
    const first = await signedBy(token, compact, sets);
    if (first.signed.length > 0) return first.signed;
    // A key that is named and there has not signed it: newer ones would not, either.
    const mayBeNew = !first.fits || compact.kid === null;
    const refreshes = mayBeNew ? sets.flatMap(({ source }) => source.refresh() ?? []) : [];
    await Promise.all(refreshes);
    const { signed, fits } = refreshes.length === 0 ? first : await signedBy(token, compact, sets);
    if (signed.length > 0) return signed;
    if (fits) throw tokenFailed('INVALID_SIGNATURE');
    if (sets.some(({ source }) => source.keys === null)) throw authenticationUnavailable();
    throw tokenFailed(compact.kid === null ? 'CANNOT_FIND_SUITABLE_KEY' : 'CANNOT_FIND_KID');
  }
}

/** @returns `fits`: there are keys that could have signed it, whether one of them has or not */
async function signedBy(
  token: string,
  compact: Compact,
  sets: readonly TrustedSet[],
): Promise<{ readonly signed: readonly Signed[]; readonly fits: boolean }> {
  const signed: Signed[] = [];
  let fits = false;
  for (const set of sets) {
    const keys = fittingKeys(compact, set.source.keys ?? []);
    fits ||= keys.length > 0;
    const key = await signingKey(token, compact, keys);
    if (key !== null) signed.push({ set, key });
  }
  return { signed, fits };
}
