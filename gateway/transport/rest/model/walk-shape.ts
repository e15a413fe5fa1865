import { type GraphQLNamedType, type GraphQLSchema, getNamedType, isAbstractType, isObjectType } from 'graphql';
import type { Shape } from '../mapping/shape';

/** Fields that mappings give for object types, or `all` where its text does not tell. */
export type Provided = Map<string, Set<string> | 'all'>;

/** Adds to `into` what a mapping of this shape gives when it answers `type`. */
export function collectProvided(shape: Shape, type: GraphQLNamedType, schema: GraphQLSchema, into: Provided): void {
  const types = isAbstractType(type) ? schema.getPossibleTypes(type) : isObjectType(type) ? [type] : [];
  for (const object of types) {
    if (shape.kind !== 'object') {
      into.set(object.name, 'all');
      continue;
    }
    const known = into.get(object.name) ?? new Set<string>();
    into.set(object.name, known);
    for (const [name, field] of shape.fields) {
      const definition = object.getFields()[name];
      if (definition === undefined) continue;
      if (known !== 'all') known.add(name);
      collectProvided(field.shape, getNamedType(definition.type), schema, into);
    }
  }
}
