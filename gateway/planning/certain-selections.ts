import { type DocumentNode, type FieldNode, Kind, type SelectionNode, type SelectionSetNode, visit } from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function isConditional({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'skip' || name.value === 'include');
}

/**
 * A copy of a document in which every object has something selected that no condition takes away. Of
 * `user @skip(if: $x) { id @include(if: $x) }` a planner makes nothing at all, yet the answer is an empty user or null.
 */
export function withCertainSelections(document: DocumentNode): DocumentNode {
  const fragments = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one.selectionSet] as const] : [],
    ),
  );
  const known = new Map<SelectionSetNode, boolean>();

  function isCertain(set: SelectionSetNode | undefined): boolean {
    if (set === undefined) return true;
    const found = known.get(set);
    if (found !== undefined) return found;
    known.set(set, true); // for fragments that spread each other, which validation refuses
    const certain = set.selections.some((one) => {
      if (isConditional(one)) return false;
      if (one.kind === Kind.FIELD) return true;
      return isCertain(one.kind === Kind.INLINE_FRAGMENT ? one.selectionSet : fragments.get(one.name.value));
    });
    known.set(set, certain);
    return certain;
  }

  return visit(document, {
    Field(node) {
      const { selectionSet } = node;
      if (selectionSet === undefined || isCertain(selectionSet)) return undefined;
      return { ...node, selectionSet: { ...selectionSet, selections: [TYPENAME, ...selectionSet.selections] } };
    },
  });
}
