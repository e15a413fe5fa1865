import type { RequestExpression } from '../vocabulary/request-expression';

/** Settings of authorization. */
export interface AuthorizationOptions {
  /** Whether `@authenticated`, `@requiresScopes` and `@policy` of the supergraph are in effect. */
  readonly enabled: boolean;
  /** `filter`: what is refused is left out of an operation. `reject`: such an operation is not executed at all. */
  readonly mode: 'filter' | 'reject';
  /** `filter`: introspection, and what is said of a wrong document, show what whoever asks may have; `all`: everything. */
  readonly introspection: 'all' | 'filter';
  /** Nothing is refused; what would be is announced. */
  readonly dryRun: boolean;
  /** Where the client reads what was refused; `disabled`: nowhere. */
  readonly errors: 'errors' | 'extensions' | 'disabled';
  /** By the name of a policy. */
  readonly policies: ReadonlyMap<string, RequestExpression>;
}

/** What may be in effect without any settings. */
export const DEFAULT_AUTHORIZATION: AuthorizationOptions = {
  enabled: true,
  mode: 'filter',
  introspection: 'all',
  dryRun: false,
  errors: 'errors',
  policies: new Map(),
};
