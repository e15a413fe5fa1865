import { isJsonArray, isJsonObject, isJsonScalar, type Json, type JsonScalar } from '../json';
import type { Mapping } from '../mapping/mapping';
import type { Variables } from '../mapping/scope';
import { encodeUnreserved, scalarText } from './percent-encoding';
import { RequestRefused } from './refused';
import { runScalar } from './template';
import type { QueryPair, UrlPart, UrlTemplate } from './url-template';

/** The `path` and `queryParams` mappings beside a URL. */
interface UrlAdditions {
  readonly path: Mapping | null;
  readonly queryParams: Mapping | null;
}

export interface UrlStage extends UrlAdditions {
  readonly template: UrlTemplate;
}

/**
 * Path and query of one request: the source's parts first, then the connector's, parameters never merged.
 * No text from a value can start a segment, a parameter or another host.
 * @throws {RequestRefused} a segment would be empty, `.` or `..`, or a value is no scalar
 */
export function buildPath(stages: readonly UrlStage[], variables: Variables): string {
  const segments = stages.flatMap((stage) => [
    ...stage.template.segments.map((segment) => buildSegment(segment, variables)),
    ...mappedSegments(stage.path, variables),
  ]);
  const pairs = stages.flatMap((stage) => [
    ...stage.template.query.map((pair) => buildPair(pair, variables)),
    ...mappedPairs(stage.queryParams, variables),
  ]);
  const slash = segments.length > 0 && endsInSlash(stages) ? '/' : '';
  const query = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `/${segments.join('/')}${slash}${query}`;
}

/** The last stage that adds something to the path says whether it ends in a slash. */
function endsInSlash(stages: readonly UrlStage[]): boolean {
  const last = stages.findLast(({ path, template }) => path !== null || template.segments.length > 0);
  return last?.path === null && last.template.trailingSlash;
}

function buildSegment(parts: readonly UrlPart[], variables: Variables): string {
  let segment = '';
  for (const part of parts) {
    if (typeof part === 'string') segment += part;
    else {
      const value = runScalar(part.mapping, variables);
      if (value === null) refuseNull(part.mapping);
      segment += encodeUnreserved(scalarText(value));
    }
  }
  return checkedSegment(segment);
}

function refuseNull(expression: Mapping): void {
  const fromParent = expression.references.some(({ variable }) => variable === '$this');
  throw new RequestRefused('a value in the path is null', fromParent);
}

/** An empty segment would turn `/users/{id}` into the list, dots would climb. */
function checkedSegment(segment: string): string {
  if (segment === '') throw new RequestRefused('a value in the path is empty');
  if (segment === '.' || segment === '..') throw new RequestRefused('a value in the path is `.` or `..`');
  return segment;
}

function mappedSegments(mapping: Mapping | null, variables: Variables): string[] {
  if (mapping === null) return [];
  const value = mapping.run(undefined, variables) ?? null;
  if (value === null) return refuseNullPath(mapping);
  if (!isJsonArray(value)) throw new RequestRefused('`path` gives no list of segments');
  return value.map((item) => checkedSegment(encodeUnreserved(scalarText(scalar(item)))));
}

function refuseNullPath(mapping: Mapping): never {
  const fromParent = mapping.references.some(({ variable }) => variable === '$this');
  throw new RequestRefused('`path` gives nothing', fromParent);
}

function buildPair({ name, value }: QueryPair, variables: Variables): string {
  const left = buildText(name, variables);
  return value === null ? left : `${left}=${buildText(value, variables)}`;
}

function buildText(parts: readonly UrlPart[], variables: Variables): string {
  return parts
    .map((part) => (typeof part === 'string' ? part : encodeUnreserved(scalarText(runScalar(part.mapping, variables)))))
    .join('');
}

/** One parameter for each field; a list repeats the name; null leaves it out. */
function mappedPairs(mapping: Mapping | null, variables: Variables): string[] {
  if (mapping === null) return [];
  const value = mapping.run(undefined, variables) ?? null;
  if (value === null) return [];
  if (!isJsonObject(value)) throw new RequestRefused('`queryParams` gives no object');
  return Object.entries(value).flatMap(([name, item]) => {
    const items = isJsonArray(item) ? item : [item];
    return items
      .filter((one) => one !== null)
      .map((one) => `${encodeUnreserved(name)}=${encodeUnreserved(scalarText(scalar(one)))}`);
  });
}

function scalar(value: Json): JsonScalar {
  if (isJsonScalar(value)) return value;
  throw new RequestRefused('a value in the URL is a list or an object where one value is needed');
}
