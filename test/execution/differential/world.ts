import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  buildSchema,
  type DocumentNode,
  execute,
  type GraphQLFieldResolver,
  type GraphQLSchema,
  getOperationAST,
  parse,
} from 'graphql';
import { createOperation } from '../../../gateway/execution/operation';
import { createApolloPlanner } from '../../../gateway/planning/apollo/planner';
import { composeSubgraphs } from '../../../gateway/supergraph/compose';
import { readSupergraph } from '../../../gateway/supergraph/read';
import type { Send } from '../../../gateway/transport/send';
import { newCall } from '../../fixtures/federation';
import { derived, type Entity, ownValue, rootValue, trueValue } from './data';
import { providedField, type Schema, subgraphSdl, type Type, wholeSdl } from './schema';

/** One schema, split and whole, over the same data. */
export interface World {
  readonly whole: GraphQLSchema;
  /** What one schema answers, as JSON. */
  truth(document: DocumentNode, variables: Record<string, unknown>): Promise<string>;
  /** What our engine answers over the subgraphs, as JSON. @throws {Error} with the messages of all errors */
  ours(query: string, variables: Record<string, unknown>): Promise<string>;
  close(): Promise<void>;
}

type Resolver = GraphQLFieldResolver<Entity & Record<string, unknown>, unknown>;

function marked(value: unknown, provided: string | undefined): unknown {
  if (provided === undefined || value === null) return value;
  if (Array.isArray(value)) return value.map((one) => marked(one, provided));
  return { ...(value as Entity), provided }; // as: a field with @provides leads to entities
}

function typeOf(schema: Schema, name: string): Type {
  const type = schema.types.find((one) => one.name === name);
  if (type === undefined) throw new Error(`no type ${name}`);
  return type;
}

/** @param subgraph null for the schema that holds everything */
function resolverOf(schema: Schema, subgraph: number | null): Resolver {
  return (parent, args, _context, info) => {
    const { fieldName, parentType } = info;
    if (parentType.name === 'Query') return rootValue(fieldName, schema);
    if (parentType.name === 'Info') return parent[fieldName];
    const type = typeOf(schema, parentType.name);
    const field = type.fields.find(({ name }) => name === fieldName);
    if (field === undefined) return ownValue(fieldName, parent);
    const n = typeof args.n === 'number' ? args.n : args.n === null ? 0 : 1;
    if (subgraph === null) return trueValue(schema, type, field, parent.id, n);
    if (!field.owners.includes(subgraph)) {
      if (parent.provided !== fieldName) throw new Error(`${type.name}.${fieldName} is not provided here`);
      return trueValue(schema, type, field, parent.id, n);
    }
    if (field.requires === null)
      return marked(trueValue(schema, type, field, parent.id, n), providedField(field, subgraph, schema)?.name);
    const required = parent[field.requires.name];
    if (required === undefined) throw new Error(`${type.name}.${field.requires.name} was not sent along`);
    return derived(field, required);
  };
}

function subgraphSend(subgraph: number, schema: Schema): Send {
  const built = buildSubgraphSchema([{ typeDefs: parse(subgraphSdl(subgraph, schema)) }]);
  const entity = (reference: Record<string, unknown>) => ({
    ...reference,
    id: typeof reference.code === 'string' ? reference.code.slice(1) : reference.id,
  });
  for (const { name } of schema.types) {
    const type = built.getType(name);
    // Where @apollo/subgraph looks for it.
    if (type !== undefined)
      type.extensions = { ...type.extensions, apollo: { subgraph: { resolveReference: entity } } };
  }
  for (const type of Object.values(built.getTypeMap())) {
    if (!('getFields' in type) || !/^(T\d+|Query|Info)$/.test(type.name)) continue;
    for (const field of Object.values(type.getFields()))
      if (!field.name.startsWith('_')) Object.assign(field, { resolve: resolverOf(schema, subgraph) });
  }
  return async (request) => {
    const document = parse(request.operation);
    const result = await execute({ schema: built, document, variableValues: JSON.parse(request.variables) });
    const { data = null, errors = [] } = JSON.parse(JSON.stringify(result));
    return { data, errors, bytes: 0 };
  };
}

export async function createWorld(schema: Schema): Promise<World> {
  const names = Array.from({ length: schema.subgraphs }, (_, index) => `s${index}`);
  const { sdl } = await composeSubgraphs(
    names.map((name, index) => ({ name, url: `http://${name}.invalid`, sdl: subgraphSdl(index, schema) })),
  );
  const supergraph = await readSupergraph(sdl);
  const limits = { deadlineMs: 20_000, queueMax: 100, cacheMax: 1, fetchesMax: 10_000, workers: 1 };
  const planner = await createApolloPlanner(sdl, limits);
  const sends = new Map(names.map((name, index) => [name, subgraphSend(index, schema)]));
  const whole = buildSchema(wholeSdl(schema));
  const fieldResolver = resolverOf(schema, null);
  return {
    whole,
    async truth(document, variableValues) {
      const { data, errors } = await execute({ schema: whole, document, variableValues, fieldResolver });
      if (errors !== undefined) throw new Error(`the whole schema is at fault: ${errors[0]?.message}`);
      return JSON.stringify(data);
    },
    async ours(query, variables) {
      const document = parse(query);
      const operation = getOperationAST(document);
      if (!operation) throw new Error('no operation');
      const plan = await planner.plan({ query, operationName: null });
      const { data, errors } = await createOperation({ plan, document, operation, supergraph, sends }).execute(
        variables,
        newCall(),
      );
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
      return JSON.stringify(data);
    },
    close: () => planner.close(),
  };
}
