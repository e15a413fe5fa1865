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
import { ALWAYS, both, type ConditionValues, type Guard } from './guards';

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

/**
 * Reads when a selection with these directives takes part, null: never. What `values` say is decided. Spec: section 3.13, `@skip`
 * and `@include`.
 * @param nameOf the client's name for a variable
 */
export function guardOf(
  directives: readonly DirectiveNode[] | undefined,
  values: ConditionValues,
  nameOf: (variable: string) => string,
): Guard | null {
  let guard: Guard | null = ALWAYS;
  for (const directive of directives ?? []) {
    if (!isCondition(directive)) continue;
    const isWanted = directive.name.value === 'include';
    const given = directive.arguments?.[0]?.value;
    if (given?.kind !== Kind.VARIABLE) {
      if ((given?.kind === Kind.BOOLEAN && given.value) !== isWanted) return null;
      continue;
    }
    const variable = nameOf(given.name.value);
    const value = values.get(variable);
    if (value === undefined) guard = both(guard, [{ variable, value: isWanted }]);
    else if (value !== isWanted) return null;
    if (guard === null) return null;
  }
  return guard;
}

function asItIs(name: string): string {
  return name;
}

/** Tells whether a selection of the client's operation takes part, or may. */
export function isIncluded(directives: readonly DirectiveNode[] | undefined, values: ConditionValues): boolean {
  return directives === undefined || directives.length === 0 || guardOf(directives, values, asItIs) !== null;
}
