/**
 * A query plan as data: what the planner answers, what is cached, printed and compiled. Knows no planner library.
 * Response keys and variables inside of it are those of `private-names.ts`; conditions have the client's names.
 */
export interface Plan {
  /** Null when the operation needs no subgraph. */
  readonly node: PlanNode | null;
}

export type PlanNode = SequenceNode | ParallelNode | FetchNode | FlattenNode | ConditionNode;

/** Every fetch of a plan, in the order in which they are written. */
export function fetchesIn(node: PlanNode | null | undefined): readonly FetchNode[] {
  if (node === null || node === undefined) return [];
  switch (node.kind) {
    case 'Fetch':
      return [node];
    case 'Flatten':
      return fetchesIn(node.node);
    case 'Condition':
      return [...fetchesIn(node.ifClause), ...fetchesIn(node.elseClause)];
    case 'Sequence':
    case 'Parallel':
      return node.nodes.flatMap(fetchesIn);
  }
}

/** The plan with something else in the place of each fetch. */
export function fetchesMapped(plan: Plan, change: (fetch: FetchNode) => PlanNode): Plan {
  const map = (node: PlanNode): PlanNode => {
    switch (node.kind) {
      case 'Fetch':
        return change(node);
      case 'Flatten':
        return { ...node, node: map(node.node) };
      case 'Condition':
        return {
          ...node,
          ...(node.ifClause === undefined ? {} : { ifClause: map(node.ifClause) }),
          ...(node.elseClause === undefined ? {} : { elseClause: map(node.elseClause) }),
        };
      case 'Sequence':
      case 'Parallel':
        return { ...node, nodes: node.nodes.map(map) };
    }
  };
  return { node: plan.node === null ? null : map(plan.node) };
}

/** One plan after another. */
export function inSequence(plans: readonly Plan[]): Plan {
  const nodes = plans.flatMap(({ node }) => (node === null ? [] : [node]));
  return { node: nodes.length === 0 ? null : { kind: 'Sequence', nodes } };
}

/** One plan or another, by the value of a Boolean variable. */
export function byVariable(condition: string, yes: Plan | undefined, no: Plan | undefined): Plan {
  const ifClause = yes?.node ?? undefined;
  const elseClause = no?.node ?? undefined;
  const clauses = { ...(ifClause && { ifClause }), ...(elseClause && { elseClause }) };
  return { node: { kind: 'Condition', condition, ...clauses } };
}

interface SequenceNode {
  readonly kind: 'Sequence';
  readonly nodes: readonly PlanNode[];
}

interface ParallelNode {
  readonly kind: 'Parallel';
  readonly nodes: readonly PlanNode[];
}

/** `path` elements: a response key, `@` for each element of a list, `key|[A,B]` for a key of those types only. */
interface FlattenNode {
  readonly kind: 'Flatten';
  readonly path: readonly string[];
  readonly node: PlanNode;
}

interface ConditionNode {
  readonly kind: 'Condition';
  /** Name of a Boolean variable. */
  readonly condition: string;
  readonly ifClause?: PlanNode;
  readonly elseClause?: PlanNode;
}

export interface FetchNode {
  readonly kind: 'Fetch';
  readonly serviceName: string;
  readonly operation: string;
  readonly operationName?: string;
  readonly operationKind: 'query' | 'mutation';
  /** Names as `operation` has them. */
  readonly variableUsages: readonly string[];
  /** Present in entity fetches: what each representation is made of. */
  readonly requires?: readonly RequiredSelection[];
  /** Names of the types whose objects are sent; those that fit what is required when it is not there. */
  readonly onTypes?: readonly string[];
  /**
   * For each key of the flatten path names of the types of the objects that it is followed on, null: of all. Not there where it
   * is followed on all objects.
   */
  readonly onHolders?: readonly (readonly string[] | null)[];
  readonly inputRewrites?: readonly Rewrite[];
  readonly outputRewrites?: readonly Rewrite[];
  /** Variables of `operation` that have their values from objects above the entities: `@fromContext`. */
  readonly contextRewrites?: readonly ContextRewrite[];
}

/**
 * Source of the value of a contextual argument. `path` begins with a `..` for each field from the entity up to the object with
 * the context; then `... on T` for objects that fit T, and keys. Several may name one variable: that of the fitting type.
 */
export interface ContextRewrite {
  readonly kind: 'KeyRenamer';
  readonly path: readonly string[];
  /** Name of the variable. */
  readonly renameKeyTo: string;
}

export type RequiredSelection = RequiredField | RequiredFragment;

export interface RequiredField {
  readonly kind: 'Field';
  readonly name: string;
  readonly alias?: string;
  /** Where the answer so far has the value, when not under the name that is sent. */
  readonly readAs?: string;
  readonly selections?: readonly RequiredSelection[];
}

interface RequiredFragment {
  readonly kind: 'InlineFragment';
  readonly typeCondition?: string;
  readonly selections: readonly RequiredSelection[];
}

/** `path` elements: a key, or `... on T` for objects that fit T. Lists are passed through. */
export type Rewrite =
  | { readonly kind: 'ValueSetter'; readonly path: readonly string[]; readonly setValueTo: unknown }
  | { readonly kind: 'KeyRenamer'; readonly path: readonly string[]; readonly renameKeyTo: string };
