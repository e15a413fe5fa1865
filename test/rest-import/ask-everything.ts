import {
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getNamedType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from 'graphql';

/** An operation that asks for one root field with all that it has. */
export interface Asked {
  /** `Query.pet`. */
  readonly field: string;
  readonly text: string;
}

const DEPTH_MAX = 6;

/** An operation for each root field of an adapter. */
export function everyField(schema: GraphQLSchema): readonly Asked[] {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  return roots.flatMap((root) => {
    if (root === null || root === undefined) return [];
    const kind = root === schema.getMutationType() ? 'mutation' : 'query';
    return Object.values(root.getFields())
      .filter(({ name }) => !name.startsWith('_'))
      .map((field) => ({ field: `${root.name}.${field.name}`, text: `${kind} { ${asked(field, 0)} }` }));
  });
}

function asked({ name, args, type }: GraphQLField<unknown, unknown>, depth: number): string {
  const given = args.filter((one) => isNonNullType(one.type)).map((one) => `${one.name}: ${sample(one.type, 0)}`);
  return `${name}${given.length === 0 ? '' : `(${given.join(', ')})`}${selection(type, depth)}`;
}

function selection(type: GraphQLOutputType, depth: number): string {
  const named = getNamedType(type);
  if (isUnionType(named)) {
    const parts = named.getTypes().map((one) => `... on ${one.name}${selection(one, depth)}`);
    return ` { __typename ${parts.join(' ')} }`;
  }
  if (!isObjectType(named)) return '';
  const fields = Object.values(named.getFields()).filter(
    (field) => depth < DEPTH_MAX || !isCompositeType(getNamedType(field.type)),
  );
  return ` { __typename ${fields.map((field) => asked(field, depth + 1)).join(' ')} }`;
}

function sample(type: GraphQLInputType, depth: number): string {
  if (isNonNullType(type)) return sample(type.ofType, depth);
  if (isListType(type)) return `[${sample(type.ofType, depth)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? 'null';
  if (isInputObjectType(type)) {
    const needed = Object.values(type.getFields()).filter((field) => isNonNullType(field.type) && depth < DEPTH_MAX);
    return `{ ${needed.map((field) => `${field.name}: ${sample(field.type, depth + 1)}`).join(' ')} }`;
  }
  const samples: Readonly<Record<string, string>> = {
    Int: '7',
    Float: '1.5',
    Boolean: 'true',
    BigInt: '7',
    JSON: '{ a: 1 }',
  };
  return samples[type.name] ?? '"x1"';
}
