import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  type SelectionSetNode,
  type UnionTypeDefinitionNode,
} from 'graphql';
import { graphNames, joinArgument, namedType } from '../../supergraph/join-directives';

type CompositeNode = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode;

/** A graph that answers a field while a label of progressive `@override` holds, or while it does not. */
export interface LabelledField {
  readonly graph: string;
  readonly label: string;
  readonly answersWhile: boolean;
}

interface Field {
  readonly type: string;
  /** Graphs that answer it; null: all that have the type. */
  readonly graphs: ReadonlySet<string> | null;
  readonly labelled: readonly LabelledField[];
  /** Those of `graphs` that need nothing but an object of the type for it; null: all that have the type. */
  readonly plainGraphs: ReadonlySet<string> | null;
}

/** Names of object types, sorted. */
export type ObjectTypes = readonly string[];

const NO_TYPES: ObjectTypes = [];
const NO_LABELS: readonly LabelledField[] = [];

function joins(directives: readonly ConstDirectiveNode[] | undefined, name: string): readonly ConstDirectiveNode[] {
  return directives?.filter((one) => one.name.value === name) ?? [];
}

function readField({ type, directives }: FieldDefinitionNode): Field {
  const joined = joins(directives, 'join__field');
  const labelled = joined.flatMap((one): readonly LabelledField[] => {
    const label = joinArgument(one, 'overrideLabel');
    const answersWhile = joinArgument(one, 'override') !== null;
    return label === null ? [] : [{ graph: joinArgument(one, 'graph') ?? '', label, answersWhile }];
  });
  const graphs = joined.length === 0 ? null : new Set(joined.map((one) => joinArgument(one, 'graph') ?? ''));
  const plain = joined.filter((one) => !HINDRANCES.some((name) => isGiven(one, name)));
  const plainGraphs = graphs === null ? null : new Set(plain.map((one) => joinArgument(one, 'graph') ?? ''));
  return { type: namedType(type), graphs, labelled, plainGraphs };
}

/** What keeps a graph from answering a field by itself. */
const HINDRANCES = ['external', 'requires', 'overrideLabel', 'usedOverridden', 'contextArguments'];

function isGiven({ arguments: given = [] }: ConstDirectiveNode, name: string): boolean {
  const value = given.find((one) => one.name.value === name)?.value;
  return value !== undefined && !(value.kind === Kind.BOOLEAN && !value.value);
}

/** Index of a supergraph's object types, interfaces and unions, and of the graphs that have them. */
export class SupergraphTypes {
  readonly #nodes = new Map<string, CompositeNode>();
  readonly #fields = new Map<string, ReadonlyMap<string, Field>>();
  readonly #possible = new Map<string, ObjectTypes>();
  /** Abstract type and graph to the object types that it stands for there. */
  readonly #possibleIn = new Map<string, string[]>();
  /** Interface to the graphs that have it as an `@interfaceObject`. */
  readonly #interfaceObjects = new Map<string, ReadonlySet<string>>();
  /** `Interface GRAPH` to the interfaces that are `@interfaceObject`s there and implement it. */
  readonly #objectsBelow = new Map<string, string[]>();
  readonly #roots = new Map<string, string>();
  /** Type to its graphs, and whether each resolves references to it. */
  readonly #graphs = new Map<string, Map<string, boolean>>();
  readonly #graphNames: ReadonlyMap<string, string>;
  /** True when some field has `@requires`. */
  readonly hasRequirements: boolean;
  /** True when some label of progressive `@override` decides on a field. */
  readonly hasLabels: boolean;

  constructor(document: DocumentNode) {
    this.#graphNames = graphNames(document);
    for (const one of document.definitions) {
      if (one.kind === Kind.UNION_TYPE_DEFINITION) this.#nodes.set(one.name.value, one);
      if (one.kind === Kind.SCHEMA_DEFINITION)
        for (const { operation, type } of one.operationTypes) this.#roots.set(operation, type.name.value);
      if (one.kind !== Kind.OBJECT_TYPE_DEFINITION && one.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue;
      this.#nodes.set(one.name.value, one);
      this.#fields.set(
        one.name.value,
        new Map((one.fields ?? []).map((field) => [field.name.value, readField(field)])),
      );
    }
    for (const node of this.#nodes.values()) this.#readJoins(node);
    this.hasRequirements = document.definitions.some(
      (one) =>
        one.kind === Kind.OBJECT_TYPE_DEFINITION &&
        one.fields?.some(({ directives }) =>
          joins(directives, 'join__field').some((join) => isGiven(join, 'requires')),
        ),
    );
    this.hasLabels = [...this.#fields.values()].some((fields) =>
      [...fields.values()].some(({ labelled }) => labelled.length > 0),
    );
  }

  #readJoins({ kind, name, directives }: CompositeNode): void {
    const graphsOfType = new Map<string, boolean>();
    for (const one of joins(directives, 'join__type')) {
      const graph = joinArgument(one, 'graph') ?? '';
      const resolves = joinArgument(one, 'key') !== null && joinArgument(one, 'resolvable') !== 'false';
      graphsOfType.set(graph, resolves || graphsOfType.get(graph) === true);
    }
    this.#graphs.set(name.value, graphsOfType);
    if (kind === Kind.INTERFACE_TYPE_DEFINITION) {
      const graphs = joins(directives, 'join__type')
        .filter((one) => joinArgument(one, 'isInterfaceObject') === 'true')
        .map((one) => joinArgument(one, 'graph') ?? '');
      if (graphs.length > 0) this.#interfaceObjects.set(name.value, new Set(graphs));
      for (const one of joins(directives, 'join__implements')) {
        const graph = joinArgument(one, 'graph') ?? '';
        const key = `${joinArgument(one, 'interface')} ${graph}`;
        if (graphs.includes(graph)) this.#objectsBelow.set(key, [...(this.#objectsBelow.get(key) ?? []), name.value]);
      }
    }
    if (kind === Kind.OBJECT_TYPE_DEFINITION)
      for (const one of joins(directives, 'join__implements'))
        this.#addPossible(joinArgument(one, 'interface'), joinArgument(one, 'graph'), name.value);
    if (kind === Kind.UNION_TYPE_DEFINITION)
      for (const one of joins(directives, 'join__unionMember'))
        this.#addPossible(name.value, joinArgument(one, 'graph'), joinArgument(one, 'member') ?? '');
  }

