import { operationFromDocument, ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { QueryPlanner } from '@apollo/query-planner';
import { type DocumentNode, getOperationAST, parse } from 'graphql';
import { graphNames } from '../../supergraph/join-directives';
import { withKnownSpecs } from '../../supergraph/known-specs';
import { withoutOneOf } from '../../supergraph/one-of';
import { plannerFields } from '../../supergraph/planner-fields';
import { withCertainSelections } from '../certain-selections';
import { contestedKeys, NO_CONTESTED_KEYS } from '../contested-keys';
import { byVariable, fetchesIn, inSequence, type Plan } from '../plan';
import { withPrivateFields } from '../private-fields';
import { literalHider, withLiterals } from '../private-literals';
import { privateNames, withPrivateNames } from '../private-names';
import { withRealFields } from '../real-fields';
import { requirementSplitter } from '../split-requirements';
import { withoutIntrospection } from '../without-introspection';
import { abstractTypenames } from './abstract-typenames';
import { withBroughtAlong } from './bring-along';
import { concreteTypes, withConcreteRequirements } from './concrete-types';
import { conditionsOnFields } from './conditions-on-fields';
import { repairFetchGraph } from './fetch-graph';
import { keptFragments } from './kept-fragments';
import { fieldPostponer } from './late-fields';
import type { PlanMessage, PlannerThreadData } from './messages';
import { misplacedFieldFinder } from './misplaced-fields';
import { decided, type Mutation, mutationOf } from './mutation-steps';
import { resolvableKeysFirst } from './resolvable-keys-first';
import { withoutRootConditions } from './root-conditions';
import { SupergraphTypes } from './supergraph-types';
import { toPlan } from './to-plan';

/**
 * The planner sends successive mutations of one subgraph together. Then what follows the first of them would be fetched
 * after the last has changed the world.
 */
function overtakes({ node }: Plan, { steps }: Mutation): boolean {
  const fetches = fetchesIn(node);
  const mutations = fetches.filter(({ operationKind }) => operationKind === 'mutation');
  return fetches.length > mutations.length && mutations.length < steps.length;
}

type Attempt = { readonly plan: Plan } | { readonly error: unknown; readonly reason: string };

/** The planner throws where it cannot send what a subgraph requires. */
function attemptOf(makePlan: () => Plan): Attempt {
  try {
    return { plan: makePlan() };
  } catch (error) {
    return { error, reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Variables whose values get a plan each, for the order of root fields that they decide on; beyond: as they are mentioned. */
const ORDERING_VARIABLES_MAX = 4;

repairFetchGraph();

/** What the planner says of a condition on objects that come from an `@interfaceObject`. */
const REFUSED = /potentially an interface object type/;

/**
 * Loads a supergraph on this very thread; planning then takes as long as it takes.
 * @returns plans one operation. @throws {Error} when it cannot be planned
 */
export function loadPlanner({ sdl, fetchesMax }: PlannerThreadData): (request: Omit<PlanMessage, 'id'>) => Plan {
  const source = withoutOneOf(withKnownSpecs(parse(sdl, { noLocation: true })));
  const fields = plannerFields(source);
  const names = privateNames(fields);
  const misplacedField = misplacedFieldFinder(source);
  const { document, privateFields } = withPrivateFields(
    withConcreteRequirements(resolvableKeysFirst(source)),
    names.privateField,
  );
  const types = new SupergraphTypes(document);
  const kept = types.hasInterfaceObjectsBelow ? keptFragments(document) : null;
  const planning = kept?.document ?? document;
  const split = requirementSplitter(planning, privateFields, graphNames(source));
  const supergraph = Supergraph.build(planning, {
    supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
    validateSupergraph: false,
  });
  const planner = new QueryPlanner(supergraph, {
    // Named fragments in subgraph operations cost more to plan than they save on the wire.
    reuseQueryFragments: false,
    // 10,000 by default, which takes up to six times as long and finds plans that are no better: decisions/0004.
    debug: { bypassPlannerForSingleSubgraph: false, maxEvaluatedPlans: 1_000 },
  });
  const apiSchema = supergraph.apiSchema();
  const hideLiterals = literalHider(source, names);
  const postpone = fieldPostponer(planning);
  const withTypenames = abstractTypenames(planning);
  const withConcreteTypes = concreteTypes(
    types,
    kept?.directive ?? null,
    (typename) => apiSchema.type(typename) !== undefined,
  );
  const simplify = withoutRootConditions(types);
  const bringAlong = withBroughtAlong(types);

  /** @param schema what the document may use: requirements of fields that are fetched later may be inaccessible */
  function plan(asked: DocumentNode, request: Omit<PlanMessage, 'id'>, schema = apiSchema): Plan {
    const { operationName, labels = [] } = request;
    const mutation = mutationOf(asked, operationName);
    if (mutation?.document === null) return inSequence(mutation.steps.map((step) => plan(step, request, schema)));
    const document = mutation?.document ?? asked;
    const overrideConditions = new Map(labels.map((label) => [label, true]));
    const named = operationName === null ? {} : { operationName };
    const operation = operationFromDocument(schema, document, { ...named, validate: false });
    const attempt = attemptOf(() => toPlan(planner.buildQueryPlan(operation, { overrideConditions }), names));
    const misplaced = 'plan' in attempt ? misplacedField(withRealFields(attempt.plan, privateFields)) : attempt.reason;
    if ('plan' in attempt && misplaced === null && (mutation === null || !overtakes(attempt.plan, mutation)))
      return attempt.plan;
    if (mutation !== null) return inSequence(mutation.steps.map((step) => plan(step, request, schema)));
    const postponed = postpone(document, operationName);
    if (postponed === null && 'error' in attempt) throw attempt.error;
    if (postponed === null) throw new Error(`the requirements of this operation cannot be planned: ${misplaced}`);
    return postponed.complete(plan(postponed.document, request, supergraph.schema));
  }

  /** A mutation whose order depends on variables has a plan for each order. */
  function planInOrder(document: DocumentNode, request: Omit<PlanMessage, 'id'>, variables: number): Plan {
    const variable = mutationOf(document, request.operationName)?.orderedBy ?? null;
    if (variable === null || variables >= ORDERING_VARIABLES_MAX) return plan(document, request);
    const [yes, no] = [true, false].map((value) =>
      planInOrder(withCertainSelections(decided(document, variable, value)), request, variables + 1),
    );
    return byVariable(variable, yes, no);
  }

  /** Conditions are written in another way where the planner refuses them as they are. */
  function planAnyhow(document: DocumentNode, request: Omit<PlanMessage, 'id'>): Plan {
    try {
      return planInOrder(document, request, 0);
    } catch (error) {
      const isRefused = types.hasInterfaceObjects && error instanceof Error && REFUSED.test(error.message);
      const rewritten = isRefused ? conditionsOnFields(document) : null;
      if (rewritten === null) throw error;
      return planInOrder(rewritten, request, 0);
    }
  }

  function privately(document: DocumentNode, operationName: string | null): DocumentNode {
    const operation = getOperationAST(document, operationName);
    const contested = operation ? contestedKeys(document, operation) : NO_CONTESTED_KEYS;
    return withPrivateNames(document, privateNames(fields, contested));
  }

  return (request) => {
    const asked = parse(request.query, { noLocation: true });
    // Names are given before anything is left out: whoever executes the operation gives the same.
    const named = withCertainSelections(withoutIntrospection(privately(asked, request.operationName)));
    const { document, literals } = hideLiterals(withConcreteTypes(named, request.labels ?? []));
    const inOrder = planAnyhow(document, request);
    const simple = simplify(bringAlong(kept?.clean(inOrder) ?? inOrder));
    const planned = withLiterals(split(withRealFields(withTypenames(simple), privateFields)), literals);
    const fetches = fetchesIn(planned.node).length;
    if (fetches > fetchesMax)
      throw new Error(`the operation needs ${fetches} fetches; planning.max_fetches allows ${fetchesMax}`);
    return planned;
  };
}
