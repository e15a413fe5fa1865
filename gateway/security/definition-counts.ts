import { type DocumentNode, Kind, type SelectionSetNode } from 'graphql';

/** Counts of what a document defines, used or not. */
export interface DefinitionCounts {
  readonly operations: number;
  readonly fragments: number;
  /** Variables that its operations define. */
  readonly variables: number;
  readonly directives: number;
}

function directivesBelow(set: SelectionSetNode): number {
  let total = 0;
  for (const selection of set.selections) {
    total += selection.directives?.length ?? 0;
    if (selection.kind !== Kind.FRAGMENT_SPREAD && selection.selectionSet !== undefined)
      total += directivesBelow(selection.selectionSet);
  }
  return total;
}

/** Counts of a document that is parsed but not validated; in one pass, every fragment as it is written. */
export function countDefinitions(document: DocumentNode): DefinitionCounts {
  let operations = 0;
  let fragments = 0;
  let variables = 0;
  let directives = 0;
  for (const definition of document.definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments++;
    else if (definition.kind === Kind.OPERATION_DEFINITION) operations++;
    else continue;
    directives += (definition.directives?.length ?? 0) + directivesBelow(definition.selectionSet);
    for (const variable of definition.variableDefinitions ?? []) {
      variables++;
      directives += variable.directives?.length ?? 0;
    }
  }
  return { operations, fragments, variables, directives };
}
