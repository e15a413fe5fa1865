import { setImmediate as turn } from 'node:timers/promises';
import {
  type DefinitionNode,
  type DocumentNode,
  GraphQLSchema,
  isObjectType,
  Kind,
  parse,
  printSchema,
  specifiedDirectives,
} from 'graphql';
import { extendSchemaImpl } from './graphql-internals';
import type { SchemaView } from './requirements';
import { visiblePart } from './visible-part';

/** Milliseconds of work after which clients get a turn. */
const SLICE_MS = 8;

const sdlOf = new WeakMap<GraphQLSchema, readonly string[]>();

const NOTHING = {
  description: undefined,
  types: [],
  directives: [],
  extensions: Object.create(null),
  extensionASTNodes: [],
  assumeValid: false,
};

/** Does something to each, with turns for clients in between. */
async function inSlices<Item>(items: readonly Item[], act: (item: Item) => void): Promise<void> {
  let begun = performance.now();
  for (const item of items) {
    act(item);
    if (performance.now() - begun < SLICE_MS) continue;
    await turn();
    begun = performance.now();
  }
}

async function parseParts(parts: readonly string[]): Promise<DocumentNode> {
  const definitions: DefinitionNode[] = [];
  await inSlices(parts, (part) => definitions.push(...parse(part, { noLocation: true }).definitions));
  return { kind: Kind.DOCUMENT, definitions };
}

/**
 * The schema that graphql-js's buildASTSchema makes of a valid SDL, made in slices.
 * @param parts of the SDL, each a few definitions
 */
export async function buildApiSchema(parts: readonly string[]): Promise<GraphQLSchema> {
  const schema = await build(await parseParts(parts));
  sdlOf.set(schema, parts);
  return schema;
}

/** The schema of what somebody may use of an SDL. @param parts of the SDL, each a few definitions */
export async function buildVisibleSchema(parts: readonly string[], view: SchemaView): Promise<GraphQLSchema> {
  return build(visiblePart(await parseParts(parts), view));
}

async function build(document: DocumentNode): Promise<GraphQLSchema> {
  const config = extendSchemaImpl(NOTHING, document, { assumeValid: true });
  // Types make their fields when they are first asked; the schema would ask all of them in one go.
  await inSlices(config.types, (type) => {
    if ('getFields' in type) type.getFields();
    if ('getTypes' in type) type.getTypes();
  });
  const rootOf = (name: string) => config.types.filter(isObjectType).find((type) => type.name === name);
  const roots = {
    query: config.query ?? rootOf('Query'),
    mutation: config.mutation ?? rootOf('Mutation'),
    subscription: config.subscription ?? rootOf('Subscription'),
  };
  const names = new Set(config.directives.map(({ name }) => name));
  const directives = [...config.directives, ...specifiedDirectives.filter(({ name }) => !names.has(name))];
  return new GraphQLSchema({ ...config, ...(config.astNode == null ? roots : {}), directives });
}

/** The SDL that a schema was built from, in parts. */
export function apiSdlOf(schema: GraphQLSchema): readonly string[] {
  return sdlOf.get(schema) ?? [printSchema(schema)];
}
