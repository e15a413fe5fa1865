import { parentPort, workerData } from 'node:worker_threads';
import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, parse } from 'graphql';
import { graphNames } from '../../supergraph/join-directives';
import { plannerFields } from '../../supergraph/planner-fields';
import { withCertainSelections } from '../certain-selections';
import { fetchesIn, type Plan } from '../plan';
import { withPrivateFields } from '../private-fields';
import { privateNames, withPrivateNames } from '../private-names';
import { withRealFields } from '../real-fields';
import { requirementSplitter } from '../split-requirements';
import { fieldPostponer } from './late-fields';
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

function start({ sdl, fetchesMax }: PlannerThreadData): void {
  const source = parse(sdl, { noLocation: true });
  const names = privateNames(plannerFields(source));
  const misplacedField = misplacedFieldFinder(source);
  const { document: planning, privateFields } = withPrivateFields(resolvableKeysFirst(source), names.privateField);
  const split = requirementSplitter(planning, privateFields, graphNames(source));
  const supergraph = Supergraph.build(planning, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: false,
  });
  const planner = new QueryPlanner(supergraph, {
    // Named fragments in subgraph operations cost more to plan than they save on the wire.
    reuseQueryFragments: false,
    debug: { bypassPlannerForSingleSubgraph: false },
  });
  const apiSchema = supergraph.apiSchema();
  const postpone = fieldPostponer(planning);

  /** @param schema what the document may use: requirements of fields that are fetched later may be inaccessible */
  function plan(document: DocumentNode, request: PlanMessage, schema = apiSchema): Plan {
    const { operationName, labels = [] } = request;
    const overrideConditions = new Map(labels.map((label) => [label, true]));
    const named = operationName === null ? {} : { operationName };
    const operation = operationFromDocument(schema, document, { ...named, validate: false });
    const planned = toPlan(planner.buildQueryPlan(operation, { overrideConditions }), names);
    const misplaced = misplacedField(withRealFields(planned, privateFields));
    if (misplaced === null) return planned;
    const postponed = postpone(document, operationName);
    if (postponed === null) throw new Error(`the requirements of this operation cannot be planned: ${misplaced}`);
    return postponed.complete(plan(postponed.document, request, supergraph.schema));
  }

  parentPort?.on('message', (request: PlanMessage) => {
    const { id, query } = request;
    try {
      const document = withCertainSelections(withPrivateNames(parse(query, { noLocation: true }), names));
      const planned = split(withRealFields(plan(document, request), privateFields));
      const fetches = fetchesIn(planned.node).length;
      if (fetches > fetchesMax)
        throw new Error(`the operation needs ${fetches} fetches; planning.max_fetches allows ${fetchesMax}`);
      reply({ kind: 'planned', id, plan: planned });
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
