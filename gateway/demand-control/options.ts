export interface DemandControlOptions {
  /** `measure`: what would be refused is counted, and passes. */
  readonly mode: 'measure' | 'enforce';
  /** Estimated cost of an operation; null: none is too high. */
  readonly max: number | null;
  /** Elements of lists that the schema says nothing of. */
  readonly listSize: number;
  /** Estimated cost of what is asked of a subgraph, by its name. */
  readonly subgraphMax: ReadonlyMap<string, number>;
  /** Answers tell what they cost. */
  readonly headers: boolean;
}

/** Where costs are asked for and no demand is controlled. */
export const DEFAULT_LIST_SIZE = 10;
