import {
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  isAbstractType,
  isObjectType,
  Kind,
  parse,
  visit,
} from 'graphql';
import { DARK, type Data, derived, derivedItem, type Entity, keyOf, mapped, sentRequirement, toldText } from './data';
import { isOwner, itemRequirement } from './items';
import { holdsLong } from './numbers';
import { buildExactSchema } from './scalars';
import { answerers, type Field, type Schema, typeNamed } from './schema';
import { providedFields, subgraphSdl, wholeSdl } from './sdl';
import { type See, seeArguments } from './seen';

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
    const isProvided = field.requires.every((one) => one.field.name === parent.provided);
    if (parent.sent === undefined && !isProvided) throw new Error(`${name} was asked for without what it requires`);
    const required =
      parent.sent === undefined
        ? data.required(type, field.requires, parent.key)
        : sentRequirement(parent.sent, field.requires);
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
  return (parent, args, data, info) => {
    const { fieldName, parentType } = info;
    if (subgraph !== null) seeArguments(args, info, data.see);
    if (parentType.name === 'Info' || parentType.name === 'Ref') return parent[fieldName];
    if (parentType.name === 'Query' || parentType.name === 'Mutation') {
      const value = data.root(fieldName, args);
      return subgraph === null ? shown(value) : asItems(value, fieldName, schema, subgraph);
    }
    const field = schema.types
      .find(({ name }) => name === parent.__typename)
      ?.fields.find(({ name }) => name === fieldName);
    if (field === undefined) {
      if (subgraph !== null && fieldName === 'mark') data.see('mark');
      if (subgraph !== null && fieldName === 'mark' && subgraph !== markedIn(schema, data))
        throw new Error(`mark is not answered by s${subgraph}`);
      if (fieldName.startsWith('told'))
        return toldText(fieldName, parent.key, args, toldValue(subgraph, parent, args, data));
      const value = data.own(fieldName, parent.__typename, parent.key, args);
      if (WAYS.includes(fieldName)) return withContext(value, parent);
      if (subgraph === null) return shown(value);
      return sentItem(fieldName, parent, schema, data) ?? asItems(value, fieldName, schema, subgraph);
    }
    const type = typeNamed(schema, parent.__typename);
    // Where the type of an item comes from a fetch that fails, nobody knows which of its fields were asked for.
    if (!needed.has(field) && !type.isItem && data.isFaulty('errors', `${type.name}.${fieldName}`, parent.key))
      throw new Error(`${type.name}.${fieldName} fails`);
    if (subgraph === null) return shown(data.value(type, field, parent.key, args));
    return subgraphValue(schema, subgraph, field, parent, args, data);
  };
}

/** Fields that lead to where a context is used. */
const WAYS = ['held', 'helds', 'mid', 'inner'];

function withContext(value: unknown, parent: Entity): unknown {
  const { __typename, key } = parent;
  const above = parent.above ?? { __typename, key };
  return mapped(value, (one) => ({ ...(one as Entity), above })); // as: they lead to objects
}

/** The value that a context has. @param subgraph that is told; null for who knows */
function toldValue(subgraph: number | null, parent: Entity, args: { readonly given?: unknown }, data: Data): unknown {
  if (subgraph === null) return data.told(parent);
  const { given = null } = args;
  if (given !== null) data.see('context');
  if (holdsLong(given)) data.see('number-in-context');
  // Whether there is no value, or nobody answered it.
  if (given === null && data.fault.kind === 'broken') throw new Error('the context has no value');
  return given;
}

/** A field of an interface object that requires others; undefined for all others. @throws {Error} when they were not sent */
function sentItem(name: string, { sent, __typename }: Entity, { items }: Schema, { see }: Data): string | undefined {
  const required = items && itemRequirement(items, name, (field) => sent?.[field]);
  if (!required) return undefined;
  if (__typename !== 'Item' || required.includes(undefined)) throw new Error(`for ${name} too little was sent along`);
  see(required.length > 1 ? 'requirement-of-another-owner' : 'requirement-of-owner');
  return derivedItem(name, required);
}

