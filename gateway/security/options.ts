/** Counts that an operation may not exceed. */
export interface LimitOptions {
  readonly maxTokens: number;
  readonly maxDepth: number;
  readonly maxAliases: number;
  readonly maxRootFields: number;
  /** Selections after every fragment spread is expanded. */
  readonly maxExpandedSelections: number;
}
