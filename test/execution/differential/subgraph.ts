import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  parse,
  print,
  visit,
} from 'graphql';
import { DARK, type Data, derived, type Entity, keyOf, mapped, sentRequirement } from './data';
import { answerers, type Field, type Schema, typeNamed } from './schema';
import { providedFields, subgraphSdl, wholeSdl } from './sdl';

type Resolver = GraphQLFieldResolver<Entity & Record<string, unknown>, Data>;

/** Fields that something needs beside the client: when these fail, more fails with them than the client asked for. */
function neededFields(schema: Schema): ReadonlySet<Field> {
  const needed = new Set<Field>();
  for (const { fields } of schema.types)
    for (const field of fields) {
      for (const one of field.requires) {
        needed.add(one.field);
        for (const inner of [...one.below, ...[...one.on.values()].flat()]) needed.add(inner.field);
      }
      for (const owner of field.owners) {
        for (const provided of providedFields(field, owner, schema).values()) needed.add(provided);
      }
    }
  return needed;
}

/** The value of a field as a subgraph has it. */
function subgraphValue(schema: Schema, subgraph: number, field: Field, parent: Entity, args: object, data: Data) {
  const type = typeNamed(schema, parent.__typename);
  const name = `${type.name}.${field.name}`;
  if (!answerers(field, data.labels).includes(subgraph)) {
    if (parent.provided !== field.name) throw new Error(`${name} is not answered by s${subgraph}`);
    return data.value(type, field, parent.key, { ...args });
  }
  if (field.requires.length > 0) {
    if (parent.sent === undefined) throw new Error(`${name} was asked for without what it requires`);
    const required = sentRequirement(parent.sent, field.requires);
    return data.isFaulty('nulls', name, parent.key) ? null : derived(field, required, { ...args });
  }
  const provided = providedFields(field, subgraph, schema);
  const value = data.value(type, field, parent.key, { ...args });
  if (provided.size === 0) return value;
  return mapped(value, (one) => {
    const entity = one as Entity; // as: what a field with @provides leads to
    const name = provided.get(entity.__typename)?.name;
    return name === undefined ? entity : { ...entity, provided: name };
  });
}

/** Subgraph that answers the field that one takes over from another. */
function markedIn({ mark }: Schema, { labels }: Data): number | undefined {
  return mark !== null && labels.includes(mark.label) ? mark.to : mark?.from;
}

/** @param subgraph null for the schema that holds everything */
function resolverOf(schema: Schema, subgraph: number | null): Resolver {
  const needed = neededFields(schema);
  const isHidden = (value: unknown): boolean =>
    value === DARK ||
    schema.types.some((one) => one.isHidden && one.name === (value as Partial<Entity> | null)?.__typename); // as: any value
  const shown = (value: unknown) => mapped(value, (one) => (isHidden(one) ? null : one));
  return (parent, args, data, { fieldName, parentType }) => {
    if (parentType.name === 'Info' || parentType.name === 'Ref') return parent[fieldName];
    if (parentType.name === 'Query' || parentType.name === 'Mutation') {
      const value = data.root(fieldName, args);
      return subgraph === null ? shown(value) : asItems(value, fieldName, schema, subgraph);
    }
    const field = schema.types
      .find(({ name }) => name === parent.__typename)
      ?.fields.find(({ name }) => name === fieldName);
    if (field === undefined) {
      if (subgraph !== null && fieldName === 'i2' && parent.sent?.i0 === undefined)
        throw new Error('i0 was not sent along');
      if (subgraph !== null && fieldName === 'mark' && subgraph !== markedIn(schema, data))
        throw new Error(`mark is not answered by s${subgraph}`);
      const sent = subgraph !== null && fieldName === 'i2' ? `i2 of ${JSON.stringify(parent.sent?.i0)}` : undefined;
      const value = sent ?? data.own(fieldName, parent.__typename, parent.key, args);
      return subgraph === null ? shown(value) : asItems(value, fieldName, schema, subgraph);
    }
    const type = typeNamed(schema, parent.__typename);
    // Where the type of an item comes from a fetch that fails, nobody knows which of its fields were asked for.
    if (!needed.has(field) && !type.isItem && data.isFaulty('errors', `${type.name}.${fieldName}`, parent.key))
      throw new Error(`${type.name}.${fieldName} fails`);
    if (subgraph === null) return shown(data.value(type, field, parent.key, args));
    return subgraphValue(schema, subgraph, field, parent, args, data);
  };
}

/** Items as a subgraph sees them that does not know their types. */
function asItems(value: unknown, field: string, { itemObjectIn }: Schema, subgraph: number): unknown {
  if (itemObjectIn !== subgraph || !(field.startsWith('items') || field === 'i3')) return value;
  return mapped(value, (one) => ({ __typename: 'Item', key: (one as Entity).key })); // as: an entity, see Data
}

/** A schema whose types do not mind any null. */
function lax(sdl: string): string {
  const document = parse(sdl);
  const text = visit(document, {
    FieldDefinition(node) {
      return {
        ...node,
        type: visit(node.type, { NonNullType: { leave: (inner) => inner.type } }),
      };
    },
    Directive: () => false,
  });
  return print(text);
}

function resolveWith(schema: GraphQLSchema, resolve: Resolver): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type) && !type.name.startsWith('_')) type.resolveType = (value) => (value as Entity).__typename; // as: all that is abstract are entities
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) if (!field.name.startsWith('_')) field.resolve = resolve;
  }
  return schema;
}

/** Executes operations as one service. */
export type Service = (operation: string, variables: Record<string, unknown>, data: Data) => Promise<ExecutionResult>;

function executable(schema: Schema, subgraph: number, sdl: string): GraphQLSchema {
  const built = buildSubgraphSchema([{ typeDefs: parse(sdl) }]);
  const entity = (sent: Record<string, unknown>) => {
    const key = keyOf(sent);
    const isItem = sent.__typename === 'Item' && schema.itemObjectIn !== subgraph;
    return { __typename: isItem ? `T${key.slice(0, -1)}` : sent.__typename, key, sent };
  };
  for (const type of Object.values(built.getTypeMap()))
    if (/^(T\d+|Item)$/.test(type.name))
      // Where @apollo/subgraph looks for it.
      type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: entity } } };
  return resolveWith(built, resolverOf(schema, subgraph));
}

export function createSubgraph(schema: Schema, subgraph: number): Service {
  const sdl = subgraphSdl(subgraph, schema);
  const strict = executable(schema, subgraph, sdl);
  const tolerant = executable(schema, subgraph, lax(sdl));
  return async (operation, variableValues, contextValue) => {
    const served = contextValue.fault.kind === 'nulls' ? tolerant : strict;
    return await execute({ schema: served, document: parse(operation), variableValues, contextValue });
  };
}

export function createWhole(schema: Schema): { readonly schema: GraphQLSchema; readonly ask: Service } {
  const built = resolveWith(buildSchema(wholeSdl(schema)), resolverOf(schema, null));
  return {
    schema: built,
    ask: async (operation, variableValues, contextValue) =>
      await execute({ schema: built, document: parse(operation), variableValues, contextValue }),
  };
}
