/**
 * The test files that take longest, the longest first; below `test`, without extension. They begin first, so that the two
 * processes of jest end at about the same time. Where jest has measured nothing yet, as on CI, it would begin with the files
 * of most bytes, and end with a minute of one process waiting for the other.
 */
export const LONGEST: readonly string[] = [
  'system/hostile',
  'execution/differential/differential',
  'system/workers',
  'system/atomic',
  'system/registry',
  'system/graphiql',
  'planning/apollo/planner',
  'system/package',
  'system/introspection',
  'system/serve',
  'system/admin-faults',
  'system/commands',
  'system/exact-numbers',
  'pool/instance-pool.model',
  'execution/federation-requirements',
  'execution/federation-context',
];
