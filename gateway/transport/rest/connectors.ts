import { GraphQLError, type GraphQLSchema, getNamedType, isObjectType, validateSchema } from 'graphql';
import type { Connector, Connectors, EntityConnector, Source } from './connector';
import { CONNECT_VERSIONS, isConnectVersion } from './mapping/versions';
import { type Assembly, asSource, assembleConnector, assembleEntity } from './model/assemble';
import { chooseSource } from './model/choose-source';
import { fieldSetPaths } from './model/entity-keys';
import { envUses } from './model/env-uses';
import { executableSchema } from './model/executable-schema';
import { readSdl, type SdlDocument } from './model/from-sdl';
import { readSupergraph } from './model/from-supergraph';
import { NOWHERE, positionOf } from './model/position';
import { connectInvalid, Problems } from './model/problems';
import { type ConnectDirective, readConnect, readSource, type SourceDirective } from './model/read-directives';
import type { Reading } from './model/site';
import type { SubgraphDocument } from './model/subgraph-document';
import { collectProvided, type Provided } from './model/walk-shape';
import { checkCoverage } from './validate/check-coverage';
import { checkEntity } from './validate/check-entities';
import { hintsOfConnect, hintsOfSources } from './validate/check-hints';
import { checkPlace } from './validate/check-place';
import { checkSelection } from './validate/check-selection';
import { checkConnectVariables, checkSourceVariables, type Place } from './validate/check-variables';

export type { Connectors } from './connector';
export { connectSubgraphs } from './model/from-supergraph';
export { describeProblem } from './model/problems';

/**
 * The REST adapter of one subgraph, out of a supergraph.
 * @param subgraph one of {@link connectSubgraphs}
 * @throws {HeadgateError} CONNECT_INVALID with `details.problems`
 */
export function readConnectors(supergraphSdl: string, subgraph: string): Connectors {
  const read = readSupergraph(supergraphSdl, subgraph);
  if (read !== null) return buildConnectors(read);
  const message = `the supergraph has no subgraph ${subgraph} that links the connect directives`;
  throw connectInvalid(subgraph, [{ code: 'LINK_MISSING', message, coordinate: 'schema', ...NOWHERE }]);
}

/** Lists the pools that a subgraph needs when its configuration names no instances: source name to origin and base path. */
export function sourcesOf(connectors: Connectors): Readonly<Record<string, { origin: string; basePath: string }>> {
  return Object.fromEntries(
    [...connectors.sources].map(([name, { origin, basePath }]) => [name, { origin, basePath }]),
  );
}

/**
 * Reads the connectors of a subgraph's own SDL, with lines and columns of that text.
 * @param file where the text was read from; null when nobody knows
 * @throws {HeadgateError} CONNECT_INVALID with `details.problems`
 */
export function readConnectorsFromSdl(sdl: string, subgraph: string, file: string | null = null): Connectors {
  return buildConnectors(
    refusingSyntax(subgraph, () => readSdl(subgraph, sdl), file),
    file,
  );
}

function refusingSyntax<Result>(subgraph: string, build: () => Result, file: string | null): Result {
  try {
    return build();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const place = error instanceof GraphQLError ? (error.locations?.[0] ?? NOWHERE) : NOWHERE;
    const problem = { code: 'SDL_INVALID', message: error.message, coordinate: 'schema', ...place } as const;
    throw connectInvalid(subgraph, [problem], file);
  }
}

function buildConnectors({ document, link }: SdlDocument, file: string | null = null): Connectors {
  const problems = new Problems(file);
  if (link === null) {
    const message =
      'the SDL does not link connect; write extend schema @link(url: "https://specs.apollo.dev/connect/v0.3", import: ["@connect", "@source"])';
    problems.add('LINK_MISSING', message, 'schema', NOWHERE);
  } else if (!isConnectVersion(link.version)) {
    const message = `connect/${link.version} is not supported; supported are ${CONNECT_VERSIONS.join(', ')}`;
    problems.add('VERSION_UNSUPPORTED', message, 'schema', NOWHERE);
  }
  problems.throwIfAny(document.name);
  if (link === null) throw new Error('a problem without a link is thrown');
  const schema = refusingSyntax(document.name, () => executableSchema(document), file);
  for (const error of validateSchema(schema)) {
    problems.add('SDL_INVALID', error.message, 'schema', positionOf(error.nodes?.[0]));
  }
  problems.throwIfAny(document.name);
  return compile(document, schema, { problems, link });
}

