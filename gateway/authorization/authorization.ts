import type { Call } from '../call';
import { announce } from '../events';
import { IDENTITY } from '../identity';
import { type Soon, then } from '../layers';
import type { Requirement, Requirements } from '../supergraph/requirements';
import type { AuthorizationOptions } from './options';
import { type PolicyDecider, policiesThatHold } from './policies';

/**
 * Which of some requirements are fulfilled: a `1` or a `0` for each. Calls of which it is equal are given the same of an operation
 * that has these requirements.
 */
export type Granted = string;

/** What of the supergraph whoever asks may have. */
export class Authorization {
  #options: AuthorizationOptions;
  #deciders: readonly PolicyDecider[] = [];

  constructor(options: AuthorizationOptions) {
    this.#options = options;
  }

  get options(): AuthorizationOptions {
    return this.#options;
  }

  update(options: AuthorizationOptions): void {
    this.#options = options;
  }

  /** Takes those who decide policies without an expression; the first is asked first. */
  decideBy(deciders: readonly PolicyDecider[]): void {
    this.#deciders = deciders;
  }

  /**
   * Finds out which requirements a call fulfils.
   * @param policies that they name, each once: these are decided
   */
  grant(requirements: readonly Requirement[], policies: readonly string[], call: Call): Soon<Granted> {
    if (policies.length === 0) return granted(requirements, call, NONE);
    const holding = policiesThatHold(policies, call, this.#options, this.#deciders);
    return then(holding, (those) => granted(requirements, call, those));
  }

  /** Tells of policies of a supergraph in service that nobody decides. */
  warn(requirements: Requirements | null): void {
    if (requirements === null || !this.#options.enabled || this.#deciders.length > 0) return;
    const missing = policiesIn(requirements.all).filter((name) => !this.#options.policies.has(name));
    if (missing.length > 0) announce('policies.missing', { policies: missing });
  }
}

const NONE: ReadonlySet<string> = new Set();

/** Names of the policies that requirements name, each once. */
export function policiesIn(requirements: readonly Requirement[]): readonly string[] {
  const names = requirements.flatMap(({ kind, anyOf }) => (kind === 'policies' ? anyOf.flat() : []));
  return [...new Set(names)].sort();
}

function granted(requirements: readonly Requirement[], call: Call, policies: ReadonlySet<string>): Granted {
  const identity = call.facts.get(IDENTITY);
  const scopes = identity?.scopes ?? NONE;
  let bits = '';
  for (const one of requirements) bits += isFulfilled(one, identity !== undefined, scopes, policies) ? '1' : '0';
  return bits;
}

function isFulfilled(
  { kind, anyOf }: Requirement,
  isAuthenticated: boolean,
  scopes: ReadonlySet<string>,
  policies: ReadonlySet<string>,
): boolean {
  if (kind === 'authenticated') return isAuthenticated;
  const names = kind === 'scopes' ? scopes : policies;
  return anyOf.some((all) => all.every((name) => names.has(name)));
}