  #addPossible(abstract: string | null, graph: string | null, object: string): void {
    const key = `${abstract} ${graph}`;
    this.#possibleIn.set(key, [...(this.#possibleIn.get(key) ?? []), object].sort());
  }

  get hasInterfaceObjects(): boolean {
    return this.#interfaceObjects.size > 0;
  }

  /** True when some `@interfaceObject` implements another interface. */
  get hasInterfaceObjectsBelow(): boolean {
    return this.#objectsBelow.size > 0;
  }

  rootType(operation: string): string {
    return this.#roots.get(operation) ?? '';
  }

  isAbstract(typename: string): boolean {
    const kind = this.#nodes.get(typename)?.kind;
    return kind === Kind.INTERFACE_TYPE_DEFINITION || kind === Kind.UNION_TYPE_DEFINITION;
  }

  /** True when an object type or an interface implements another interface. */
  implements(typename: string, wider: string): boolean {
    const node = this.#nodes.get(typename);
    if (node === undefined || node.kind === Kind.UNION_TYPE_DEFINITION) return false;
    return node.interfaces?.some(({ name }) => name.value === wider) === true;
  }

  /** The object type itself, or those that implement an interface or are members of a union. */
  possible(typename: string): ObjectTypes {
    const known = this.#possible.get(typename) ?? this.#readPossible(typename);
    this.#possible.set(typename, known);
    return known;
  }

  #readPossible(typename: string): ObjectTypes {
    const node = this.#nodes.get(typename);
    if (node === undefined) return NO_TYPES;
    if (node.kind === Kind.OBJECT_TYPE_DEFINITION) return [typename];
    if (node.kind === Kind.UNION_TYPE_DEFINITION) return (node.types ?? []).map(({ name }) => name.value).sort();
    const all = [...this.#nodes.values()].filter(
      (one) =>
        one.kind === Kind.OBJECT_TYPE_DEFINITION &&
        one.interfaces?.some(({ name }) => name.value === typename) === true,
    );
    return all.map(({ name }) => name.value).sort();
  }

  /** Name of the type that a field leads to; empty when there is no such field. */
  fieldType(typename: string, field: string): string {
    return this.#fields.get(typename)?.get(field)?.type ?? '';
  }

  /** Graphs that answer a field of one object type under a label only. */
  labelled(typename: string, field: string): readonly LabelledField[] {
    return this.#fields.get(typename)?.get(field)?.labelled ?? NO_LABELS;
  }

  /** Those of {@link possible} that a graph knows as such. */
  possibleIn(graph: string, typename: string): ObjectTypes {
    return this.isAbstract(typename) ? (this.#possibleIn.get(`${typename} ${graph}`) ?? NO_TYPES) : [typename];
  }

  /** True when objects of an interface may come from a graph that knows them as `@interfaceObject` only. */
  leadsToInterfaceObject(typename: string, field: string): boolean {
    const graphs = this.#interfaceObjects.get(this.fieldType(typename, field));
    if (graphs === undefined) return false;
    return [typename, ...this.possible(typename)].some((parent) => {
      const answered = this.#fields.get(parent)?.get(field)?.graphs;
      if (answered === undefined) return false;
      return answered === null || [...graphs].some((graph) => answered.has(graph));
    });
  }

  /**
   * Interfaces that objects of a wider one may be answered as: a graph that answers the field has them as an
   * `@interfaceObject` that implements the wider one.
   */
  interfaceObjectsBelow(typename: string, field: string): readonly string[] {
    if (this.#objectsBelow.size === 0) return NO_TYPES;
    const type = this.fieldType(typename, field);
    const found = [typename, ...this.possible(typename)].flatMap((parent) => {
      const answered = this.#fields.get(parent)?.get(field)?.graphs;
      const graphs = answered ?? this.#graphs.get(parent)?.keys() ?? [];
      return [...graphs].flatMap((graph) => this.#objectsBelow.get(`${type} ${graph}`) ?? []);
    });
    return [...new Set(found)].sort();
  }

  /** The value of join__Graph for a subgraph. */
  graphOf(subgraph: string): string {
    return this.#graphNames.get(subgraph) ?? '';
  }

  /** True when a graph can be sent representations of a type. */
  resolvesReferences(typename: string, graph: string): boolean {
    return this.#graphs.get(typename)?.get(graph) === true;
  }

  /** True when a graph answers all of a selection by itself, given an object of the type and nothing else. */
  answersAll({ selections }: SelectionSetNode, typename: string, graph: string): boolean {
    return selections.every((one) => {
      if (one.kind !== Kind.FIELD) return false;
      if (one.name.value === '__typename') return true;
      const field = this.#fields.get(typename)?.get(one.name.value);
      const answers =
        field?.plainGraphs === null ? this.#graphs.get(typename)?.has(graph) : field?.plainGraphs.has(graph);
      if (field === undefined || answers !== true) return false;
      return one.selectionSet === undefined || this.answersAll(one.selectionSet, field.type, graph);
    });
  }
}
