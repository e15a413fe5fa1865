import { parentPort, workerData } from 'node:worker_threads';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { parse } from 'graphql';
import { plannerFields } from '../../supergraph/planner-fields';
import { withCertainSelections } from '../certain-selections';
import { privateNames, withPrivateNames } from '../private-names';
import type { PlanMessage, PlannerReply, PlannerThreadData } from './messages';
import { misplacedFieldFinder } from './misplaced-fields';
import { resolvableKeysFirst } from './resolvable-keys-first';
import { toPlan } from './to-plan';

/** The planner's thread: loads one supergraph, then answers one message at a time. The main thread owns the deadline. */
function reply(message: PlannerReply): void {
  parentPort?.postMessage(message);
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function start({ sdl }: PlannerThreadData): void {
  const source = parse(sdl, { noLocation: true });
  const names = privateNames(plannerFields(source));
  const misplacedField = misplacedFieldFinder(source);
  const supergraph = Supergraph.build(resolvableKeysFirst(source), {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: false,
  });
  const planner = new QueryPlanner(supergraph, {
    // Named fragments in subgraph operations cost more to plan than they save on the wire.
    reuseQueryFragments: false,
    debug: { bypassPlannerForSingleSubgraph: false },
  });
  const apiSchema = supergraph.apiSchema();

  parentPort?.on('message', ({ id, query, operationName }: PlanMessage) => {
    try {
      const document = withCertainSelections(withPrivateNames(parse(query, { noLocation: true }), names));
      const operation = operationFromDocument(apiSchema, document, {
        ...(operationName === null ? {} : { operationName }),
        validate: false,
      });
      const plan = toPlan(planner.buildQueryPlan(operation), names);
      const misplaced = misplacedField(plan);
      if (misplaced !== null) throw new Error(`the requirements of this operation cannot be planned: ${misplaced}`);
      reply({ kind: 'planned', id, plan });
    } catch (error) {
      reply({ kind: 'failed', id, message: textOf(error) });
    }
  });
  reply({ kind: 'ready' });
}

try {
  start(workerData as PlannerThreadData); // as: this file is only ever started by thread.ts beside it
} catch (error) {
  reply({ kind: 'failed', id: null, message: textOf(error) });
}
