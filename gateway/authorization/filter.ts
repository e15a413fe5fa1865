import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type FragmentSpreadNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  type InlineFragmentNode,
  isAbstractType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { Requirements } from '../supergraph/requirements';
import { documentOf } from './document-of';
import { RefusedCopies, withSet } from './refused-copies';

/** An operation, and what is left of it. */
export interface Filtered {
  /** A document of its own; null when nothing is left. */
  readonly planned: { readonly document: DocumentNode; readonly operation: OperationDefinitionNode } | null;
  /** All of the operation, with a copy of whatever is refused. */
  readonly shape: {
    readonly operation: OperationDefinitionNode;
    readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>;
    /** Fields that are refused, and all fields below them. */
    readonly refused: ReadonlySet<FieldNode>;
  };
  /** The root type itself is refused. */
  readonly isRootRefused: boolean;
}

interface FilterInput {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly schema: GraphQLSchema;
  readonly requirements: Requirements;
  /** Whether one of the requirements is fulfilled. Asked of all that the operation meets, as long as the answer is true. */
  readonly isFulfilled: (requirement: number) => boolean;
}

/** A selection set or a selection: what is left of it, and all of it. */
interface Left<T> {
  readonly kept: T | null;
  readonly shape: T;
  /** Nothing of it is refused. */
  readonly isWhole: boolean;
  /** Some of what is refused stands under a condition, and may not be asked for after all. */
  readonly isConditional: boolean;
}

interface FilteredFragment extends Left<FragmentDefinitionNode> {
  readonly isRefused: boolean;
}

const NOTHING: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [] };
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

/** Leaves out of a valid operation what is not permitted. What is permitted is the same nodes. */
export function filterOperation(input: FilterInput): Filtered {
  return new Filter(input).run();
}

class Filter {
  readonly #input: FilterInput;
  readonly #definitions = new Map<string, FragmentDefinitionNode>();
  readonly #fragments = new Map<string, FilteredFragment>();
  readonly #copies = new RefusedCopies(this.#definitions);

  constructor(input: FilterInput) {
    this.#input = input;
    for (const one of input.document.definitions)
      if (one.kind === Kind.FRAGMENT_DEFINITION) this.#definitions.set(one.name.value, one);
  }

  run(): Filtered {
    const { operation, schema } = this.#input;
    const root = schema.getRootType(operation.operation);
    if (root === undefined || root === null) throw new Error('the operation is not valid');
    const isRootRefused = !this.#fulfills(root.name);
    const all: Left<SelectionSetNode> = isRootRefused
      ? refused(this.#copies.ofSet(operation.selectionSet))
      : this.#set(operation.selectionSet, root);
    const fragments = new Map<string, FragmentDefinitionNode>();
    const kept = new Map<string, FragmentDefinitionNode>();
    for (const [name, one] of this.#fragments) {
      fragments.set(name, one.shape);
      if (one.kept !== null) kept.set(name, one.kept);
    }
    for (const one of this.#copies.fragments) fragments.set(one.name.value, one);
    return {
      planned: all.kept === null ? null : documentOf(withSet(operation, all.kept), kept),
      shape: { operation: withSet(operation, all.shape), fragments, refused: this.#copies.fields },
      isRootRefused,
    };
  }

  #areFulfilled(requirements: readonly number[] | undefined): boolean {
    return requirements === undefined || requirements.every((one) => this.#input.isFulfilled(one));
  }

  #fulfills(type: string): boolean {
    return this.#areFulfilled(this.#input.requirements.ofTypes.get(type));
  }

  #set(set: SelectionSetNode, parent: GraphQLNamedType): Left<SelectionSetNode> {
    const lefts = set.selections.map((one) => this.#selection(one, parent));
    if (lefts.every(({ isWhole }) => isWhole)) return whole(set);
    const kept = lefts.flatMap(({ kept: one }) => (one === null ? [] : [one]));
    // What is refused for one of its types stands in the answer for objects of that type: they have to be known by it.
    const isOfType = lefts.some(({ isWhole, shape: { kind } }) => !isWhole && kind !== Kind.FIELD);
    if (isOfType && isAbstractType(parent) && kept.length > 0) kept.push(TYPENAME);
    return {
      kept: kept.length === 0 ? null : { ...set, selections: kept },
      shape: { ...set, selections: lefts.map(({ shape }) => shape) },
      isWhole: false,
      isConditional: lefts.some(({ isConditional }) => isConditional),
    };
  }

  #selection(one: SelectionNode, parent: GraphQLNamedType): Left<SelectionNode> {
    const left = this.#unconditional(one, parent);
    return left.isWhole || !isUnderCondition(one) ? left : { ...left, isConditional: true };
  }

  #unconditional(one: SelectionNode, parent: GraphQLNamedType): Left<SelectionNode> {
    if (one.kind === Kind.FIELD) return this.#field(one, parent);
    return one.kind === Kind.INLINE_FRAGMENT ? this.#inline(one, parent) : this.#spread(one);
  }

