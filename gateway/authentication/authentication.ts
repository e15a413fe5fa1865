import type { Identity } from '../identity';
import type { Soon } from '../layers';
import { ApiKeys } from './api-keys';
import { Authenticator } from './authenticator';
import type { AuthenticationOptions } from './options';
import type { Caller, IdentitySource } from './source';

/** The authenticator in service, which a new configuration replaces. */
export class Authentication {
  #current: Authenticator;

  constructor(options: AuthenticationOptions) {
    this.#current = authenticatorOf(options);
  }

  /**
   * Finds out who asks.
   * @returns null: nobody in particular
   * @throws {HeadgateError} UNAUTHENTICATED
   */
  identify(caller: Caller): Soon<Identity | null> {
    return this.#current.identify(caller);
  }

  update(options: AuthenticationOptions): void {
    this.#current = authenticatorOf(options);
  }
}

function authenticatorOf({ apiKeys, isRequired }: AuthenticationOptions): Authenticator {
  const sources: IdentitySource[] = [];
  if (apiKeys !== null) sources.push(new ApiKeys(apiKeys));
  const challenge = apiKeys === null ? 'Bearer' : `ApiKey header="${apiKeys.header}"`;
  return new Authenticator(sources, isRequired ? challenge : null);
}
