import { isHeadgateError } from '../errors';
import { announce } from '../events';
import type { Identity } from '../identity';
import { type Soon, settle } from '../layers';
import { AuthenticationFailed, type FailureReason } from './failure';
import type { Caller, IdentitySource } from './source';

/** Finds out who asks: the first credential that a caller has, in the order of the sources, decides. */
export class Authenticator {
  readonly #sources: readonly IdentitySource[];
  /** Null: whoever has no credential may ask all the same. */
  readonly #challenge: string | null;

  /** @param challenge for callers without credentials; null when none are required */
  constructor(sources: readonly IdentitySource[], challenge: string | null) {
    this.#sources = sources;
    this.#challenge = challenge;
  }

  /**
   * @returns null: nobody in particular
   * @throws {AuthenticationFailed}
   */
  identify(caller: Caller): Soon<Identity | null> {
    return this.#identifyFrom(0, caller);
  }

  #identifyFrom(at: number, caller: Caller): Soon<Identity | null> {
    const source = this.#sources[at];
    if (source === undefined) return this.#anonymous(caller);
    return settle(
      () => source.identify(caller),
      (identity) => identity ?? this.#identifyFrom(at + 1, caller),
      (error) => {
        if (isHeadgateError(error, 'AUTHENTICATION_UNAVAILABLE'))
          announceFailure({ reason: 'UNAVAILABLE' }, source.type, caller);
        // Who could not be judged is not taken for somebody who has not said anything, either.
        if (!(error instanceof AuthenticationFailed)) throw error;
        announceFailure(error, source.type, caller);
        if (!source.continues) throw error;
        return this.#identifyFrom(at + 1, caller);
      },
    );
  }

  #anonymous(caller: Caller): null {
    if (this.#challenge === null) return null;
    const missing = new AuthenticationFailed('MISSING_CREDENTIALS', this.#challenge);
    announceFailure(missing, 'none', caller);
    throw missing;
  }
}

function announceFailure(
  { reason }: { readonly reason: FailureReason | 'UNAVAILABLE' },
  type: Identity['type'] | 'none',
  { id }: Caller,
): void {
  announce('authentication.failed', { id, type, reason });
}
