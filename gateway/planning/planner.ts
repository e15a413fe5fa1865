import type { DocumentNode } from 'graphql';
import type { Cancellation } from '../cancellation';
import type { RequestHeaders } from './override-labels';
import type { Plan } from './plan';

/** One operation to plan. Two with equal texts and names have equal plans. */
export interface PlanRequest {
  /** A valid document against the API schema. */
  readonly query: string;
  /** Null when the document has one operation only. */
  readonly operationName: string | null;
  /** Labels of progressive `@override` that hold, sorted; by default those that the planner chooses. */
  readonly labels?: readonly string[];
  /** The text parsed, when somebody has it already. */
  readonly document?: DocumentNode;
}

/** Figures of how busy a planner is. */
export interface PlannerNumbers {
  readonly threads: number;
  /** Threads that plan nothing. */
  readonly idle: number;
  /** Threads that an operation holds for long. */
  readonly long: number;
  /** Operations that wait for a thread. */
  readonly waiting: number;
  /** Plans kept, refusals included; absent without a cache. */
  readonly cached?: number;
}

/** Plans operations against one supergraph, under private names (`private-names.ts`). A second planner only has to be this. */
export interface Planner {
  /**
   * @param cancellation gives up waiting; the planning itself stops when nobody else waits for it
   * @throws {HeadgateError} PLANNING_FAILED, PLANNING_TIMEOUT, PLANNING_OVERLOADED, REQUEST_CANCELLED,
   *   GATEWAY_NOT_READY (closed), or INTERNAL
   */
  plan(request: PlanRequest, cancellation?: Cancellation): Promise<Plan>;
  /** Labels for a request, the same as often as it is asked; none when it is not there. */
  chooseLabels?(headers?: RequestHeaders): readonly string[];
  readonly numbers?: PlannerNumbers | null;
  close(): Promise<void>;
}
