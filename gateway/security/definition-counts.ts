import { type DirectiveNode, type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Counts of what a document defines, used or not. */
export interface DefinitionCounts {
  readonly operations: number;
  readonly fragments: number;
  /** Variables that its operations define. */
  readonly variables: number;
  readonly directives: number;
  /** The most that one field, fragment, variable or operation has. */
  readonly directivesPerNode: number;
}

interface DirectiveCounts {
  total: number;
  most: number;
}

function countAt(
  { directives = [] }: { readonly directives?: readonly DirectiveNode[] | undefined },
  into: DirectiveCounts,
): void {
  into.total += directives.length;
  into.most = Math.max(into.most, directives.length);
}

function countBelow(set: SelectionSetNode, into: DirectiveCounts): void {
  for (const selection of set.selections) {
    countAt(selection, into);
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined)
      countBelow(selection.selectionSet, into);
  }
}

/** Counts of a document that is parsed but not validated; in one pass, every fragment as it is written. */
export function countDefinitions(document: DocumentNode): DefinitionCounts {
  let operations = 0;
  let fragments = 0;
  let variables = 0;
  const directives: DirectiveCounts = { total: 0, most: 0 };
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments++;
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations++;
    else continue;
    countAt(definition, directives);
    countBelow(definition.selectionSet, directives);
    for (const variable of definition.variableDefinitions ?? []) {
      variables++;
      countAt(variable, directives);
    }
  }
  return { operations, fragments, variables, directives: directives.total, directivesPerNode: directives.most };
}
