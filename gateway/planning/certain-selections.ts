import { type DocumentNode, type FieldNode, Kind, type SelectionNode, type SelectionSetNode, visit } from 'graphql';

const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function isConditional({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'skip' || name.value === 'include');
}

function withoutExcluded(document: DocumentNode): DocumentNode {
  const excluded = (one: SelectionNode) => (isExcluded(one) ? null : undefined);
  return visit(document, {
    Field: { enter: excluded },
    InlineFragment: { enter: excluded },
    FragmentSpread: { enter: excluded },
    SelectionSet: { leave: (set) => (set.selections.length === 0 ? { ...set, selections: [TYPENAME] } : undefined) },
  });
}

/** True for what no value of a variable brings back. */
function isExcluded({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name, arguments: [condition] = [] }) => {
    const excluding = name.value === 'skip' ? true : name.value === 'include' ? false : null;
    return condition?.value.kind === Kind.BOOLEAN && condition.value.value === excluding;
  });
}

/**
 * A copy of a document in which every object has something selected that no condition takes away. Of
 * `user @skip(if: $x) { id @include(if: $x) }` a planner makes nothing at all, yet the answer is an empty user or null.
 * What `@skip(if: true)` and `@include(if: false)` leave out is not there: a planner drops those of their directives that
 * stand below a condition with variables, and asks for the field.
 */
export function withCertainSelections(source: DocumentNode): DocumentNode {
  const document = withoutExcluded(source);
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
