import type { Instance } from '../instance';

/**
 * Whose turn it is. A policy sees only instances that may be picked, and honours their weights.
 * @param usable never empty
 * @param random uniform in [0, 1)
 */
export type Policy = (usable: readonly [Instance, ...Instance[]], random: () => number) => Instance;
