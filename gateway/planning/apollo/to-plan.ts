import type * as Apollo from '@apollo/query-planner';
import type { FetchNode, Plan, PlanNode, Rewrite } from '../plan';
import type { PrivateNames } from '../private-names';

function fetchNode(node: Apollo.FetchNode): FetchNode {
  if (node.operationKind === 'subscription') throw new Error('subscriptions are not executed by this version');
  const { contextRewrites = [] } = node;
  return {
    kind: 'Fetch',
    serviceName: node.serviceName,
    operation: node.operation,
    operationKind: node.operationKind,
    variableUsages: node.variableUsages ?? [],
    ...(node.operationName === undefined ? {} : { operationName: node.operationName }),
    ...(node.requires === undefined ? {} : { requires: node.requires }),
    ...rewrites('inputRewrites', node.inputRewrites),
    ...rewrites('outputRewrites', node.outputRewrites),
    ...(contextRewrites.length === 0 ? {} : { contextRewrites }),
  };
}

function rewrites(name: 'inputRewrites' | 'outputRewrites', list: readonly Rewrite[] | undefined) {
  return list === undefined || list.length === 0 ? {} : { [name]: list };
}

function planNode(node: Apollo.PlanNode, names: PrivateNames): PlanNode {
  switch (node.kind) {
    case 'Fetch':
      return fetchNode(node);
    case 'Sequence':
    case 'Parallel':
      return { kind: node.kind, nodes: node.nodes.map((one) => planNode(one, names)) };
    case 'Flatten':
      return { kind: 'Flatten', path: node.path.map(String), node: planNode(node.node, names) };
    case 'Condition':
      return {
        kind: 'Condition',
        condition: names.publicName(node.condition),
        ...(node.ifClause === undefined ? {} : { ifClause: planNode(node.ifClause, names) }),
        ...(node.elseClause === undefined ? {} : { elseClause: planNode(node.elseClause, names) }),
      };
    case 'Defer':
      throw new Error('@defer is not executed by this version');
  }
}

/** Apollo's plan as ours; refuses the nodes that the executor does not run. */
export function toPlan(plan: Apollo.QueryPlan, names: PrivateNames): Plan {
  if (plan.node === undefined) return { node: null };
  if (plan.node.kind === 'Subscription') throw new Error('subscriptions are not executed by this version');
  return { node: planNode(plan.node, names) };
}
