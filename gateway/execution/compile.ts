import {
  type DocumentNode,
  type FragmentDefinitionNode,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
} from 'graphql';
import { HeadgateError } from '../errors';
import { contestedKeys } from '../planning/contested-keys';
import { type FetchNode, fetchesMapped, type PlanNode } from '../planning/plan';
import { privateNames } from '../planning/private-names';
import { fullTypesOf } from '../supergraph/full-types';
import { isIntrospection } from '../supergraph/introspection-part';
import type { Supergraph } from '../supergraph/supergraph';
import type { Send } from '../transport/send';
import { compileRequests } from './compile-requests';
import type { CompileScope } from './compile-scope';
import type { CompletedFields } from './complete-fields';
import { completedFields } from './complete-object';
import type { ConditionValues } from './conditions';
import type { FetchRequest } from './fetch-step';
import { compileIntrospection, type Introspect } from './introspection';
import { inNeededOrder } from './needed-order';
import { type PlacedPlan, placeFetches } from './place-fetches';
import { Position, settlePositions } from './position';
import { selectedFields } from './selected-fields';
import { unmetRequirements } from './unmet-requirements';
import { unneededFetches } from './unneeded-fetches';

/** What an operation is compiled from. */
export interface CompileInput {
  readonly plan: PlanNode | null;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly supergraph: Supergraph;
  readonly sends: ReadonlyMap<string, Send>;
  readonly conditions: ConditionValues;
}

/** An operation with everything decided that can be decided before a request comes. */
export interface Program {
  /** Each behind those that it waits for. */
  readonly requests: readonly FetchRequest[];
  /** 0 to the number of requests. */
  readonly requestIndexes: readonly number[];
  readonly root: Position;
  readonly fields: CompletedFields;
  /** Null when the operation asks for no introspection. */
  readonly introspect: Introspect | null;
  /** List levels above the place where each fetch begins, by fetch id. */
  readonly listDepths: readonly number[];
}

function scopeOf({ document, operation, supergraph, conditions }: CompileInput): CompileScope {
  const { apiSchema } = supergraph;
  const types = fullTypesOf(supergraph);
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  return {
    fragments,
    conditions,
    apiSchema,
    types,
    names: privateNames(types.plannerFields, contestedKeys(document, operation)),
    fits(typename, condition) {
      if (typename === condition) return true;
      const abstract = apiSchema.getType(condition);
      const concrete = apiSchema.getType(typename);
      return (
        isAbstractType(abstract) &&
        (isObjectType(concrete) || isInterfaceType(concrete)) &&
        apiSchema.isSubType(abstract, concrete)
      );
    },
  };
}

interface Placed {
  readonly root: Position;
  readonly placed: PlacedPlan;
}

/** Places a plan, with its entity fetches taken apart as far as some objects lack what others have. */
function place({ plan, operation, conditions }: CompileInput, scope: CompileScope): Placed {
  const { names, types } = scope;
  const inFetches = new Map([...conditions].map(([name, value]) => [names.variableOf(name), value]));
  const placeOnce = (node: PlanNode | null): Placed => {
    const root = new Position();
    const placed = placeFetches(root, node, conditions, inFetches);
    settlePositions(root);
    return { root, placed };
  };
  const changed = (whole: PlanNode | null, changes: ReadonlyMap<FetchNode, PlanNode>): PlanNode | null =>
    fetchesMapped({ node: whole }, (fetch) => changes.get(fetch) ?? fetch).node;
  let node = plan;
  let result = placeOnce(node);
  const unneeded = unneededFetches(result.placed, result.root, operation.selectionSet, scope);
  if (unneeded.size > 0) {
    node = changed(node, unneeded);
    result = placeOnce(node);
  }
  // What is not asked for is missing for those that require it in turn.
  for (let round = result.placed.fetches.length; round > 0; round--) {
    const changes = unmetRequirements(result.placed, result.root, types, inFetches);
    if (changes.size === 0) break;
    node = changed(node, changes);
    result = placeOnce(node);
  }
  const ordered = inNeededOrder(result.placed, result.root);
  return ordered === null ? result : placeOnce(ordered);
}

/**
 * @throws {HeadgateError} PLANNING_FAILED: the plan is empty although the operation asks for data, or names an unknown
 *   subgraph
 */
export function compile(input: CompileInput): Program {
  const { operation, document, supergraph } = input;
  const scope = scopeOf(input);
  const { root, placed } = place(input, scope);

  const rootType = supergraph.apiSchema.getRootType(operation.operation);
  const selected = [...selectedFields(rootType?.name ?? '', [operation.selectionSet], scope)];
  const asksForSchema = selected.some(([, nodes]) => nodes.some(isIntrospection));
  const asksForData = selected.some(([, nodes]) => nodes.some((one) => !one.name.value.startsWith('__')));
  if (asksForData && placed.step === null)
    throw new HeadgateError('PLANNING_FAILED', 'no subgraph can answer the fields of this operation');
  const requests = placed.step === null ? [] : compileRequests(placed.step, root, input.sends, scope);
  return {
    requests,
    requestIndexes: [...requests.keys()],
    root,
    fields: completedFields(rootType?.name ?? '', root, [operation.selectionSet], scope),
    introspect: asksForSchema ? compileIntrospection(document, operation, supergraph.apiSchema) : null,
    listDepths: placed.fetches.map(({ path }) => path.filter((element) => element === '@').length),
  };
}