  #field(field: FieldNode, parent: GraphQLNamedType): Left<FieldNode> {
    const name = field.name.value;
    if (name.startsWith('__') || !(isObjectType(parent) || isInterfaceType(parent))) return whole(field);
    const definition = parent.getFields()[name];
    if (definition === undefined) return whole(field);
    const isPermitted = this.#areFulfilled(this.#input.requirements.ofFields.get(`${parent.name}.${name}`));
    if (!isPermitted || (isInterfaceType(parent) && !this.#fulfills(parent.name))) return this.#refusedField(field);
    const type = getNamedType(definition.type);
    if (field.selectionSet === undefined || !isCompositeType(type)) return whole(field);
    if (!this.#mayBeSelected(field.selectionSet, type)) return this.#refusedField(field);
    const below = this.#set(field.selectionSet, type);
    if (below.isWhole) return whole(field);
    if (below.kept === null && !below.isConditional) return this.#refusedField(field);
    // Whether anything of it is refused depends on variables: its objects are there in any case.
    const kept = below.kept ?? { ...NOTHING, selections: [TYPENAME] };
    return { ...below, kept: withSet(field, kept), shape: withSet(field, below.shape) };
  }

  /** Whether a selection on a type may be made at all. Fields of an interface are asked of all its types; fragments are judged alone. */
  #mayBeSelected(set: SelectionSetNode, type: GraphQLNamedType): boolean {
    if (isUnionType(type) || (isInterfaceType(type) && !hasPlainField(set))) return true;
    return this.#fulfills(type.name);
  }

  #inline(fragment: InlineFragmentNode, parent: GraphQLNamedType): Left<InlineFragmentNode> {
    const type = this.#conditionOf(fragment) ?? parent;
    const isPermitted = fragment.typeCondition === undefined || this.#mayBeSelected(fragment.selectionSet, type);
    if (!isPermitted) return refused(this.#copies.ofInline(fragment));
    const left = this.#set(fragment.selectionSet, type);
    return { ...left, kept: left.kept && withSet(fragment, left.kept), shape: withSet(fragment, left.shape) };
  }

  #spread(spread: FragmentSpreadNode): Left<FragmentSpreadNode> {
    const fragment = this.#fragment(spread.name.value);
    if (fragment === null) return whole(spread);
    if (fragment.isRefused) return refused(this.#copies.ofSpread(spread));
    const { kept, isWhole, isConditional } = fragment;
    return { kept: kept && spread, shape: spread, isWhole, isConditional };
  }

  #fragment(name: string): FilteredFragment | null {
    const known = this.#fragments.get(name);
    const definition = this.#definitions.get(name);
    if (known !== undefined || definition === undefined) return known ?? null;
    const type = this.#conditionOf(definition);
    if (type === null) return null;
    const made = this.#filteredFragment(definition, type);
    this.#fragments.set(name, made);
    return made;
  }

  #filteredFragment(definition: FragmentDefinitionNode, type: GraphQLNamedType): FilteredFragment {
    if (!this.#mayBeSelected(definition.selectionSet, type)) return { ...refused(definition), isRefused: true };
    const left = this.#set(definition.selectionSet, type);
    const kept = left.kept && withSet(definition, left.kept);
    return { ...left, kept, shape: withSet(definition, left.shape), isRefused: false };
  }

  #conditionOf({ typeCondition }: InlineFragmentNode | FragmentDefinitionNode): GraphQLNamedType | null {
    return typeCondition === undefined ? null : (this.#input.schema.getType(typeCondition.name.value) ?? null);
  }

  #refusedField(field: FieldNode): Left<FieldNode> {
    return refused(this.#copies.ofField(field));
  }
}

function whole<T>(node: T): Left<T> {
  return { kept: node, shape: node, isWhole: true, isConditional: false };
}

function refused<T>(copy: T): Left<T> {
  return { kept: null, shape: copy, isWhole: false, isConditional: false };
}

function isUnderCondition({ directives = [] }: SelectionNode): boolean {
  return directives.some(({ name }) => name.value === 'skip' || name.value === 'include');
}

/** Whether fields are asked of a type itself in any case; those under a condition are judged one by one. */
function hasPlainField({ selections }: SelectionSetNode): boolean {
  return selections.some((one) => {
    if (isUnderCondition(one)) return false;
    if (one.kind === Kind.FIELD) return !one.name.value.startsWith('__');
    return one.kind === Kind.INLINE_FRAGMENT && one.typeCondition === undefined && hasPlainField(one.selectionSet);
  });
}
