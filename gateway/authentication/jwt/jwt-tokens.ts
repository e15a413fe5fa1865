import type { Identity } from '../../identity';
import type { Soon } from '../../layers';
import { tokenFailed } from '../failure';
import type { JwtOptions } from '../options';
import { type Remembered, RememberedTokens, tokenHash } from '../remembered-tokens';
import type { Caller, IdentitySource } from '../source';
import { presentedToken } from '../token-places';
import { expiryOf, scopesIn } from './claims';
import { isCompact } from './compact';
import { TokenVerifier, type TrustedSet } from './token-verifier';
import type { VerificationKey } from './verification-key';

/** Objects, names and values that JSON text becomes, for each of its characters. */
const BYTES_PER_CHARACTER = 8;

interface Judged {
  readonly identity: Identity;
  readonly key: VerificationKey;
  /** Milliseconds since 1970, leeway included. */
  readonly endsAt: number;
}

export type JwtTokensOptions = Pick<JwtOptions, 'places' | 'scopesClaim' | 'leewayMs' | 'continues'> & {
  readonly sets: readonly TrustedSet[];
  /** Tokens without the form of a JWT are somebody else's. */
  readonly leavesOthers: boolean;
};

/** Identifies whoever sends a JSON Web Token (RFC 7519) that one of the trusted keys has signed. */
export class JwtTokens implements IdentitySource {
  readonly type = 'jwt';
  readonly continues: boolean;
  readonly #options: JwtTokensOptions;
  readonly #verifier: TokenVerifier;
  readonly #remembered: RememberedTokens<Judged>;
  readonly #now: () => number;

  /** @param now milliseconds since 1970 */
  constructor(options: JwtTokensOptions, now: () => number = Date.now) {
    this.continues = options.continues;
    this.#options = options;
    this.#verifier = new TokenVerifier(options.sets, options.leewayMs);
    this.#remembered = new RememberedTokens('tokens', now);
    this.#now = now;
  }

  identify({ headers, gone }: Caller): Soon<Identity | null> {
    const token = presentedToken(headers, this.#options.places);
    if (token === null) return null;
    const hash = tokenHash(token);
    const known = this.#remembered.get(hash, ({ key }) => key.isCurrent);
    if (known !== undefined) return this.#identityOf(known);
    if (!isCompact(token)) {
      if (this.#options.leavesOthers) return null;
      throw tokenFailed('MALFORMED_TOKEN');
    }
    const judged = this.#remembered.judge(hash, gone, () => this.#judge(token, hash));
    return judged instanceof Promise ? judged.then(({ identity }) => identity) : judged.identity;
  }

  /** What has ended since is refused for its end, and needs no verification for that. */
  #identityOf({ identity, endsAt }: Judged): Identity {
    if (this.#now() >= endsAt) throw tokenFailed('EXPIRED_SIGNATURE');
    return identity;
  }

  async #judge(token: string, hash: string): Promise<Remembered<Judged>> {
    const { scopesClaim, leewayMs } = this.#options;
    const { claims, key } = await this.#verifier.verify(token, this.#now);
    const expiresAt = expiryOf(claims);
    const scopes = scopesIn(Object.hasOwn(claims, scopesClaim) ? claims[scopesClaim] : undefined);
    const identity: Identity = { type: 'jwt', claims: Object.freeze(claims), scopes, expiresAt, key: `jwt:${hash}` };
    const endsAt = expiresAt === null ? Number.POSITIVE_INFINITY : expiresAt + leewayMs;
    const value = { identity, key, endsAt };
    // That it has ended is remembered as well, until there is no room.
    return { value, until: Number.POSITIVE_INFINITY, bytes: token.length * BYTES_PER_CHARACTER };
  }
}