function compile(document: SubgraphDocument, schema: GraphQLSchema, reading: Reading): Connectors {
  const { problems } = reading;
  const sources = readSources(document, reading);
  const connects = document.connects.flatMap((application) => readConnect(application, reading) ?? []);
  const assembly: Assembly = { subgraph: document.name, schema, sources };
  const pools = new Map<string, Source>([...sources].map(([name, source]) => [name, asSource(source)]));
  const fields = new Map<string, Connector>();
  const others = new Map<string, readonly Connector[]>();
  const entities = new Map<string, EntityConnector[]>();
  const provided: Provided = new Map();
  for (const connect of connects) {
    const place = placeOf(connect, schema);
    const returns = place.field === undefined ? place.parent : getNamedType(place.field.type);
    const source = chooseSource(connect, sources);
    if (!checkPlace(connect, place)) continue;
    // Composition keeps the directive of a field that another subgraph overrides.
    if (returns === undefined || (connect.application.fieldName !== null && place.field === undefined)) continue;
    checkConnect(connect, place, schema, document);
    collectProvided(connect.selection.mapping.shape, returns, schema, provided);
    if (source === null) continue;
    if (connect.http !== null) pools.set(source.name, source);
    const isMutation = place.parent === schema.getMutationType();
    const connector = { ...assembleConnector(connect, source.name, returns, assembly), isMutation };
    const entity = assembleEntity(connect, connector, schema);
    if (entity !== null) entities.set(entity.type, [...(entities.get(entity.type) ?? []), entity.loader]);
    const { coordinate } = connect.site;
    if (place.field === undefined) continue;
    if (!fields.has(coordinate)) fields.set(coordinate, connector);
    else if (!isMutation) others.set(coordinate, [...(others.get(coordinate) ?? []), connector]);
    else {
      const message = 'a field of the mutation type has one @connect: what it does would be done twice';
      connect.site.refuse('CONNECT_REPEATED', message, connect.application.node);
    }
  }
  const connected = new Set(document.connects.map(({ typeName, fieldName }) => `${typeName}.${fieldName}`));
  checkCoverage({ document, schema, problems, connected, provided, entities });
  hintsOfSources(sources, connects, problems);
  problems.throwIfAny(document.name);
  // One request for many objects comes before one for each.
  for (const all of entities.values()) all.sort((a, b) => Number(b.kind === 'batch') - Number(a.kind === 'batch'));
  const env = envUses(connects, sources);
  const { warnings } = problems;
  const keys = keysOf(document);
  return { subgraph: document.name, schema, sources: pools, warnings, env, fields, others, entities, keys };
}

function checkConnect(
  connect: ConnectDirective,
  place: Place,
  schema: GraphQLSchema,
  document: SubgraphDocument,
): void {
  checkConnectVariables(connect, place);
  checkEntity(connect, place);
  checkSelection(connect, place, schema);
  hintsOfConnect(connect, place, document);
}

function keysOf({ keys }: SubgraphDocument): Connectors['keys'] {
  return new Map([...keys].map(([type, all]) => [type, all.map(({ fields }) => fieldSetPaths(fields))]));
}

function readSources(document: SubgraphDocument, reading: Reading): ReadonlyMap<string, SourceDirective> {
  const sources = new Map<string, SourceDirective>();
  for (const application of document.sources) {
    const source = readSource(application, reading);
    if (source === null) continue;
    checkSourceVariables(source);
    if (sources.has(source.name)) {
      source.site.refuse('SOURCE_DUPLICATE', `there is more than one @source named \`${source.name}\``, source.node);
    } else sources.set(source.name, source);
  }
  return sources;
}

function placeOf({ application }: ConnectDirective, schema: GraphQLSchema): Place {
  const parent = schema.getType(application.typeName ?? '');
  const field =
    isObjectType(parent) && application.fieldName !== null ? parent.getFields()[application.fieldName] : undefined;
  return { parent, field, root: parent === schema.getQueryType() || parent === schema.getMutationType() };
}
