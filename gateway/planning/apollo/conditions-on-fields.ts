import {
  type DirectiveNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  print,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/** Selections of an operation once its fragments are written out. */
const SELECTIONS_MAX = 20_000;

export function isCondition({ name }: DirectiveNode): boolean {
  return name.value === 'include' || name.value === 'skip';
}

/** A selection under conditions: as its own directives, as far as it may have them, else in a fragment for each. */
export function under(one: SelectionNode, conditions: readonly DirectiveNode[]): SelectionNode {
  let node = one;
  for (const condition of conditions.toReversed()) {
    const { directives = [] } = node;
    if (directives.some((known) => print(known) === print(condition))) continue;
    if (directives.every(({ name }) => name.value !== condition.name.value)) {
      node = { ...node, directives: [...directives, condition] };
      continue;
    }
    const selectionSet: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [node] };
    node = { kind: Kind.INLINE_FRAGMENT, directives: [condition], selectionSet };
  }
  return node;
}

/**
 * The planner refuses some conditions of fragments on objects that come from an `@interfaceObject`: where a field below requires
 * something. It plans the same conditions of fields.
 * @returns a copy of an operation whose conditions are those of fields, fragments written out; null when it would become too large
 */
export function conditionsOnFields(document: DocumentNode): DocumentNode | null {
  const fragments = new Map<string, FragmentDefinitionNode>();
  for (const one of document.definitions) if (one.kind === Kind.FRAGMENT_DEFINITION) fragments.set(one.name.value, one);
  let left = SELECTIONS_MAX;

  function write(set: SelectionSetNode, above: readonly DirectiveNode[]): SelectionSetNode {
    const selections = set.selections.flatMap((one): readonly SelectionNode[] => {
      if (left-- <= 0) return [];
      if (one.kind === Kind.FIELD) {
        const { selectionSet } = one;
        return [under(selectionSet === undefined ? one : { ...one, selectionSet: write(selectionSet, []) }, above)];
      }
      const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : fragments.get(one.name.value);
      if (fragment === undefined) return [];
      const { directives = [] } = one;
      const selectionSet = write(fragment.selectionSet, [...above, ...directives.filter(isCondition)]);
      const { typeCondition } = fragment;
      const others = directives.filter((directive) => !isCondition(directive));
      if (typeCondition === undefined && others.length === 0) return selectionSet.selections;
      return [
        { kind: Kind.INLINE_FRAGMENT, ...(typeCondition && { typeCondition }), directives: others, selectionSet },
      ];
    });
    return { ...set, selections };
  }

  const definitions = document.definitions.flatMap((one) =>
    one.kind === Kind.OPERATION_DEFINITION ? [{ ...one, selectionSet: write(one.selectionSet, []) }] : [],
  );
  return left <= 0 ? null : { ...document, definitions };
}
