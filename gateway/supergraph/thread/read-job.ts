import { isMainThread } from 'node:worker_threads';
import {
  errorCode,
  possibleRuntimeTypes,
  printSchema,
  ROUTER_SUPPORTED_SUPERGRAPH_FEATURES,
  type Schema,
  Supergraph,
} from '@apollo/federation-internals';
import {
  type ConstDirectiveNode,
  type ConstValueNode,
  type DocumentNode,
  type GraphQLError,
  parse,
  Source,
} from 'graphql';
import { readCostDirectives } from '../cost-directives';
import { readFullTypes } from '../full-types';
import { withKnownSpecs } from '../known-specs';
import { oneOfInputs, withOneOf, withoutOneOf } from '../one-of';
import { readRequirements } from '../read-requirements';
import { readSchemaTags } from '../schema-tags';
import type { CompositionProblem, SupergraphSubgraph } from '../supergraph';
import { unservedFeatures } from '../unserved-features';
import { withWrittenDefaults } from '../written-defaults';
import { type ReadJob, type ReadSupergraph, type Refused, refused } from './jobs';
import { annotatedPart, cutAtDefinitions } from './parts';
import { documentedErrors } from './problems';

const TOKENS_MAX = 20_000_000;
/** What the main thread parses in a few milliseconds. */
const PART_CHARACTERS = 32_768;

/**
 * Reads a supergraph as strictly as the planner will, subgraph extraction included, so that what passes can be planned.
 * @throws {Error} on the main thread, or what the library throws without documenting it
 */
export function runReadJob(job: ReadJob): ReadSupergraph | Refused {
  if (isMainThread) throw new Error('supergraphs are read in their own thread only');
  let link: ConstDirectiveNode | undefined;
  try {
    const document = withKnownSpecs(parse(new Source(job.sdl, 'supergraph'), { maxTokens: TOKENS_MAX }));
    link = linkOfJoinSpec(document);
    if (link === undefined) return refused([notASupergraph]);
    const unserved = unservedFeatures(document);
    return unserved.length > 0 ? refused(unserved) : read(job.sdl, document);
  } catch (error) {
    if (error instanceof RangeError) return refused([tooDeep]);
    const errors = documentedErrors(error);
    if (errors === null) throw error;
    return refused(errors.map((one) => problemOf(one, link)));
  }
}

function read(sdl: string, document: DocumentNode): ReadSupergraph {
  const supportedFeatures = ROUTER_SUPPORTED_SUPERGRAPH_FEATURES;
  const supergraph = Supergraph.build(withoutOneOf(document), { supportedFeatures, validateSupergraph: true });
  const apiSchema = supergraph.apiSchema();
  const printed = withWrittenDefaults(printSchema(apiSchema), [document]);
  const apiSdl = withOneOf(printed, oneOfInputs(document), false);
  return {
    kind: 'read',
    apiSdl: cutAtDefinitions(apiSdl, PART_CHARACTERS),
    fullTypes: readFullTypes(document),
    requirements: readRequirements(document),
    costs: readCostDirectives(document, (type, field) => isSeen(apiSchema, type, field)),
    tags: readSchemaTags(document),
    annotatedSdl: annotatedPart(sdl, document),
    possibleTypes: possibleTypesOf(supergraph.schema),
    subgraphs: subgraphsOf(supergraph),
  };
}

function isSeen(apiSchema: Schema, type: string, field: string): boolean {
  const found = apiSchema.type(type);
  if (found?.kind !== 'ObjectType' && found?.kind !== 'InterfaceType') return false;
  return found.field(field) !== undefined;
}

function possibleTypesOf(schema: Schema): ReadSupergraph['possibleTypes'] {
  return [...schema.interfaceTypes(), ...schema.unionTypes()].map((type) => [
    type.name,
    possibleRuntimeTypes(type).map((object) => object.name),
  ]);
}

function subgraphsOf(supergraph: Supergraph): readonly SupergraphSubgraph[] {
  const urls = new Map(supergraph.subgraphsMetadata().map(({ name, url }) => [name, url]));
  const graphs = [...supergraph.subgraphNameToGraphEnumValue()];
  return graphs.map(([name, graph]) => ({ name, graph, url: urls.get(name) ?? '' }));
}

/** Where the schema links the join spec, by whatever name the linking directive goes. */
function linkOfJoinSpec(document: DocumentNode): ConstDirectiveNode | undefined {
  return document.definitions
    .filter((node) => node.kind === 'SchemaDefinition' || node.kind === 'SchemaExtension')
    .flatMap((node) => node.directives ?? [])
    .find((directive) => directive.arguments?.some(({ value }) => isJoinSpec(value)));
}

function isJoinSpec(value: ConstValueNode): boolean {
  return value.kind === 'StringValue' && value.value.includes('/join/v');
}

const notASupergraph: CompositionProblem = {
  subgraph: null,
  message: 'this is a plain schema, not a supergraph: it links no join spec; compose it with `headgate compose`',
  code: 'INVALID_FEDERATION_SUPERGRAPH',
  line: 1,
  column: 1,
};

const tooDeep: CompositionProblem = {
  subgraph: null,
  message: 'the supergraph is nested too deeply',
  code: 'INVALID_GRAPHQL',
  line: null,
  column: null,
};

/** An unknown version of the join spec is the one error that the library gives no place. */
function problemOf(error: GraphQLError, link: ConstDirectiveNode | undefined): CompositionProblem {
  const code = errorCode(error) ?? 'INVALID_GRAPHQL';
  const token = code === 'INVALID_FEDERATION_SUPERGRAPH' ? link?.loc?.startToken : undefined;
  const place = error.locations?.[0] ?? token;
  return { subgraph: null, message: error.message, code, line: place?.line ?? null, column: place?.column ?? null };
}
