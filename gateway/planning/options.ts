export interface PlanningOptions {
  /** Milliseconds of planning for one operation. */
  readonly deadlineMs: number;
  /** Operations that may wait for the planner. */
  readonly queueMax: number;
  /** Plans kept. */
  readonly cacheMax: number;
  /** Fetches in one plan. */
  readonly fetchesMax: number;
  /** Named labels of progressive `@override`: whether they hold. */
  readonly overrideLabels?: Readonly<Record<string, boolean>>;
  /** Header in which a client may name labels, lower case; null when it may not. */
  readonly overrideHeader?: string | null;
  /** Planner threads for operations that take long; one more plans the others meanwhile. */
  readonly workers: number;
}
