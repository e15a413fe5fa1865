import { rememberHeader } from '../known-headers';
import type { CorsOptions, CorsPolicy } from './options';
import { OriginPattern } from './origin-pattern';

/** What a browser calls the origin of a page that has none: of a file, of a sandbox. */
const NO_ORIGIN = 'null';

/** What an origin may do. */
export interface OriginRules extends Omit<CorsPolicy, 'origins' | 'matchOrigins'> {
  /** The origin is among those of a policy; false: any may do that much. */
  readonly isNamed: boolean;
}

/** Finds what the page of an origin may do. */
export class CorsPolicies {
  readonly #exact = new Map<string, OriginRules>();
  readonly #patterns: readonly { readonly pattern: OriginPattern; readonly rules: OriginRules }[];
  readonly #any: OriginRules | null;
  readonly #fitting = rememberHeader('origins', (origin) => this.#firstFitting(origin));

  /** @throws {Error} a pattern is wrong */
  constructor({ policies, anyOrigin }: CorsOptions) {
    const all = policies.map((policy): OriginRules & CorsPolicy => ({ ...policy, isNamed: true }));
    for (const policy of all)
      for (const origin of policy.origins) if (!this.#exact.has(origin)) this.#exact.set(origin, policy);
    this.#patterns = all.flatMap((rules) =>
      rules.matchOrigins.map((text) => ({ pattern: new OriginPattern(text), rules })),
    );
    this.#any = anyOrigin === null ? null : { ...anyOrigin, allowCredentials: false, isNamed: false };
  }

  /** An origin that is written down goes before patterns. @returns null: nothing */
  rulesOf(origin: string): OriginRules | null {
    const exact = this.#exact.get(origin);
    if (exact !== undefined || origin === NO_ORIGIN) return exact ?? null;
    return this.#patterns.length === 0 ? this.#any : this.#fitting(origin);
  }

  #firstFitting(origin: string): OriginRules | null {
    return this.#patterns.find(({ pattern }) => pattern.fits(origin))?.rules ?? this.#any;
  }
}
