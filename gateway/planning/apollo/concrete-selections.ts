import {
  type DirectiveNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type InlineFragmentNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from 'graphql';
import type { ObjectTypes, SupergraphTypes } from './supergraph-types';

/** Selections of an operation once its fragments on abstract types are written out for object types. */
const SELECTIONS_MAX = 50_000;

/** Where a selection set stands. */
interface Place {
  /** What its fields are selected on. */
  readonly typename: string;
  /** Object types that can be there. */
  readonly possible: ObjectTypes;
  /** The interface of the field above, when its objects may come from an `@interfaceObject`; null otherwise. */
  readonly interfaceObject: string | null;
  /** Interfaces with less types that objects of it may be answered as, by a subgraph that has them as an `@interfaceObject`. */
  readonly below: readonly string[];
}

interface Written {
  readonly set: SelectionSetNode;
  /** Selections in it, fragments written out. */
  readonly size: number;
}

/** Tells whether a type that can be at an interface has a field that the planner must ask of each by itself. */
export type NeedsOwnFields = (interfaceName: string, field: string, possible: ObjectTypes) => boolean;

export interface WritingOptions {
  /** Object types that an abstract one stands for. */
  readonly possible: (typename: string) => ObjectTypes;
  readonly fragments?: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly needsOwnFields: NeedsOwnFields;
  /**
   * A directive for fragments on interfaces that objects of a wider one may be answered as; null when they are not to be told apart.
   */
  readonly keep?: DirectiveNode | null;
}

const NO_INTERFACES: readonly string[] = [];
const NO_FRAGMENTS: ReadonlyMap<string, FragmentDefinitionNode> = new Map();
const TYPENAME: FieldNode = { kind: Kind.FIELD, name: { kind: Kind.NAME, value: '__typename' } };

function fragmentOn(typename: string, directives: readonly DirectiveNode[], set: SelectionSetNode): InlineFragmentNode {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: typename } } as const;
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, directives, selectionSet: set };
}

/**
 * Writes selections on abstract types out for object types where the planner would take an interface at its word: where
 * a label of progressive `@override` moves the field of some of its types (the planner asks the interface), below an
 * `@interfaceObject`, of which it knows fragments on object types only, and below an interface that an `@interfaceObject`
 * implements, whose objects the planner takes for none of its types. Equal selections at equal places become one
 * object, however often they are used.
 */
export class ConcreteSelections {
  readonly #types: SupergraphTypes;
  readonly #possible: (typename: string) => ObjectTypes;
  readonly #fragments: ReadonlyMap<string, FragmentDefinitionNode>;
  readonly #needsOwnFields: NeedsOwnFields;
  readonly #keep: DirectiveNode | null;
  readonly #written = new Map<SelectionSetNode, Map<string, Written>>();

  constructor(types: SupergraphTypes, options: WritingOptions) {
    const { possible, fragments = NO_FRAGMENTS, needsOwnFields, keep = null } = options;
    this.#keep = keep;
    this.#types = types;
    this.#possible = possible;
    this.#fragments = fragments;
    this.#needsOwnFields = needsOwnFields;
  }

  /** @returns the set itself when nothing is to be changed. @throws {Error} when it would become too large */
  write(set: SelectionSetNode, typename: string): SelectionSetNode {
    const place = { typename, possible: this.#possible(typename), interfaceObject: null, below: NO_INTERFACES };
    return this.#write(set, place).set;
  }

  #write(set: SelectionSetNode, place: Place): Written {
    const byPlace = this.#written.get(set) ?? new Map<string, Written>();
    this.#written.set(set, byPlace);
    const key = `${place.typename} ${place.interfaceObject ?? ''} ${place.below.join()} ${place.possible.join()}`;
    const known = byPlace.get(key) ?? this.#writeNew(set, place);
    byPlace.set(key, known);
    return known;
  }

