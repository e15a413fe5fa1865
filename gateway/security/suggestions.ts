import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/**
 * Names that one wrong name is compared with for "Did you mean", each for up to 10 us. A document may have a hundred wrong
 * names: with 800 types that kept the loop busy for 570 ms.
 */
const NAMES_MAX = 100;

function countOf(names: object | readonly unknown[]): number {
  return Array.isArray(names) ? names.length : Object.keys(names).length;
}

/** Whether errors of validation may suggest names: the schema has few types, and none of them many fields or values. */
export function maySuggest(schema: GraphQLSchema): boolean {
  const types = Object.values(schema.getTypeMap());
  if (types.length > NAMES_MAX) return false;
  return types.every((type) => {
    if (isEnumType(type)) return countOf(type.getValues()) <= NAMES_MAX;
    if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      return countOf(type.getFields()) <= NAMES_MAX;
    return true;
  });
}
