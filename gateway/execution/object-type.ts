import { type GraphQLAbstractType, type GraphQLSchema, isInterfaceType, isObjectType } from 'graphql';
import type { CompileScope } from './compile-scope';
import { type Coordinate, refuse } from './complete';
import type { CompletedFields } from './complete-fields';
import { hasFailedEntity, type Parts } from './parts';
import type { Position } from './position';
import type { Run } from './run';
import { typenameReader } from './typename';

/** The fields of an object; null: it is not for the client; undefined: it was refused. */
export type ChooseFields = (parts: Parts, run: Run) => CompletedFields | null | undefined;

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
  if (types.objectTypes.has(answered) || types.interfaceTypes.has(answered)) return null;
  return renamedRoot(type, apiSchema);
}

/** What a name stands for that nobody knows: a subgraph may call a root type `query_root`. Undefined when none fits. */
function renamedRoot(type: GraphQLAbstractType, apiSchema: GraphQLSchema): string | undefined {
  const roots = [apiSchema.getQueryType(), apiSchema.getMutationType()];
  const possible = roots.filter((root) => root != null && apiSchema.isSubType(type, root));
  return possible.length === 1 ? possible[0]?.name : undefined;
}

interface Shape {
  readonly fields: CompletedFields | null;
  /** Only the interface is known: nobody who has its types answered the object. */
  readonly isOfUnknownType: boolean;
}

/** Chooses by the type that the subgraphs answered for an object of an abstract type. */
export function fieldsByAnsweredType(
  type: GraphQLAbstractType,
  position: Position,
  fieldsOfType: (typename: string) => CompletedFields,
  coordinate: Coordinate,
  scope: CompileScope,
): ChooseFields {
  const typenameOf = typenameReader(position, scope.types);
  /** By what is answered: the types of the supergraph bound it. */
  const byAnswered = new Map<string | null, Shape>();
  return (parts, run) => {
    const answered = typenameOf(parts);
    let shape = byAnswered.get(answered);
    if (shape === undefined) {
      const typename = runtimeType(type, answered, scope);
      if (typename === undefined)
        return refuse(run, `${coordinate} was answered with an object that is not a possible ${type.name}.`);
      // Names that nobody knows are not kept: there may be any number of them.
      const key = answered === null || typename === null ? answered : typename;
      shape = byAnswered.get(key) ?? {
        fields: typename === null ? null : fieldsOfType(typename),
        isOfUnknownType: typename === type.name,
      };
      byAnswered.set(key, shape);
    }
    if (shape.isOfUnknownType && hasFailedEntity(position, parts))
      return refuse(run, `${coordinate} was answered with an object whose type is not known.`);
    return shape.fields;
  };
}
