import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';
import { isCondition, under } from './conditions-on-fields';

/** One root field, with the conditions of the fragments that it is written in. */
interface RootField {
  readonly key: string;
  /** It cannot have all of its conditions itself. */
  readonly isApart: boolean;
  readonly selection: SelectionNode;
  /** Variables that decide whether it is there. */
  readonly conditions: readonly string[];
}

type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/** The variable that a condition asks. */
function conditionOf(directive: DirectiveNode): readonly string[] {
  const [condition] = directive.arguments ?? [];
  return isCondition(directive) && condition?.value.kind === Kind.VARIABLE ? [condition.value.name.value] : [];
}

/** @param above conditions of the fragments around the set */
function rootFieldsIn(
  set: SelectionSetNode,
  fragments: Fragments,
  above: readonly DirectiveNode[] = [],
): readonly RootField[] {
  return set.selections.flatMap((one): readonly RootField[] => {
    if (one.kind === Kind.FIELD) {
      const selection = under(one, above);
      const conditions = [...above, ...(one.directives ?? [])].flatMap(conditionOf);
      return [{ key: (one.alias ?? one.name).value, selection, conditions, isApart: selection.kind !== Kind.FIELD }];
    }
    const fragment = one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value) : one;
    if (fragment === undefined) return [];
    return rootFieldsIn(fragment.selectionSet, fragments, [...above, ...(one.directives ?? []).filter(isCondition)]);
  });
}

/** A mutation of several root fields. */
export interface Mutation {
  /**
   * It has what all selections of one response key in a row, since the planner would send to a subgraph twice what it meets twice;
   * and no fragments, since it puts together equal ones, whatever stands between them. Null when that cannot be.
   */
  readonly document: DocumentNode | null;
  /** One document for each root field, in their order. */
  readonly steps: readonly DocumentNode[];
  /** A Boolean variable that decides on their order: `a @include(if: $x) b a` begins with a or with b. */
  readonly orderedBy: string | null;
}

/** Of the first field that may be left out although its key comes again behind another one. */
function orderingVariable(fields: readonly RootField[]): string | null {
  for (const [at, { key, conditions }] of fields.entries()) {
    const next = fields.findIndex((one, other) => other > at && one.key !== key);
    const comesAgain = next >= 0 && fields.some((one, other) => other > next && one.key === key);
    if (comesAgain && conditions[0] !== undefined) return conditions[0];
  }
  return null;
}

/** The document for one value of a variable that conditions ask. */
export function decided(document: DocumentNode, variable: string, value: boolean): DocumentNode {
  return visit(document, {
    Directive(node) {
      const [condition] = conditionOf(node);
      if (condition !== variable) return undefined;
      const [argument] = node.arguments ?? [];
      return argument && { ...node, arguments: [{ ...argument, value: { kind: Kind.BOOLEAN, value } }] };
    },
  });
}

/**
 * A mutation taken apart into its root fields, in their order: what follows one has to be fetched before the next begins.
 * @returns null for whatever has one step only
 */
export function mutationOf(document: DocumentNode, operationName: string | null): Mutation | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const operation = document.definitions.find(
    (one): one is OperationDefinitionNode =>
      one.kind === Kind.OPERATION_DEFINITION && (operationName === null || one.name?.value === operationName),
  );
  if (operation?.operation !== 'mutation') return null;
  const fields = rootFieldsIn(operation.selectionSet, fragments);
  const steps = new Map<string, SelectionNode[]>();
  for (const { key, selection } of fields) steps.set(key, [...(steps.get(key) ?? []), selection]);
  if (steps.size < 2) return null;
  const documentOf = (selections: readonly SelectionNode[]): DocumentNode => {
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections };
    return { ...document, definitions: [{ ...operation, selectionSet }, ...fragments.values()] };
  };
  return {
    document: fields.some(({ isApart }) => isApart) ? null : documentOf([...steps.values()].flat()),
    steps: [...steps.values()].map(documentOf),
    orderedBy: orderingVariable(fields),
  };
}
