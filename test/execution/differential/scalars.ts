import {
  buildASTSchema,
  type DocumentNode,
  type GraphQLArgument,
  type GraphQLInputField,
  GraphQLScalarType,
  type GraphQLScalarTypeConfig,
  type GraphQLSchema,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  isScalarType,
  Kind,
  type ValueNode,
  valueFromAST,
  visit,
} from 'graphql';
import { idText, numberOf } from './numbers';

/** Scalars that have long numbers in this world; `Float` and `ID` of graphql-js would make doubles of them. */
const SCALARS = ['Float', 'ID', 'Long', 'Json'] as const;
/** Their names while a schema is built, where those of graphql-js cannot be replaced. */
const PREFIX = 'Own';

function literalValue(node: ValueNode, variables: Readonly<Record<string, unknown>> | null | undefined): unknown {
  switch (node.kind) {
    case Kind.INT:
    case Kind.FLOAT:
      return numberOf(node.value);
    case Kind.LIST:
      return node.values.map((one) => literalValue(one, variables) ?? null);
    case Kind.OBJECT:
      return Object.fromEntries(node.fields.map(({ name, value }) => [name.value, literalValue(value, variables)]));
    case Kind.VARIABLE:
      return variables?.[node.name.value];
    case Kind.NULL:
      return null;
    case Kind.ENUM:
      return `enum ${node.value}`;
    default:
      return node.value;
  }
}

/** A subgraph may write the numbers that IDs are as numbers; who has the whole schema writes what clients see. */
export type IdForm = 'numbers' | 'strings';

function behaviour(name: (typeof SCALARS)[number], idForm: IdForm): Partial<GraphQLScalarTypeConfig<unknown, unknown>> {
  const same = (value: unknown) => value;
  if (name !== 'ID') return { serialize: same, parseValue: same, parseLiteral: literalValue };
  const parseLiteral = (node: ValueNode) => ('value' in node ? String(node.value) : undefined);
  return { serialize: idForm === 'numbers' ? same : idText, parseValue: idText, parseLiteral };
}

/** Evaluates a default again: when the schema was built, scalars were not yet what they are. */
function readDefault(value: GraphQLArgument | GraphQLInputField): void {
  const { defaultValue } = value.astNode ?? {};
  if (defaultValue !== undefined) value.defaultValue = valueFromAST(defaultValue, value.type);
}

/** A schema that keeps the text of numbers. */
export function buildExactSchema(document: DocumentNode, idForm: IdForm): GraphQLSchema {
  const renamed = visit(document, {
    NamedType: ({ name, ...node }) =>
      SCALARS.some((one) => one === name.value)
        ? { ...node, name: { ...name, value: PREFIX + name.value } }
        : undefined,
    ScalarTypeDefinition: ({ name }) => (SCALARS.some((one) => one === name.value) ? null : undefined),
  });
  const scalars = SCALARS.map((name) => ({
    kind: Kind.SCALAR_TYPE_DEFINITION as const,
    name: { kind: Kind.NAME as const, value: PREFIX + name },
  }));
  const schema = buildASTSchema({ ...renamed, definitions: [...renamed.definitions, ...scalars] });
  const types = schema.getTypeMap();
  for (const name of SCALARS) {
    const type = types[PREFIX + name];
    if (!isScalarType(type)) throw new Error(`no scalar ${name}`);
    Object.assign(type, new GraphQLScalarType({ ...type.toConfig(), name, ...behaviour(name, idForm) }));
    delete types[PREFIX + name];
    types[name] = type;
  }
  for (const type of Object.values(types)) {
    if (isInputObjectType(type)) for (const field of Object.values(type.getFields())) readDefault(field);
    if (isObjectType(type) || isInterfaceType(type))
      for (const { args } of Object.values(type.getFields())) for (const one of args) readDefault(one);
  }
  return schema;
}