/** Items as a subgraph sees them that does not know their types. */
function asItems(value: unknown, field: string, { items }: Schema, subgraph: number): unknown {
  if (!isOwner(items, subgraph) || !(field.startsWith('items') || field.startsWith('i3_'))) return value;
  return mapped(value, (one) => ({ __typename: 'Item', key: (one as Entity).key })); // as: an entity, see Data
}

/** A schema whose types do not mind any null. */
function lax(document: DocumentNode): DocumentNode {
  return visit(document, {
    FieldDefinition(node) {
      return {
        ...node,
        type: visit(node.type, { NonNullType: { leave: (inner) => inner.type } }),
      };
    },
  });
}

function resolveWith(schema: GraphQLSchema, resolve: Resolver): GraphQLSchema {
  for (const type of Object.values(schema.getTypeMap())) {
    if (isAbstractType(type)) type.resolveType = (value) => (value as Entity).__typename; // as: all that is abstract are entities
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) if (!field.name.startsWith('_')) field.resolve = resolve;
  }
  return schema;
}

/** Executes operations as one service, whose numbers are those of `numbers`. */
export type Service = (operation: string, variables: Record<string, unknown>, data: Data) => Promise<ExecutionResult>;

/** What a federation's subgraph has beside its own schema, as its library would add it. */
function withEntities(sdl: string): DocumentNode {
  const document = parse(sdl);
  const entities = document.definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION && one.directives?.some(({ name }) => name.value === 'key')
      ? [one.name.value]
      : [],
  );
  const own = visit(document, {
    SchemaExtension: () => null,
    Directive: ({ name }) => (name.value === 'oneOf' ? undefined : null),
  });
  const added =
    entities.length === 0
      ? []
      : parse(`scalar _Any union _Entity = ${entities.join(' | ')}
          extend type Query { _entities(representations: [_Any!]!): [_Entity]! }`).definitions;
  return { ...own, definitions: [...own.definitions, ...added] };
}

type Sent = Record<string, unknown>;

function executable(schema: Schema, subgraph: number, document: DocumentNode): GraphQLSchema {
  const built = resolveWith(buildExactSchema(document, 'numbers'), resolverOf(schema, subgraph));
  const entity = (sent: Sent, see: See) => {
    const key = keyOf(sent);
    if (holdsLong([sent.id, sent.num])) see('number-in-key');
    const { id, num, ...required } = sent;
    if (holdsLong(required)) see('number-in-requirement');
    const isItem = sent.__typename === 'Item' && !isOwner(schema.items, subgraph);
    if (sent.__typename === 'Item') see(sent.code === undefined ? 'item-by-id' : 'item-by-code');
    return { __typename: isItem ? `T${key.slice(0, -1)}` : sent.__typename, key, sent };
  };
  const entities = built.getQueryType()?.getFields()._entities;
  if (entities !== undefined)
    entities.resolve = (_, { representations }: { readonly representations: readonly Sent[] }, { see }: Data) =>
      representations.map((sent) => entity(sent, see));
  return built;
}

export function createSubgraph(schema: Schema, subgraph: number): Service {
  const document = withEntities(subgraphSdl(subgraph, schema));
  const strict = executable(schema, subgraph, document);
  const tolerant = executable(schema, subgraph, lax(document));
  return async (operation, variableValues, contextValue) => {
    const served = contextValue.fault.kind === 'nulls' ? tolerant : strict;
    return await execute({ schema: served, document: parse(operation), variableValues, contextValue });
  };
}

export function createWhole(schema: Schema): { readonly schema: GraphQLSchema; readonly ask: Service } {
  const built = resolveWith(buildExactSchema(parse(wholeSdl(schema)), 'strings'), resolverOf(schema, null));
  return {
    schema: built,
    ask: async (operation, variableValues, contextValue) =>
      await execute({ schema: built, document: parse(operation), variableValues, contextValue }),
  };
}