  #writeNew(set: SelectionSetNode, place: Place): Written {
    const selections: SelectionNode[] = [];
    let size = 0;
    const apart = place.below.length > 0 && this.#tellsApart(set, place);
    for (const one of set.selections) {
      for (const { node, size: more } of apart ? this.#apart(one, place) : this.#selection(one, place)) {
        selections.push(node);
        size += more;
      }
      if (size > SELECTIONS_MAX)
        throw new Error(
          `the operation has more than ${SELECTIONS_MAX} selections once its fragments on interfaces and unions are written out for each object type; ask for fewer levels, or on object types`,
        );
    }
    const isSame =
      selections.length === set.selections.length && selections.every((one, index) => one === set.selections[index]);
    if (isSame) return { set, size };
    return { set: { ...set, selections: selections.length === 0 ? [TYPENAME] : selections }, size };
  }

  #selection(one: SelectionNode, place: Place): readonly { node: SelectionNode; size: number }[] {
    return one.kind === Kind.FIELD ? this.#field(one, place) : this.#fragment(one, place);
  }

  /** The type that a fragment is on: that of its place when it applies to all that can be there, whatever it is called. */
  #conditionOf(fragment: InlineFragmentNode | FragmentDefinitionNode, place: Place): string {
    const { typename, interfaceObject, below } = place;
    const condition = fragment.typeCondition?.name.value ?? typename;
    const isUncertain = below.length > 0 || interfaceObject === typename;
    return isUncertain && this.#types.implements(typename, condition) ? typename : condition;
  }

  /**
   * Whether something is asked of objects that are answered as one of the interfaces below because of their type: the name of
   * it, or what is in a fragment. The planner takes these objects for none of their types, even where there is only one or all have
   * what the fragment is on.
   */
  #tellsApart({ selections }: SelectionSetNode, place: Place): boolean {
    const { typename, possible, below } = place;
    return selections.some((one) => {
      if (one.kind === Kind.FIELD) return one.name.value === '__typename';
      const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : this.#fragments.get(one.name.value);
      if (fragment === undefined) return false;
      const condition = this.#conditionOf(fragment, place);
      if (condition === typename) return this.#tellsApart(fragment.selectionSet, place);
      const fitting = new Set(this.#possible(condition));
      const left = possible.filter((object) => fitting.has(object));
      const others = below.filter((name) => name !== condition);
      if (others.some((name) => this.#possible(name).some((object) => left.includes(object)))) return true;
      // A fragment on one of the interfaces is a place of its own.
      return others.length === below.length && this.#tellsApart(fragment.selectionSet, { ...place, possible: left });
    });
  }

  /** A selection on the interfaces below and, apart from them, on the types that none of them has. */
  #apart(one: SelectionNode, place: Place): readonly { node: SelectionNode; size: number }[] {
    if (one.kind === Kind.FIELD && one.name.value !== '__typename') return this.#field(one, place);
    const { below, possible, typename } = place;
    const on = below.flatMap((name) => {
      const here = { typename: name, possible: this.#possible(name), interfaceObject: name, below: NO_INTERFACES };
      const written = one.kind === Kind.FIELD ? [{ node: TYPENAME, size: 1 }] : this.#fragment(one, here);
      if (written.length === 0) return [];
      const size = written.reduce((sum, { size: more }) => sum + more, 2);
      const selections = [TYPENAME, ...written.map(({ node }) => node)];
      return [
        {
          node: fragmentOn(name, this.#keep === null ? [] : [this.#keep], { kind: Kind.SELECTION_SET, selections }),
          size,
        },
      ];
    });
    // The planner asks for the names of types by itself.
    if (one.kind === Kind.FIELD) return on;
    const known = new Set(below.flatMap((name) => this.#possible(name)));
    const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : this.#fragments.get(one.name.value);
    if (fragment === undefined) return on;
    const fitting = new Set(this.#possible(fragment.typeCondition?.name.value ?? typename));
    const others = possible.filter((object) => fitting.has(object) && !known.has(object));
    const { directives = [] } = one;
    return [
      ...on,
      ...others.map((object) => {
        const here = { typename: object, possible: [object], interfaceObject: null, below: NO_INTERFACES };
        const { set, size } = this.#write(fragment.selectionSet, here);
        return { node: fragmentOn(object, directives, set), size: size + 1 };
      }),
    ];
  }

  #field(field: FieldNode, place: Place): readonly { node: SelectionNode; size: number }[] {
    const { typename, possible } = place;
    const name = field.name.value;
    if (!this.#types.isAbstract(typename) || !this.#needsOwnFields(typename, name, possible)) {
      const { node, size } = this.#fieldOn(field, typename);
      return [{ node, size }];
    }
    return possible.map((object) => {
      const { node, size } = this.#fieldOn(field, object);
      const set: SelectionSetNode = { kind: Kind.SELECTION_SET, selections: [node] };
      return { node: fragmentOn(object, [], set), size: size + 1 };
    });
  }

  #fieldOn(field: FieldNode, typename: string): { node: FieldNode; size: number } {
    const { selectionSet } = field;
    if (selectionSet === undefined) return { node: field, size: 1 };
    const type = this.#types.fieldType(typename, field.name.value);
    const interfaceObject = this.#types.leadsToInterfaceObject(typename, field.name.value) ? type : null;
    const isWide = interfaceObject === null && this.#keep !== null;
    const below = isWide ? this.#types.interfaceObjectsBelow(typename, field.name.value) : NO_INTERFACES;
    const place = { typename: type, possible: this.#possible(type), interfaceObject, below };
    const { set, size } = this.#write(selectionSet, place);
    return { node: set === selectionSet ? field : { ...field, selectionSet: set }, size: size + 1 };
  }

  /** True where selections are written out already, so that fragments may stand where they never apply. */
  #isNarrowed({ typename, interfaceObject }: Place): boolean {
    return interfaceObject !== null || !this.#types.isAbstract(typename);
  }

  #fragment(one: Exclude<SelectionNode, FieldNode>, place: Place): readonly { node: SelectionNode; size: number }[] {
    const fragment = one.kind === Kind.INLINE_FRAGMENT ? one : this.#fragments.get(one.name.value);
    if (fragment === undefined) return [{ node: one, size: 1 }];
    const { selectionSet } = fragment;
    const { directives = [] } = one;
    const condition = this.#conditionOf(fragment, place);
    const fitting = new Set(this.#possible(condition));
    const possible = place.possible.filter((object) => fitting.has(object));
    const { interfaceObject, below } = place;
    if (possible.length === 0 && place.possible.length > 0 && this.#isNarrowed(place)) return [];
    const isSame = condition === place.typename && condition === interfaceObject;
    if (interfaceObject !== null && this.#types.isAbstract(condition) && !isSame)
      return possible.map((object) => {
        const { set, size } = this.#write(selectionSet, {
          typename: object,
          possible: [object],
          interfaceObject,
          below: NO_INTERFACES,
        });
        return { node: fragmentOn(object, directives, set), size: size + 1 };
      });
    const { set, size } = this.#write(selectionSet, { typename: condition, possible, interfaceObject, below });
    const isRenamed = condition !== (fragment.typeCondition?.name.value ?? condition);
    if (set === selectionSet && !isRenamed) return [{ node: one, size: size + 1 }];
    if (one.kind === Kind.INLINE_FRAGMENT && !isRenamed)
      return [{ node: { ...one, selectionSet: set }, size: size + 1 }];
    return [{ node: fragmentOn(condition, directives, set), size: size + 1 }];
  }
}
