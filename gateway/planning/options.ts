export interface PlanningOptions {
  /** Milliseconds of planning for one operation. */
  readonly deadlineMs: number;
  /** Operations that may wait for the planner. */
  readonly queueMax: number;
  /** Plans kept. */
  readonly cacheMax: number;
  /** Planner threads. */
  readonly workers: number;
}
