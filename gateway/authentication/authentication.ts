import { inBackground } from '../background';
import type { Identity } from '../identity';
import type { Soon } from '../layers';
import { ApiKeys } from './api-keys';
import { Authenticator } from './authenticator';
import { CERTIFICATE_CHALLENGE, Certificates } from './certificates';
import { Introspection } from './introspection';
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

/** How it is found out who asks, and what is open for that. */
interface InService {
  readonly authenticator: Authenticator;
  readonly sets: OpenSets;
  readonly introspection: Introspection | null;
}

const NO_SETS: OpenSets = new Map();

/** What finds out who asks now, which a new configuration replaces. */
export class Authentication {
  #current: InService;

  private constructor(current: InService) {
    this.#current = current;
  }

  /** @throws {HeadgateError} CONFIG_INVALID: a file of keys cannot be used */
  static async open(options: AuthenticationOptions): Promise<Authentication> {
    return new Authentication(await made(options, NO_SETS));
  }

  /**
   * Finds out who asks.
   * @returns null: nobody in particular
   * @throws {HeadgateError} UNAUTHENTICATED, AUTHENTICATION_UNAVAILABLE
   */
  identify(caller: Caller): Soon<Identity | null> {
    return this.#current.authenticator.identify(caller);
  }

  /** @throws {HeadgateError} CONFIG_INVALID: a file of keys cannot be used; nothing has changed then */
  async prepare(options: AuthenticationOptions): Promise<PreparedAuthentication> {
    const before = this.#current;
    const next = await made(options, before.sets);
    return {
      commit: () => {
        this.#current = next;
        inBackground('closing what authentication had open', closed(before, next.sets));
      },
      abandon: () => inBackground('closing what authentication would need', closed(next, before.sets)),
    };
  }

  async close(): Promise<void> {
    await closed(this.#current, NO_SETS);
  }
}

async function made(options: AuthenticationOptions, before: OpenSets): Promise<InService> {
  const { open, trusted } = await openSets(options.jwt?.keySets ?? [], options.addresses, before);
  const introspection = options.introspection === null ? null : new Introspection(options.introspection);
  return { authenticator: authenticatorOf(options, trusted, introspection), sets: open, introspection };
}

async function closed({ sets, introspection }: InService, staying: OpenSets): Promise<void> {
  await Promise.all([closeSets(sets, staying), introspection?.close()]);
}

/** In the order in which credentials are looked for. */
function authenticatorOf(
  { jwt, apiKeys, byCertificate, isRequired }: AuthenticationOptions,
  sets: readonly TrustedSet[],
  introspection: Introspection | null,
): Authenticator {
  const sources: IdentitySource[] = [];
  if (jwt !== null) sources.push(new JwtTokens({ ...jwt, sets, leavesOthers: introspection !== null }));
  if (introspection !== null) sources.push(introspection);
  if (apiKeys !== null) sources.push(new ApiKeys(apiKeys));
  if (byCertificate) sources.push(new Certificates());
  const challenges = jwt === null && introspection === null ? [] : ['Bearer'];
  if (apiKeys !== null) challenges.push(`ApiKey header="${apiKeys.header}"`);
  if (byCertificate) challenges.push(CERTIFICATE_CHALLENGE);
  return new Authenticator(sources, isRequired ? challenges.join(', ') || 'Bearer' : null);
}
