import type { SubgraphCall } from '../../../../events';

export type PlanNode =
  | { readonly kind: 'Sequence' | 'Parallel'; readonly nodes: readonly PlanNode[] }
  | { readonly kind: 'Flatten'; readonly path: readonly string[]; readonly node: PlanNode }
  | FetchNode
  | {
      readonly kind: 'Condition';
      readonly condition: string;
      readonly ifClause?: PlanNode;
      readonly elseClause?: PlanNode;
    };

export interface FetchNode {
  readonly kind: 'Fetch';
  readonly serviceName: string;
  readonly operation: string;
  readonly operationKind: string;
  readonly requires?: readonly unknown[];
  readonly variableUsages: readonly string[];
}

export interface QueryPlan {
  readonly text: string;
  /** Null when the operation needs no subgraph. */
  readonly node: PlanNode | null;
}

/** What an answer tells of its own making. */
export interface QueryDetails {
  readonly queryPlan: QueryPlan | null;
  readonly calls: readonly SubgraphCall[];
}

/** Splits an answer into what the client asked for and what the gateway added for this page. */
export function takeDetails(answer: Record<string, unknown>): {
  answer: Record<string, unknown>;
  details: QueryDetails | null;
} {
  const { extensions, ...rest } = answer;
  if (typeof extensions !== 'object' || extensions === null) return { answer, details: null };
  const { queryPlan, subgraphCalls, ...others } = extensions as Record<string, unknown>;
  if (queryPlan === undefined && subgraphCalls === undefined) return { answer, details: null };
  return {
    answer: Object.keys(others).length === 0 ? rest : { ...rest, extensions: others },
    // The page and the gateway that answers it come from one build, so the forms agree.
    details: {
      queryPlan: isObject(queryPlan) ? (queryPlan as unknown as QueryPlan) : null,
      calls: Array.isArray(subgraphCalls) ? (subgraphCalls as SubgraphCall[]) : [],
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
