import {
  type FieldNode,
  type GraphQLAbstractType,
  type GraphQLList,
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
import {
  type Complete,
  type Completer,
  type Coordinate,
  completeList,
  completeListInTurns,
  completeNonNull,
  nonNullCompleter,
  refuse,
} from './complete';
import {
  type CompletedField,
  type CompletedFields,
  completeFields,
  completeFieldsInTurns,
  fieldsOf,
} from './complete-fields';
import { completeLeaf } from './complete-leaf';
import { type Access, accessTo, arrive, elementOf, hasObject, leafOf, listOf, type Parts } from './parts';
import type { Position } from './position';
import type { Run } from './run';
import { selectedFields } from './selected-fields';
import { typenameReader } from './typename';

function typenameField(key: string, typename: string): CompletedField {
  const complete = (_: Parts, run: Run) => {
    run.size.addText(typename.length);
    return typename;
  };
  return { key, isNonNull: true, read: () => undefined, complete, inTurns: null };
}

function introspectionField(key: string): CompletedField {
  const complete = (_: Parts, run: Run) => run.introspection?.[key];
  return { key, isNonNull: false, read: () => undefined, complete, inTurns: null };
}

function field(typename: string, key: string, nodes: readonly FieldNode[], position: Position, scope: CompileScope) {
  const [first] = nodes;
  if (first === undefined) return null;
  const name = first.name.value;
  if (name === '__typename') return typenameField(key, typename);
  if (nodes.some(isIntrospection)) return introspectionField(key);
  const type = scope.apiSchema.getType(typename);
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  if (definition === undefined) return null;
  const access = accessTo(position, scope.names.keyOf(first));
  return {
    key,
    isNonNull: isNonNullType(definition.type),
    read: access === null ? () => undefined : access.read,
    ...completeField(definition.type, access, nodes, `${typename}.${name}`, scope),
  };
}

/** The fields of one runtime type, each with its way to the data. */
export function completedFields(
  typename: string,
  position: Position,
  selectionSets: readonly SelectionSetNode[],
  scope: CompileScope,
): CompletedFields {
  const fields = [...selectedFields(typename, selectionSets, scope)];
  return fieldsOf(
    fields
      .map(([key, nodes]) => field(typename, key, nodes, position, scope))
      .filter((one): one is CompletedField => one !== null),
  );
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

/** The fields of an object; null: it is not for the client; undefined: it was refused. */
type ChooseFields = (parts: Parts, run: Run) => CompletedFields | null | undefined;

function fieldsByAnsweredType(
  type: GraphQLAbstractType,
  position: Position,
  fieldsOfType: (typename: string) => CompletedFields,
  coordinate: Coordinate,
  scope: CompileScope,
): ChooseFields {
  const typenameOf = typenameReader(position, scope.types);
  /** By what is answered, null for types that clients may not see: the types of the supergraph bound it. */
  const byAnswered = new Map<string | null, CompletedFields | null>();
  return (parts, run) => {
    const answered = typenameOf(parts);
    let fields = byAnswered.get(answered);
    if (fields === undefined) {
      const typename = runtimeType(type, answered, scope);
      if (typename === undefined)
        return refuse(run, `${coordinate} was answered with an object that is not a possible ${type.name}.`);
      fields = typename === null ? null : fieldsOfType(typename);
      byAnswered.set(answered, fields);
    }
    return fields;
  };
}

/** The fields of a type are compiled when the first object of it is answered. */
function objectCompleter(
  type: GraphQLNamedType,
  position: Position,
  selectionSets: readonly SelectionSetNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Completer {
  const fieldsOfType = (typename: string) => completedFields(typename, position, selectionSets, scope);
  let only: CompletedFields | undefined;
  const choose: ChooseFields = isAbstractType(type)
    ? fieldsByAnsweredType(type, position, fieldsOfType, coordinate, scope)
    : () => {
        only ??= fieldsOfType(type.name);
        return only;
      };
  return {
    complete(parts, run) {
      const fields = choose(parts, run);
      return fields ? completeFields(fields, parts, run) : fields;
    },
    *inTurns(parts, run) {
      const fields = choose(parts, run);
      return fields ? yield* completeFieldsInTurns(fields, parts, run) : fields;
    },
  };
}

function listCompleter(
  type: GraphQLList<GraphQLOutputType>,
  access: Access,
  selectionSets: readonly SelectionSetNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Completer {
  const { child } = access;
  const { complete, inTurns } = completeComposite(type.ofType, access, selectionSets, coordinate, scope);
  const isElementNonNull = isNonNullType(type.ofType);
  const listIn = (values: Parts, run: Run): readonly unknown[] | null => {
    const list = listOf(child, values);
    if (list !== null) run.size.expectObjects(list.length);
    return list;
  };
  const without = (values: Parts, run: Run): null | undefined => {
    const value = leafOf(child, values);
    return value === null || value === undefined ? null : refuse(run, `Expected a list for ${coordinate}.`);
  };
  return {
    complete(values, run) {
      const list = listIn(values, run);
      if (list === null) return without(values, run);
      return completeList(list, run, isElementNonNull, (index) => complete(elementOf(child, values, index), run));
    },
    *inTurns(values, run) {
      const list = listIn(values, run);
      if (list === null || inTurns === null) return without(values, run);
      return yield* completeListInTurns(list, run, isElementNonNull, (index) =>
        inTurns(elementOf(child, values, index), run),
      );
    },
  };
}

function completeComposite(
  type: GraphQLOutputType,
  access: Access,
  selectionSets: readonly SelectionSetNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Completer {
  const { child } = access;
  if (isNonNullType(type))
    return nonNullCompleter(completeComposite(type.ofType, access, selectionSets, coordinate, scope), coordinate);
  if (isListType(type)) return listCompleter(type, access, selectionSets, coordinate, scope);
  const object = objectCompleter(getNamedType(type), child, selectionSets, coordinate, scope);
  const without = (here: Parts, run: Run): null | undefined => {
    const value = leafOf(child, here);
    return value === null || value === undefined ? null : refuse(run, `Expected an object for ${coordinate}.`);
  };
  return {
    complete(values, run) {
      const here = arrive(child, values, run);
      return hasObject(child, here) ? object.complete(here, run) : without(here, run);
    },
    *inTurns(values, run) {
      const here = arrive(child, values, run);
      if (!hasObject(child, here) || object.inTurns === null) return without(here, run);
      return yield* object.inTurns(here, run);
    },
  };
}

/** The completer of one field, and of everything below it. @param access null when no fetch answers the field */
function completeField(
  type: GraphQLOutputType,
  access: Access | null,
  nodes: readonly FieldNode[],
  coordinate: Coordinate,
  scope: CompileScope,
): Completer {
  const isNonNull = isNonNullType(type);
  if (access === null)
    return { complete: isNonNull ? completeNonNull(() => null, coordinate) : () => null, inTurns: null };
  const { child } = access;
  if (isLeafType(getNamedType(type))) {
    const plain = completeLeaf(type, coordinate, scope);
    const complete: Complete = child.fetches.length === 1 ? plain : (values, run) => plain(leafOf(child, values), run);
    return { complete, inTurns: null };
  }
  const selectionSets = nodes.flatMap((node) => (node.selectionSet === undefined ? [] : [node.selectionSet]));
  return completeComposite(type, access, selectionSets, coordinate, scope);
}
