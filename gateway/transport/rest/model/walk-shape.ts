import {
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isObjectType,
} from 'graphql';
import type { ObjectShape, Shape } from '../mapping/shape';

/** Fields that mappings give for object types, or `all` where its text does not tell. */
export type Provided = Map<string, Set<string> | 'all'>;

/** Adds to `into` what a mapping of this shape gives when it answers `type`. */
export function collectProvided(shape: Shape, type: GraphQLNamedType, schema: GraphQLSchema, into: Provided): void {
  if (shape.kind === 'any') for (const one of shape.of) collectProvided(one, type, schema, into);
  else if (shape.kind === 'list') collectProvided(shape.of, type, schema, into);
  else if (shape.kind === 'object') collectFields(shape, type, schema, into);
  else if (shape.kind === 'value' || shape.kind === 'unknown') collectAll(type, schema, into);
}

function collectFields(shape: ObjectShape, type: GraphQLNamedType, schema: GraphQLSchema, into: Provided): void {
  for (const object of typesOf(shape, type, schema)) {
    const known = into.get(object.name) ?? new Set<string>();
    into.set(object.name, shape.open ? 'all' : known);
    for (const [name, field] of shape.fields) {
      const definition = object.getFields()[name];
      if (definition === undefined) continue;
      if (known !== 'all') known.add(name);
      collectProvided(field.shape, getNamedType(definition.type), schema, into);
    }
  }
}

/** The data may hold anything: objects of the type, and of all that it leads to. */
function collectAll(type: GraphQLNamedType, schema: GraphQLSchema, into: Provided): void {
  for (const object of possibleTypes(type, schema)) {
    if (into.get(object.name) === 'all') continue;
    into.set(object.name, 'all');
    for (const { type: inner } of Object.values(object.getFields())) collectAll(getNamedType(inner), schema, into);
  }
}

/** The object types that an object of this shape may be of: the one that it names, or all. */
function typesOf({ fields }: ObjectShape, type: GraphQLNamedType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  const all = possibleTypes(type, schema);
  const named = fields.get('__typename')?.shape;
  if (named?.kind !== 'scalar' || named.value === undefined || !isAbstractType(type)) return all;
  return all.filter(({ name }) => name === named.value);
}

function possibleTypes(type: GraphQLNamedType, schema: GraphQLSchema): readonly GraphQLObjectType[] {
  if (isAbstractType(type)) return schema.getPossibleTypes(type);
  return isObjectType(type) ? [type] : [];
}
