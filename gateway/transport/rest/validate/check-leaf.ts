import {
  type GraphQLNamedType,
  type GraphQLOutputType,
  type GraphQLScalarType,
  isEnumType,
  isScalarType,
  isSpecifiedScalarType,
} from 'graphql';
import type { ObjectShape, Shape } from '../mapping/shape';
import { meant } from '../model/meant';

type ScalarShape = Extract<Shape, { kind: 'scalar' }>;

/** Scalars of GraphQL itself and enums; a scalar of one's own may be any JSON. */
function isPlain(type: GraphQLNamedType): boolean {
  return isEnumType(type) || isSpecifiedScalarType(type) || PLAIN_NAMES.has(type.name);
}

/** Those that stand-ins stand for: see exact-scalars. */
const PLAIN_NAMES: ReadonlySet<string> = new Set(['Float', 'ID']);

/** Tells whether any JSON is a value of the type. */
export function takesAnything(type: GraphQLOutputType | GraphQLNamedType): boolean {
  return isScalarType(type) && !isPlain(type);
}

/** What is wrong with fields where one value is declared. */
export function fieldsProblem({ fields }: ObjectShape, type: GraphQLNamedType): string {
  const names = [...fields.keys()];
  const [only = 'name'] = names;
  const write = names.length === 1 ? `\`$.${only}\`` : `one of them as a path, such as \`$.${only}\``;
  return `${type.name} is a single value, and this gives an object with ${names.length === 1 ? `the field \`${only}\`` : 'fields'}: write ${write}, or \`name.${only}\` where it stands in braces`;
}

/** What is wrong with a value of that kind where the type is declared; null when it fits. */
export function leafProblem({ type: kind, value }: ScalarShape, type: GraphQLNamedType): string | null {
  if (isEnumType(type)) {
    const values = type.getValues().map(({ name }) => name);
    if (kind !== 'string')
      return `${type.name} is an enum, and this gives a ${kind}: write \`->match\` with one pair for each`;
    if (typeof value !== 'string' || values.includes(value)) return null;
    return `enum ${type.name} has no value \`${value}\`${meant(value, values)}; it has ${values.join(', ')}`;
  }
  if (!isScalarType(type) || !isPlain(type)) return null;
  if (type.name === 'Boolean' && kind === 'string')
    return 'Boolean is true or false, and this gives a text: compare it, as in `->eq("yes")`';
  if (type.name === 'ID' && kind === 'boolean') return 'ID is a text or a whole number, and this gives true or false';
  if (typeof value !== 'object' && value !== undefined && typeof value !== 'bigint' && !fits(type, value))
    return `${JSON.stringify(value)} is no ${type.name}`;
  return null;
}

function fits(type: GraphQLScalarType, value: string | number | boolean): boolean {
  try {
    type.serialize(value);
    return true;
  } catch {
    return false;
  }
}
