import type { Cancellation } from '../cancellation';
import type { Plan } from './plan';

/** One operation to plan. Two with equal texts and names have equal plans. */
export interface PlanRequest {
  /** A valid document against the API schema. */
  readonly query: string;
  /** Null when the document has one operation only. */
  readonly operationName: string | null;
  /** Labels of progressive `@override` that hold, sorted; by default those that the planner chooses. */
  readonly labels?: readonly string[];
}

/** Plans operations against one supergraph, under private names (`private-names.ts`). A second planner only has to be this. */
export interface Planner {
  /**
   * @param cancellation gives up waiting; the planning itself stops when nobody else waits for it
   * @throws {HeadgateError} PLANNING_FAILED, PLANNING_TIMEOUT, PLANNING_OVERLOADED, REQUEST_CANCELLED
   */
  plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan>;
  /** Labels for the next request; none when it is not there. */
  chooseLabels?(): readonly string[];
  /** True when requests for one operation may get different plans: none must be kept in the planner's place. */
  readonly varies?: boolean;
  close(): Promise<void>;
}
