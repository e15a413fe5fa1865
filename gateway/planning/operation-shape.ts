import { type DocumentNode, type FragmentDefinitionNode, Kind, type SelectionSetNode } from 'graphql';

/** Shape of an operation, as far as it lets one guess how long its planning takes. */
export interface OperationShape {
  /** Selections with fragments written out, at most {@link COUNTED_MAX}. */
  readonly selections: number;
  /** How often each field is selected. */
  readonly fields: ReadonlyMap<string, number>;
}

const COUNTED_MAX = 2_000;

/** @param operationName null when the document has one operation only */
export function operationShape(document: DocumentNode, operationName: string | null): OperationShape {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  const fields = new Map<string, number>();
  let selections = 0;
  const walk = (set: SelectionSetNode | undefined): void => {
    for (const one of set?.selections ?? []) {
      if (selections >= COUNTED_MAX) return;
      selections += 1;
      if (one.kind === Kind.FIELD) fields.set(one.name.value, (fields.get(one.name.value) ?? 0) + 1);
      walk(one.kind === Kind.FRAGMENT_SPREAD ? fragments.get(one.name.value)?.selectionSet : one.selectionSet);
    }
  };
  for (const one of document.definitions) {
    const isAsked =
      operationName === null || (one.kind === Kind.OPERATION_DEFINITION && one.name?.value === operationName);
    if (one.kind === Kind.OPERATION_DEFINITION && isAsked) walk(one.selectionSet);
  }
  return { selections, fields };
}
