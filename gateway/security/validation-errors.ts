import { type GraphQLSchema, isEnumType, isInputObjectType, isInterfaceType, isObjectType } from 'graphql';

/** graphql-js stops at so many. */
const ERRORS_MAX = 100;
/** So many are always told. */
const ERRORS_MIN = 10;
/** Names compared for "Did you mean" in one request, each for up to 10 us: with 800 types 100 wrong names took 570 ms. */
const COMPARISONS_MAX = 10_000;

function countOf(names: object | readonly unknown[]): number {
  return Array.isArray(names) ? names.length : Object.keys(names).length;
}

/** Chooses how many errors validation may find in one document: fewer where each wrong name is compared with many. */
export function validationErrorsMax(schema: GraphQLSchema): number {
  const types = Object.values(schema.getTypeMap());
  let most = types.length;
  for (const type of types) {
    if (isEnumType(type)) most = Math.max(most, countOf(type.getValues()));
    else if (isObjectType(type) || isInterfaceType(type) || isInputObjectType(type))
      most = Math.max(most, countOf(type.getFields()));
  }
  return Math.min(ERRORS_MAX, Math.max(ERRORS_MIN, Math.floor(COMPARISONS_MAX / most)));
}
