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

  /** Finds out which requirements a call fulfils. Policies that are named by them are decided, each once. */
  grant(requirements: readonly Requirement[], call: Call): Soon<Granted> {
    const names = requirements.flatMap(({ kind, anyOf }) => (kind === 'policies' ? anyOf.flat() : []));
    if (names.length === 0) return granted(requirements, call, new Set());
    const holding = policiesThatHold([...new Set(names)], call, this.#options, this.#deciders);
    return then(holding, (policies) => granted(requirements, call, policies));
  }

  /** Tells of policies of a supergraph in service that nobody decides. */
  warn(requirements: Requirements | null): void {
    if (requirements === null || !this.#options.enabled || this.#deciders.length > 0) return;
    const names = requirements.all.flatMap(({ kind, anyOf }) => (kind === 'policies' ? anyOf.flat() : []));
    const missing = [...new Set(names)].filter((name) => !this.#options.policies.has(name)).sort();
    if (missing.length > 0) announce('policies.missing', { policies: missing });
  }
}

const NO_SCOPES: ReadonlySet<string> = new Set();

function granted(requirements: readonly Requirement[], call: Call, policies: ReadonlySet<string>): Granted {
  const identity = call.facts.get(IDENTITY);
  const scopes = identity?.scopes ?? NO_SCOPES;
  return requirements.map((one) => (isFulfilled(one, identity !== undefined, scopes, policies) ? '1' : '0')).join('');
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
