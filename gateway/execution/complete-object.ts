import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLNamedType,
  type GraphQLOutputType,
  getNamedType,
  isAbstractType,
  isInterfaceType,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type SelectionSetNode,
} from 'graphql';
import { isIntrospection } from '../supergraph/introspection-part';
import type { CompileScope } from './compile-scope';
import { type Complete, type Coordinate, completeList, completeNonNull, refuse } from './complete';
import { completeLeaf } from './complete-leaf';
import { type Access, accessTo, arrive, elementOf, hasObject, leafOf, listOf, type Parts } from './parts';
import type { Position } from './position';
import type { Run } from './run';
import { selectedFields } from './selected-fields';
import { typenameReader } from './typename';

export interface CompletedField {
  readonly key: string;
  readonly isNonNull: boolean;
  readonly read: (parts: Parts) => Parts;
  readonly complete: Complete;
}

function field(typename: string, key: string, nodes: readonly FieldNode[], position: Position, scope: CompileScope) {
  const [first] = nodes;
  if (first === undefined) return null;
  const name = first.name.value;
  if (name === '__typename') return { key, isNonNull: true, read: () => typename, complete: (value: Parts) => value };
  if (nodes.some(isIntrospection))
    return { key, isNonNull: false, read: () => undefined, complete: (_: Parts, run: Run) => run.introspection?.[key] };
  const type = scope.apiSchema.getType(typename);
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  if (definition === undefined) return null;
  const access = accessTo(position, scope.names.keyOf(first));
  return {
    key,
    isNonNull: isNonNullType(definition.type),
    read: access === null ? () => undefined : access.read,
    complete: completeField(definition.type, access, nodes, `${typename}.${name}`, scope),
  };
}

/** The fields of one runtime type, each with its way to the data. */
export function completedFields(
  typename: string,
  position: Position,
  selectionSets: readonly SelectionSetNode[],
  scope: CompileScope,
): CompletedField[] {
  const fields = [...selectedFields(typename, selectionSets, scope)];
  return fields
    .map(([key, nodes]) => field(typename, key, nodes, position, scope))
    .filter((one): one is CompletedField => one !== null);
}

/** Sets a key that a plain assignment would take for something else. */
function define(result: Record<string, unknown>, key: string, value: unknown): void {
  Object.defineProperty(result, key, { value, enumerable: true, configurable: true, writable: true });
}

function completeFields(
  fields: readonly CompletedField[],
  parts: Parts,
  run: Run,
): Record<string, unknown> | undefined {
  const result: Record<string, unknown> = {};
  for (const { key, isNonNull, read, complete } of fields) {
    if (run.tracksPath) run.path.push(key);
    const value = complete(read(parts), run);
    if (run.tracksPath) run.path.pop();
    if (value === undefined && isNonNull) return undefined;
    if (key === '__proto__') define(result, key, value ?? null);
    else result[key] = value ?? null;
  }
  return result;
}

/** The whole answer; null when a non-null root field is. */
export function completeRoot(
  fields: readonly CompletedField[],
  parts: Parts,
  run: Run,
): Record<string, unknown> | null {
  const data = completeFields(fields, parts, run);
  if (!run.needsPath) return data ?? null;
  run.tracksPath = true;
  return completeFields(fields, parts, run) ?? null;
}

/**
 * The type whose fields an object has for the client: null for one of a type that clients may not see, undefined for one
 * that does not belong here. A subgraph with `@interfaceObject` answers the interface's own name, or none.
 */
function runtimeType(
  type: GraphQLAbstractType,
  answered: string | null,
  { apiSchema, types }: CompileScope,
): string | null | undefined {
  if (isInterfaceType(type) && (answered === null || answered === type.name)) return type.name;
  if (answered === null) return undefined;
  const found = apiSchema.getType(answered);
  if (found !== undefined)
    return (isObjectType(found) || isInterfaceType(found)) && apiSchema.isSubType(type, found) ? answered : undefined;
  return types.objectTypes.has(answered) || types.interfaceTypes.has(answered) ? null : undefined;
}

function completeAbstract(
  type: GraphQLAbstractType,
  position: Position,
  fieldsOf: (typename: string) => readonly CompletedField[],
  coordinate: Coordinate,
  scope: CompileScope,
): Complete {
  const typenameOf = typenameReader(position, scope.types);
  /** By what is answered, null for types that clients may not see: the types of the supergraph bound it. */
  const byAnswered = new Map<string | null, readonly CompletedField[] | null>();
  return (parts, run) => {
    const answered = typenameOf(parts);
    let fields = byAnswered.get(answered);
    if (fields === undefined) {
      const typename = runtimeType(type, answered, scope);
      if (typename === undefined)
        return refuse(run, `${coordinate} was answered with an object that is not a possible ${type.name}.`);
      fields = typename === null ? null : fieldsOf(typename);
      byAnswered.set(answered, fields);
    }
    return fields === null ? null : completeFields(fields, parts, run);
  };
}

/** The fields of a type are compiled when the first object of it is answered. */
export function completeObject(
  type: GraphQLNamedType,
  position: Position,
  selectionSets: readonly SelectionSetNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Complete {
  const fieldsOf = (typename: string) => completedFields(typename, position, selectionSets, scope);
  if (isAbstractType(type)) return completeAbstract(type, position, fieldsOf, coordinate, scope);
  let fields: readonly CompletedField[] | undefined;
  return (parts, run) => {
    fields ??= fieldsOf(type.name);
    return completeFields(fields, parts, run);
  };
}

function completeComposite(
  type: GraphQLOutputType,
  access: Access,
  selectionSets: readonly SelectionSetNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Complete {
  const { child } = access;
  if (isNonNullType(type))
    return completeNonNull(completeComposite(type.ofType, access, selectionSets, coordinate, scope), coordinate);
  if (isListType(type)) {
    const element = completeComposite(type.ofType, access, selectionSets, coordinate, scope);
    const isElementNonNull = isNonNullType(type.ofType);
    return (values, run) => {
      const list = listOf(child, values);
      if (list !== null)
        return completeList(list, run, isElementNonNull, (index) => element(elementOf(child, values, index), run));
      const value = leafOf(child, values);
      return value === null || value === undefined ? null : refuse(run, `Expected a list for ${coordinate}.`);
    };
  }
  const object = completeObject(getNamedType(type), child, selectionSets, coordinate, scope);
  return (values, run) => {
    const here = arrive(child, values, run);
    if (hasObject(child, here)) return object(here, run);
    const value = leafOf(child, here);
    return value === null || value === undefined ? null : refuse(run, `Expected an object for ${coordinate}.`);
  };
}

/** The completer of one field, and of everything below it. @param access null when no fetch answers the field */
function completeField(
  type: GraphQLOutputType,
  access: Access | null,
  nodes: readonly FieldNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Complete {
  if (access === null) return isNonNullType(type) ? completeNonNull(() => null, coordinate) : () => null;
  const { child } = access;
  if (isLeafType(getNamedType(type))) {
    const plain = completeLeaf(type, coordinate, scope);
    return child.fetches.length === 1 ? plain : (values, run) => plain(leafOf(child, values), run);
  }
  const selectionSets = nodes.flatMap((node) => (node.selectionSet === undefined ? [] : [node.selectionSet]));
  return completeComposite(type, access, selectionSets, coordinate, scope);
}
