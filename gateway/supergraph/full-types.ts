import {
  type ConstDirectiveNode,
  type DocumentNode,
  type InterfaceTypeDefinitionNode,
  Kind,
  type ObjectTypeDefinitionNode,
  parse,
  type SelectionSetNode,
  type TypeDefinitionNode,
} from 'graphql';
import { fieldSet, joinArgument } from './join-directives';
import { isInterfaceObject, type PlannerFields, plannerFields } from './planner-fields';
import type { Supergraph } from './supergraph';

/** Types as the text of a supergraph says; can be sent between threads. */
export interface FullTypesData {
  /** Names of the values of each enum. */
  readonly enumValues: ReadonlyMap<string, ReadonlySet<string>>;
  readonly objectTypes: ReadonlySet<string>;
  readonly interfaceTypes: ReadonlySet<string>;
  /** Graph to the interfaces that it has as an `@interfaceObject`. */
  readonly interfaceObjectsIn: ReadonlyMap<string, readonly string[]>;
  readonly plannerFields: PlannerFields;
  /** Type to graph to leaf paths of each resolvable key; types without one are left out. */
  readonly keyPaths: ReadonlyMap<string, ReadonlyMap<string, readonly (readonly KeyPath[])[]>>;
  /** `Type.field GRAPH` to the leaf paths of what that graph requires for the field, those in fragments among them. */
  readonly requirements: ReadonlyMap<string, readonly KeyPath[]>;
}

/** Questions of execution to the full supergraph, inaccessible parts included. */
export interface FullTypes extends Omit<FullTypesData, 'keyPaths' | 'requirements' | 'interfaceObjectsIn'> {
  /** True when an object of `typename` satisfies `condition`: the same type, or a member or implementer of it. */
  fits(typename: string, condition: string): boolean;
  /** Leaf paths of each resolvable key of a type in a subgraph; empty when it has none. */
  keys(subgraph: string, typename: string): readonly (readonly KeyPath[])[];
  /** Leaf paths of what a subgraph must be sent to answer a field, beside a key. */
  requirement(subgraph: string, typename: string, field: string): readonly KeyPath[];
  /** Interfaces that a subgraph has as an `@interfaceObject`: it does not tell the types of their objects. */
  interfaceObjects(subgraph: string): readonly string[];
}

/** Field names from the entity down to a leaf of its key. */
export type KeyPath = readonly string[];

function stringArgument(directive: ConstDirectiveNode, name: string): string | null {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.STRING || value?.kind === Kind.ENUM ? value.value : null;
}

function isFalse(directive: ConstDirectiveNode, name: string): boolean {
  const value = directive.arguments?.find((one) => one.name.value === name)?.value;
  return value?.kind === Kind.BOOLEAN && !value.value;
}

function leafPaths({ selections }: SelectionSetNode): KeyPath[] {
  return selections.flatMap((one): KeyPath[] => {
    if (one.kind === Kind.FRAGMENT_SPREAD) return [];
    if (one.kind === Kind.INLINE_FRAGMENT) return leafPaths(one.selectionSet);
    if (one.selectionSet === undefined) return [[one.name.value]];
    return leafPaths(one.selectionSet).map((path) => [one.name.value, ...path]);
  });
}

function parseKey(fields: string): KeyPath[] {
  const definition = parse(`{ ${fields} }`, { noLocation: true }).definitions[0];
  return definition?.kind === Kind.OPERATION_DEFINITION ? leafPaths(definition.selectionSet) : [];
}

function keysOfType(definition: TypeDefinitionNode): Map<string, KeyPath[][]> {
  const byGraph = new Map<string, KeyPath[][]>();
  for (const directive of definition.directives ?? []) {
    const graph = stringArgument(directive, 'graph');
    const key = stringArgument(directive, 'key');
    if (directive.name.value !== 'join__type' || graph === null || key === null) continue;
    if (isFalse(directive, 'resolvable')) continue;
    byGraph.set(graph, [...(byGraph.get(graph) ?? []), parseKey(key)]);
  }
  return byGraph;
}

function addInterfaceObjects({ name, directives = [] }: InterfaceTypeDefinitionNode, to: Map<string, string[]>) {
  for (const directive of directives) {
    const graph = joinArgument(directive, 'graph');
    if (isInterfaceObject(directive) && graph !== null) to.set(graph, [...(to.get(graph) ?? []), name.value]);
  }
}

function addRequirements(
  definition: ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode,
  to: Map<string, readonly KeyPath[]>,
) {
  for (const { name, directives = [] } of definition.fields ?? []) {
    for (const directive of directives) {
      const requires = joinArgument(directive, 'requires');
      if (directive.name.value !== 'join__field' || requires === null) continue;
      const key = `${definition.name.value}.${name.value} ${joinArgument(directive, 'graph')}`;
      to.set(key, leafPaths(fieldSet(requires)));
    }
  }
}

/** About 0.3 s for 50 subgraphs: not for the thread that answers clients. */
export function readFullTypes(document: DocumentNode): FullTypesData {
  const enumValues = new Map<string, ReadonlySet<string>>();
  const objectTypes = new Set<string>();
  const interfaceTypes = new Set<string>();
  const interfaceObjectsIn = new Map<string, string[]>();
  const keyPaths = new Map<string, ReadonlyMap<string, KeyPath[][]>>();
  const requirements = new Map<string, readonly KeyPath[]>();
  for (const definition of document.definitions) {
    if (definition.kind === Kind.ENUM_TYPE_DEFINITION)
      enumValues.set(definition.name.value, new Set((definition.values ?? []).map((one) => one.name.value)));
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION) objectTypes.add(definition.name.value);
    if (definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      interfaceTypes.add(definition.name.value);
      addInterfaceObjects(definition, interfaceObjectsIn);
    }
    if (definition.kind === Kind.OBJECT_TYPE_DEFINITION || definition.kind === Kind.INTERFACE_TYPE_DEFINITION) {
      addRequirements(definition, requirements);
      const keys = keysOfType(definition);
      if (keys.size > 0) keyPaths.set(definition.name.value, keys);
    }
  }
  const fields = plannerFields(document);
  return { enumValues, objectTypes, interfaceTypes, interfaceObjectsIn, plannerFields: fields, keyPaths, requirements };
}

const known = new WeakMap<Supergraph, FullTypes>();

/** Keeps the types of a supergraph. To be called once for each, before anybody asks for them. */
export function keepFullTypes(
  supergraph: Supergraph,
  { keyPaths, requirements, interfaceObjectsIn, ...data }: FullTypesData,
): void {
  const graphOf = (subgraph: string) => supergraph.subgraphs.get(subgraph)?.graph ?? '';
  known.set(supergraph, {
    ...data,
    fits: (typename, condition) =>
      typename === condition || (supergraph.possibleTypes.get(condition)?.has(typename) ?? false),
    keys: (subgraph, typename) => keyPaths.get(typename)?.get(graphOf(subgraph)) ?? [],
    requirement: (subgraph, typename, field) => requirements.get(`${typename}.${field} ${graphOf(subgraph)}`) ?? [],
    interfaceObjects: (subgraph) => interfaceObjectsIn.get(graphOf(subgraph)) ?? [],
  });
}

/** @param supergraph one that was read with `readSupergraph` */
export function fullTypesOf(supergraph: Supergraph): FullTypes {
  const found = known.get(supergraph);
  if (found === undefined) throw new Error('the types of this supergraph were never read');
  return found;
}
