import type { FailureReason } from '../failure';
import type { KeySetOptions } from '../options';

/** What a token says; JSON values. */
export type Claims = Readonly<Record<string, unknown>>;

export interface ClaimRules extends Pick<KeySetOptions, 'issuers' | 'audiences' | 'allowsMissingExp'> {
  readonly leewayMs: number;
}

/** What is wrong with the claims of a token whose signature is right (RFC 7519, section 4.1); null: nothing. */
export function wrongClaim(claims: Claims, rules: ClaimRules, nowMs: number): FailureReason | null {
  const { exp, nbf, iat, iss, aud } = claims;
  if (!isDateOrAbsent(exp) || !isDateOrAbsent(nbf) || !isDateOrAbsent(iat)) return 'INVALID_CLAIMS';
  if (rules.issuers !== null && !isOneOf(iss, rules.issuers)) return 'INVALID_ISSUER';
  if (rules.audiences !== null && !namesOneOf(aud, rules.audiences)) return 'INVALID_AUDIENCE';
  if (exp === undefined && !rules.allowsMissingExp) return 'MISSING_EXPIRY';
  if (exp !== undefined && nowMs >= exp * 1000 + rules.leewayMs) return 'EXPIRED_SIGNATURE';
  if (nbf !== undefined && nowMs < nbf * 1000 - rules.leewayMs) return 'NOT_YET_VALID';
  return null;
}

/** Whether keys of this set could be those of an issuer; to be asked before anything is proved. */
export function trustsIssuer({ issuers }: Pick<ClaimRules, 'issuers'>, { iss }: Claims): boolean {
  return issuers === null || isOneOf(iss, issuers);
}

/** Milliseconds since 1970; null: it does not end. */
export function expiryOf({ exp }: Claims): number | null {
  return typeof exp === 'number' ? exp * 1000 : null;
}

/** Scopes in a claim: separated by spaces (RFC 8693, section 4.2), or as a list. */
export function scopesIn(claim: unknown): ReadonlySet<string> {
  if (typeof claim === 'string') return new Set(claim.split(' ').filter((scope) => scope !== ''));
  if (Array.isArray(claim)) return new Set(claim.filter((scope) => typeof scope === 'string'));
  return new Set();
}

function isDateOrAbsent(value: unknown): value is number | undefined {
  return value === undefined || (typeof value === 'number' && Number.isFinite(value));
}

function isOneOf(value: unknown, list: readonly string[]): boolean {
  return typeof value === 'string' && list.includes(value);
}

function namesOneOf(value: unknown, list: readonly string[]): boolean {
  return Array.isArray(value) ? value.some((one) => isOneOf(one, list)) : isOneOf(value, list);
}
