import {
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';

/**
 * Copies of what is refused of an operation. What a fragment has elsewhere may be permitted there, so that which is refused is
 * told by the node.
 */
export class RefusedCopies {
  readonly fields = new Set<FieldNode>();
  readonly #definitions: ReadonlyMap<string, FragmentDefinitionNode>;
  /** By the name of what they are copies of. */
  readonly #fragments = new Map<string, FragmentDefinitionNode>();

  constructor(definitions: ReadonlyMap<string, FragmentDefinitionNode>) {
    this.#definitions = definitions;
  }

  get fragments(): Iterable<FragmentDefinitionNode> {
    return this.#fragments.values();
  }

  ofField(field: FieldNode): FieldNode {
    const { selectionSet } = field;
    const copy = selectionSet === undefined ? { ...field } : withSet(field, this.ofSet(selectionSet));
    this.fields.add(copy);
    return copy;
  }

  ofSet(set: SelectionSetNode): SelectionSetNode {
    const selections = set.selections.map((one): SelectionNode => {
      if (one.kind === Kind.FIELD) return this.ofField(one);
      return one.kind === Kind.INLINE_FRAGMENT ? this.ofInline(one) : this.ofSpread(one);
    });
    return { ...set, selections };
  }

  ofInline(fragment: InlineFragmentNode): InlineFragmentNode {
    return withSet(fragment, this.ofSet(fragment.selectionSet));
  }

  ofSpread(spread: FragmentSpreadNode): FragmentSpreadNode {
    const definition = this.#definitions.get(spread.name.value);
    return definition === undefined ? spread : { ...spread, name: this.#ofDefinition(definition).name };
  }

  #ofDefinition(definition: FragmentDefinitionNode): FragmentDefinitionNode {
    const known = this.#fragments.get(definition.name.value);
    if (known !== undefined) return known;
    const made = withSet(definition, this.ofSet(definition.selectionSet));
    // No name of a client has a blank in it, and this one is never printed.
    const copy = { ...made, name: { ...definition.name, value: `refused ${definition.name.value}` } };
    this.#fragments.set(definition.name.value, copy);
    return copy;
  }
}

/** A node with another selection set. */
export function withSet<T extends { readonly selectionSet?: SelectionSetNode | undefined }>(
  node: T,
  set: SelectionSetNode,
): T {
  return node.selectionSet === set ? node : { ...node, selectionSet: set };
}
