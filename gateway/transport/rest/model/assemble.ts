import {
  type GraphQLArgument,
  type GraphQLInputType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isObjectType,
} from 'graphql';
import type { Connector, EntityConnector, Source } from '../connector';
import type { JsonObject } from '../json';
import { fieldNames } from '../mapping/shape';
import { keyPaths, uses } from './entity-keys';
import type { ConnectDirective, SourceDirective } from './read-directives';
import { collectProvided, type Provided } from './walk-shape';

/** Objects in one bulk request when the adapter sets no limit: an unbounded list of keys would be refused by most services. */
const BATCH_SIZE_DEFAULT = 1_000;

/** The source that a connector's requests go to: named, or the origin written in the URL. */
export function sourceFor(
  { http, source }: ConnectDirective,
  sources: ReadonlyMap<string, SourceDirective>,
): Source | null {
  if (source === null) {
    const origin = http?.url.origin ?? null;
    return origin === null ? null : { name: origin, origin, basePath: '' };
  }
  const named = sources.get(source.name);
  return named === undefined ? null : asSource(named);
}

export function asSource({ name, http }: SourceDirective): Source {
  const path = http.url.segments.map((parts) => parts.filter((part) => typeof part === 'string').join('')).join('/');
  return { name, origin: http.url.origin ?? '', basePath: path === '' ? '' : `/${path}` };
}

export interface Assembly {
  readonly subgraph: string;
  readonly schema: GraphQLSchema;
  readonly sources: ReadonlyMap<string, SourceDirective>;
}

export function assembleConnector(
  connect: ConnectDirective,
  pool: string,
  returns: GraphQLNamedType,
  { subgraph, schema, sources }: Assembly,
): Omit<Connector, 'isMutation'> {
  const source = connect.source === null ? undefined : sources.get(connect.source.name);
  const { http, selection, application } = connect;
  const reached: Provided = new Map();
  collectProvided(selection.mapping.shape, returns, schema, reached);
  return {
    coordinate: `${subgraph}:${connect.site.coordinate}@connect[${application.index}]`,
    source: pool,
    virtual: http === null,
    method: http?.method ?? 'GET',
    url: [source?.http, http].flatMap((one) => (one === null || one === undefined ? [] : [stage(one)])),
    sourceHeaders: source?.http.headers ?? [],
    headers: http?.headers ?? [],
    body: http?.body?.mapping ?? null,
    selection: selection.mapping,
    isSuccess: (connect.isSuccess ?? source?.isSuccess)?.mapping ?? null,
    errorMessage: (connect.errorMessage ?? source?.errorMessage)?.mapping ?? null,
    errorExtensions: [source?.errorExtensions, connect.errorExtensions].flatMap((found) => found?.mapping ?? []),
    thisFields: thisFields(connect),
    reaches: new Set(reached.keys()),
  };
}

function stage({ url, path, queryParams }: NonNullable<ConnectDirective['http']> | SourceDirective['http']) {
  return { template: url, path: path?.mapping ?? null, queryParams: queryParams?.mapping ?? null };
}

function thisFields(connect: ConnectDirective): readonly string[] {
  const { http, selection, isSuccess, errorMessage, errorExtensions } = connect;
  const all = [...(http?.mappings ?? []), selection, isSuccess, errorMessage, errorExtensions];
  const references = all.flatMap((located) => located?.mapping.references ?? []);
  return [...new Set(references.flatMap(({ variable, keys }) => (variable === '$this' ? (keys[0] ?? []) : [])))];
}

/** The connector as a way to load objects; null when it is not one. */
export function assembleEntity(connect: ConnectDirective, connector: Connector, schema: GraphQLSchema) {
  const { application, entity, batch } = connect;
  const parent = schema.getType(application.typeName ?? '');
  if (!isObjectType(parent)) return null;
  const field = application.fieldName === null ? undefined : parent.getFields()[application.fieldName];
  if (field !== undefined && !entity) return null;
  const type = field === undefined ? parent : getNamedType(field.type);
  if (!isObjectType(type)) return null;
  const byBatch = uses(connect, '$batch');
  const keys =
    field === undefined ? keyPaths(connect, byBatch ? '$batch' : '$this') : argumentKeys(field.args, type.getFields());
  const loader: EntityConnector = {
    connector,
    kind: byBatch ? 'batch' : 'one',
    keys,
    defaults: argumentDefaults(field?.args ?? []),
    maxSize: batch?.maxSize ?? BATCH_SIZE_DEFAULT,
    provides: providedBy(connector, type),
  };
  return { type: type.name, loader };
}

/** Arguments that are named like fields; input objects like the fields of the object that their field leads to. */
export function argumentKeys(
  args: readonly { readonly name: string; readonly type: GraphQLInputType }[],
  fields: GraphQLObjectType['getFields'] extends () => infer Fields ? Fields : never,
): readonly (readonly string[])[] {
  return args.flatMap(({ name, type }) => {
    const field = fields[name];
    if (field === undefined) return [];
    const [input, object] = [getNamedType(type), getNamedType(field.type)];
    if (!isInputObjectType(input)) return [[name]];
    if (!isObjectType(object)) return [];
    return argumentKeys(Object.values(input.getFields()), object.getFields()).map((path) => [name, ...path]);
  });
}

function argumentDefaults(args: readonly GraphQLArgument[]): JsonObject {
  const given = args.filter(({ defaultValue }) => defaultValue !== undefined);
  // Defaults are read from SDL, where every value is JSON.
  return Object.fromEntries(given.map(({ name, defaultValue }) => [name, defaultValue])) as JsonObject;
}

function providedBy({ selection }: Connector, type: GraphQLObjectType): ReadonlySet<string> {
  return fieldNames(selection.shape) ?? new Set(Object.keys(type.getFields()));
}
