/**
 * The test files that take longest, the longest first; below `test`, without extension. They begin first, so that the two
 * processes of jest end at about the same time. Where jest has measured nothing yet, as on CI, it would begin with the files
 * of most bytes, and end with a minute of one process waiting for the other.
 */
export const LONGEST: readonly string[] = [
  'system/behind-proxies',
  'system/hostile',
  'system/workers',
  'execution/differential/differential',
  'system/atomic',
  'planning/apollo/planner',
  'system/registry',
  'system/graphiql',
  'system/introspection',
  'system/authentication',
  'system/admin-faults',
  'system/package',
  'system/registry-workers',
  'system/serve',
  'pool/instance-pool.model',
  'system/swaps',
  'system/commands',
  'execution/federation-requirements',
  'execution/federation-context',
  'planning/apollo/readme',
  'system/exact-numbers',
];
