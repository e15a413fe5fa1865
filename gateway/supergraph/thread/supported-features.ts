import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES } from '@apollo/federation-internals';

/**
 * Features marked `for: SECURITY` that the planner knows and that no room enforces yet. Serving them would open what
 * their authors closed, so they are refused; delete a line when the security room enforces it.
 */
const NOT_ENFORCED: readonly string[] = [
  'https://specs.apollo.dev/authenticated/v0.1',
  'https://specs.apollo.dev/requiresScopes/v0.1',
  'https://specs.apollo.dev/policy/v0.1',
];

/** Identity and version of every `@link` with `for: EXECUTION` or `for: SECURITY` that Headgate acts on. */
export const SUPPORTED_FEATURES: ReadonlySet<string> = new Set(
  [...ROUTER_SUPPORTED_SUPERGRAPH_FEATURES].filter((feature) => !NOT_ENFORCED.includes(feature)),
);
