import { setImmediate as turn } from 'node:timers/promises';
import { type DocumentNode, type GraphQLSchema, type OperationDefinitionNode, validate } from 'graphql';
import { CancellationSource } from '../cancellation';
import { HeadgateError } from '../errors';
import type { Plan } from './plan';
import type { Planner, PlanRequest } from './planner';

/** An operation that clients send. */
export interface OperationInUse extends PlanRequest {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
}

/** An operation with its plan by the planner of the next version. */
export interface WarmOperation<Used extends OperationInUse> {
  readonly used: Used;
  readonly plan: Plan;
}

export interface WarmUpOptions {
  readonly apiSchema: GraphQLSchema;
  readonly planner: Planner;
  /** Milliseconds for all of them. */
  readonly totalMs: number;
}

/**
 * Plans operations before the version is served that they are planned for, one after another. Those that the new schema
 * does not allow, that cannot be planned, or that come too late are left out: clients will see why when they ask.
 */
export async function warmUp<Used extends OperationInUse>(
  operations: Iterable<Used>,
  { apiSchema, planner, totalMs }: WarmUpOptions,
): Promise<readonly WarmOperation<Used>[]> {
  const warm: WarmOperation<Used>[] = [];
  const cancellation = new CancellationSource();
  const overdue = new HeadgateError('REQUEST_CANCELLED', 'the time for planning ahead is over');
  const timer = setTimeout(() => cancellation.cancel(overdue), totalMs);
  try {
    for (const used of operations) {
      await turn(); // clients come between any two of them
      if (cancellation.reason !== null) break;
      if (validate(apiSchema, used.document).length > 0) continue;
      const { query, operationName, document, labels = [] } = used;
      const plan = await planner.plan({ query, operationName, document, labels }, cancellation).catch(() => null);
      if (plan !== null) warm.push({ used, plan });
    }
  } finally {
    clearTimeout(timer);
  }
  return warm;
}
