import {
  type ASTNode,
  type ConstDirectiveNode,
  type DirectiveNode,
  type DocumentNode,
  Kind,
  type OperationDefinitionNode,
  visit,
} from 'graphql';
import type { PlanNode } from '../planning/plan';

/** Values of the Boolean variables that decide what is selected and what is fetched. */
export type ConditionValues = ReadonlyMap<string, boolean>;

function isCondition(directive: DirectiveNode | ConstDirectiveNode): boolean {
  return directive.name.value === 'skip' || directive.name.value === 'include';
}

function planConditions(node: PlanNode | null, found: Set<string>): void {
  if (node === null) return;
  if (node.kind === 'Sequence' || node.kind === 'Parallel') for (const one of node.nodes) planConditions(one, found);
  if (node.kind === 'Flatten') planConditions(node.node, found);
  if (node.kind !== 'Condition') return;
  found.add(node.condition);
  planConditions(node.ifClause ?? null, found);
  planConditions(node.elseClause ?? null, found);
}

/** The operation and the fragments that it reaches; a document may have others. */
function reachable(document: DocumentNode, operation: OperationDefinitionNode) {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  );
  const reached = new Set<ASTNode>([operation]);
  for (const definition of reached) {
    visit(definition, {
      FragmentSpread({ name }) {
        const fragment = fragments.get(name.value);
        if (fragment !== undefined) reached.add(fragment);
      },
    });
  }
  return reached;
}

/** Names of all variables that `@skip`, `@include` or a condition of the plan look at, sorted. */
export function conditionVariables(
  document: DocumentNode,
  operation: OperationDefinitionNode,
  plan: PlanNode | null,
): readonly string[] {
  const found = new Set<string>();
  for (const definition of reachable(document, operation)) {
    visit(definition, {
      Directive(node) {
        if (!isCondition(node)) return;
        for (const argument of node.arguments ?? [])
          if (argument.value.kind === Kind.VARIABLE) found.add(argument.value.name.value);
      },
    });
  }
  planConditions(plan, found);
  return [...found].sort();
}

/** Whether a selection with these directives takes part. Spec: section 3.13, `@skip` and `@include`. */
export function isIncluded(directives: readonly DirectiveNode[] | undefined, values: ConditionValues): boolean {
  for (const directive of directives ?? []) {
    if (!isCondition(directive)) continue;
    const given = directive.arguments?.[0]?.value;
    const value =
      given?.kind === Kind.VARIABLE
        ? values.get(given.name.value) === true
        : given?.kind === Kind.BOOLEAN && given.value;
    if (value === (directive.name.value === 'skip')) return false;
  }
  return true;
}
