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

/** What the gateway itself did, in milliseconds from the start of the request. */
export interface Phases {
  readonly planning: { readonly startMs: number; readonly durationMs: number };
  /** When the answer was put together. */
  readonly doneMs: number;
}

/** What an answer tells of its own making. */
export interface QueryDetails {
  readonly phases: Phases | null;
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
  const { queryPlan, subgraphCalls, phases, ...others } = extensions as Record<string, unknown>;
  if (queryPlan === undefined && subgraphCalls === undefined) return { answer, details: null };
  return {
    answer: Object.keys(others).length === 0 ? rest : { ...rest, extensions: others },
    // The page and the gateway that answers it come from one build, so the forms agree.
    details: {
      phases: isObject(phases) ? (phases as unknown as Phases) : null,
      queryPlan: isObject(queryPlan) ? (queryPlan as unknown as QueryPlan) : null,
      calls: Array.isArray(subgraphCalls) ? (subgraphCalls as SubgraphCall[]) : [],
    },
  };
}

/** How many fetches a plan has, those behind conditions included. */
export function countFetches(node: PlanNode): number {
  switch (node.kind) {
    case 'Fetch':
      return 1;
    case 'Flatten':
      return countFetches(node.node);
    case 'Condition':
      return (node.ifClause ? countFetches(node.ifClause) : 0) + (node.elseClause ? countFetches(node.elseClause) : 0);
    default:
      return node.nodes.reduce((sum, one) => sum + countFetches(one), 0);
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
