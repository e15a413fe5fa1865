import { inBackground } from '../background';
import type { Identity } from '../identity';
import type { Soon } from '../layers';
import { ApiKeys } from './api-keys';
import { Authenticator } from './authenticator';
import { JwtTokens } from './jwt/jwt-tokens';
import { closeSets, type OpenSets, openSets } from './jwt/key-sets';
import type { TrustedSet } from './jwt/token-verifier';
import type { AuthenticationOptions } from './options';
import type { Caller, IdentitySource } from './source';

/** A change that can no longer fail. Either of the two is called, once. */
export interface PreparedAuthentication {
  commit(): void;
  abandon(): void;
}

/** The authenticator in service, which a new configuration replaces, and the sets of keys that it needs. */
export class Authentication {
  #current: Authenticator;
  #sets: OpenSets;

  private constructor(current: Authenticator, sets: OpenSets) {
    this.#current = current;
    this.#sets = sets;
  }

  /** @throws {HeadgateError} CONFIG_INVALID: a file of keys cannot be used */
  static async open(options: AuthenticationOptions): Promise<Authentication> {
    const { open, trusted } = await openSets(options.jwt?.keySets ?? [], options.addresses, new Map());
    return new Authentication(authenticatorOf(options, trusted), open);
  }

  /**
   * Finds out who asks.
   * @returns null: nobody in particular
   * @throws {HeadgateError} UNAUTHENTICATED, AUTHENTICATION_UNAVAILABLE
   */
  identify(caller: Caller): Soon<Identity | null> {
    return this.#current.identify(caller);
  }

  /** @throws {HeadgateError} CONFIG_INVALID: a file of keys cannot be used; nothing has changed then */
  async prepare(options: AuthenticationOptions): Promise<PreparedAuthentication> {
    const before = this.#sets;
    const { open, trusted } = await openSets(options.jwt?.keySets ?? [], options.addresses, before);
    const next = authenticatorOf(options, trusted);
    return {
      commit: () => {
        this.#current = next;
        this.#sets = open;
        inBackground('closing sets of keys', closeSets(before, open));
      },
      abandon: () => inBackground('closing sets of keys', closeSets(open, before)),
    };
  }

  async close(): Promise<void> {
    await closeSets(this.#sets, new Map());
  }
}

/** In the order in which credentials are looked for. */
function authenticatorOf(options: AuthenticationOptions, sets: readonly TrustedSet[]): Authenticator {
  const { jwt, apiKeys, isRequired } = options;
  const sources: IdentitySource[] = [];
  const challenges: string[] = [];
  if (jwt !== null) {
    sources.push(new JwtTokens({ ...jwt, sets, leavesOthers: false }));
    challenges.push('Bearer');
  }
  if (apiKeys !== null) {
    sources.push(new ApiKeys(apiKeys));
    challenges.push(`ApiKey header="${apiKeys.header}"`);
  }
  return new Authenticator(sources, isRequired ? challenges.join(', ') || 'Bearer' : null);
}
