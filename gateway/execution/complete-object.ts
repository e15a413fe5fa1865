import {
  type FieldNode,
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
  refuseUnauthorized,
} from './complete';
import {
  type CompletedField,
  type CompletedFields,
  completeFields,
  completeFieldsInTurns,
  fieldsOf,
} from './complete-fields';
import { completeLeaf } from './complete-leaf';
import { type ChooseFields, fieldsByAnsweredType } from './object-type';
import {
  type Access,
  accessTo,
  arrive,
  differInLength,
  elementOf,
  hasObject,
  leafOf,
  listOf,
  type Parts,
} from './parts';
import type { Position } from './position';
import type { Run } from './run';
import { selectedFields } from './selected-fields';

/** Spec: section 4.1, the name of an object type. @param typename an interface for objects of unknown type */
function typenameField(key: string, typename: string, { apiSchema }: CompileScope): CompletedField {
  const unknown = `The type of this ${typename} is not known: no subgraph that has the types of the interface knows the object.`;
  if (isInterfaceType(apiSchema.getType(typename)))
    return { key, isNonNull: true, read: () => undefined, complete: (_, run) => refuse(run, unknown), inTurns: null };
  const complete = (_: Parts, run: Run) => {
    run.size.addText(typename.length);
    return typename;
  };
  return { key, isNonNull: true, read: () => undefined, complete, inTurns: null };
}

/**
 * What introspection has answered, as it is: text at the root, where whoever writes the answer looks for it, and values
 * below.
 */
function introspectionField(key: string, nodes: readonly FieldNode[], scope: CompileScope, isRoot: boolean) {
  const indexes = nodes.flatMap((node) => scope.introspected.get(node) ?? []);
  const [first = -1] = indexes;
  const atRoot = (_: Parts, run: Run) => run.introspection?.text(first);
  const below = (_: Parts, run: Run) => {
    const value = run.introspection?.value(indexes);
    run.size.addJson(value);
    return value;
  };
  const complete = isRoot && indexes.length === 1 ? atRoot : below;
  return { key, isNonNull: false, read: () => undefined, complete, inTurns: null };
}

function field(
  typename: string,
  key: string,
  nodes: readonly FieldNode[],
  position: Position,
  scope: CompileScope,
  isRoot: boolean,
) {
  const first = nodes.find((one) => !scope.refused.has(one)) ?? nodes[0];
  if (first === undefined) return null;
  const name = first.name.value;
  if (scope.refused.has(first)) return refusedField(typename, key, name, scope);
  if (name === '__typename') return typenameField(key, typename, scope);
  if (isIntrospection(first)) return introspectionField(key, nodes, scope, isRoot);
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

/** A field that whoever asks may not have, under this key by no selection of it. */
function refusedField(typename: string, key: string, name: string, { apiSchema }: CompileScope): CompletedField {
  const type = apiSchema.getType(typename);
  const definition = isObjectType(type) || isInterfaceType(type) ? type.getFields()[name] : undefined;
  const isNonNull = name === '__typename' || (definition !== undefined && isNonNullType(definition.type));
  return { key, isNonNull, read: () => undefined, complete: (_, run) => refuseUnauthorized(run), inTurns: null };
}

/** The fields of one runtime type, each with its way to the data. @param isRoot whether they are those of the whole answer */
export function completedFields(
  typename: string,
  position: Position,
  selectionSets: readonly SelectionSetNode[],
  scope: CompileScope,
  isRoot = false,
): CompletedFields {
  const fields = [...selectedFields(typename, selectionSets, scope)];
  return fieldsOf(
    fields
      .map(([key, nodes]) => field(typename, key, nodes, position, scope, isRoot))
      .filter((one): one is CompletedField => one !== null),
  );
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
  const misfit = `${coordinate} was answered with lists of different length, whose elements cannot be told apart.`;
  return {
    complete(values, run) {
      const list = listIn(values, run);
      if (list === null) return without(values, run);
      if (differInLength(child, values)) return refuse(run, misfit);
      return completeList(list, run, isElementNonNull, (index) => complete(elementOf(child, values, index), run));
    },
    *inTurns(values, run) {
      const list = listIn(values, run);
      if (list === null || inTurns === null) return without(values, run);
      if (differInLength(child, values)) return refuse(run, misfit);
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
