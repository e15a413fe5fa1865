import { createHash } from 'node:crypto';
import { HeadgateError } from '../errors';
import { ExactNumber } from '../json/exact-number';
import { parseJson as parseExactly } from '../json/parse';
import type { Soon } from '../layers';
import { parseJson } from './body';
import { parseMediaType } from './media-type';
import type { RouteRequest } from './route';

/** The parameters of https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters, their form checked. */
export interface GraphqlRequest {
  /** Undefined when `extensions.persistedQuery` stands for it. */
  readonly query: string | undefined;
  readonly operationName: string | undefined;
  readonly variables: Record<string, unknown> | undefined;
  readonly extensions: Record<string, unknown> | undefined;
  /** The body of a POST as it was sent. */
  readonly body: Record<string, unknown> | undefined;
  /** Stands for the text of the body where requests are compared; absent unless it is kept. No body looks like it. */
  readonly number?: string;
}

const PARAMETERS = ['query', 'operationName', 'variables', 'extensions'];

/** Levels of lists and objects in variables and extensions: deeper ones overflow the stack of whoever walks them. */
const JSON_DEPTH_MAX = 256;

function bad(message: string): HeadgateError {
  return new HeadgateError('BAD_REQUEST', message);
}

function deeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null || value instanceof ExactNumber) return false;
  return levels === 0 || Object.values(value).some((child) => deeperThan(child, levels - 1));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOrNone(value: unknown, name: string): string | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'string') throw bad(`"${name}" must be a string`);
  return value;
}

function recordOrNone(value: unknown, name: string): Record<string, unknown> | undefined {
  if (value === undefined || value === null) return undefined;
  if (!isRecord(value)) throw bad(`"${name}" must be an object`);
  if (deeperThan(value, JSON_DEPTH_MAX)) throw bad(`"${name}" is nested deeper than ${JSON_DEPTH_MAX} levels`);
  return value;
}

const SHA256 = /^[0-9a-f]{64}$/;

/** Apollo Server calls what is wrong with a persisted query an error of its own, or fails. */
function checkPersisted(persisted: unknown, query: string | undefined): void {
  if (persisted === undefined || persisted === null) return;
  const { version, sha256Hash } = isRecord(persisted) ? persisted : {};
  if (version !== 1 || typeof sha256Hash !== 'string' || !SHA256.test(sha256Hash))
    throw bad(
      '"extensions.persistedQuery" must be {"version": 1, "sha256Hash": "64 hexadecimal digits in lower case"}',
    );
  if (query !== undefined && createHash('sha256').update(query).digest('hex') !== sha256Hash)
    throw bad('"extensions.persistedQuery.sha256Hash" is not the SHA-256 of the "query"');
}

function check(parameters: Record<string, unknown>): Omit<GraphqlRequest, 'body'> {
  const extensions = recordOrNone(parameters.extensions, 'extensions');
  const query = textOrNone(parameters.query, 'query');
  checkPersisted(extensions?.persistedQuery, query);
  if ((query === undefined || query === '') && extensions?.persistedQuery === undefined) {
    throw bad('the request must have a "query": a string that holds a GraphQL document');
  }
  return {
    query,
    operationName: textOrNone(parameters.operationName, 'operationName'),
    variables: recordOrNone(parameters.variables, 'variables'),
    extensions,
  };
}

function readQueryString({ query }: RouteRequest): Omit<GraphqlRequest, 'body'> {
  const parameter = (name: string): string | undefined => {
    const values = query.getAll(name);
    if (values.length > 1) throw bad(`the parameter "${name}" is given ${values.length} times`);
    return values[0];
  };
  const jsonParameter = (name: string): unknown => {
    const text = parameter(name);
    return text === undefined || text === '' ? undefined : parseJson(text, `the parameter "${name}"`, parseExactly);
  };
  return check({
    query: parameter('query') || undefined,
    operationName: parameter('operationName') || undefined,
    variables: jsonParameter('variables'),
    extensions: jsonParameter('extensions'),
  });
}

/**
 * The body of a POST; null for a GET, whose parameters are in the query string.
 * @throws {HeadgateError} UNSUPPORTED_MEDIA_TYPE, REQUEST_TOO_LARGE, REQUEST_TIMEOUT, REQUEST_CANCELLED
 */
export function readGraphqlText(request: RouteRequest): Soon<string | null> {
  if (request.method !== 'POST') return null;
  const type = request.headers['content-type'];
  if (type !== 'application/json' && parseMediaType(type)?.essence !== 'application/json') {
    throw new HeadgateError('UNSUPPORTED_MEDIA_TYPE', 'send the request with "content-type: application/json"');
  }
  return request.text();
}

/** The query string without parameters that are empty, which are not given; Apollo Server would parse them. */
export function givenSearch({ search, query }: Pick<RouteRequest, 'search' | 'query'>): string {
  const isEmpty = PARAMETERS.some((name) => query.get(name) === '');
  if (!isEmpty) return search;
  const given = new URLSearchParams(query);
  for (const name of PARAMETERS) if (given.get(name) === '') given.delete(name);
  return `?${given}`;
}

/** @throws {HeadgateError} BAD_REQUEST */
export function readGraphqlQuery(request: RouteRequest): GraphqlRequest {
  return { ...readQueryString(request), body: undefined };
}

/** @throws {HeadgateError} BAD_REQUEST */
export function readGraphqlBody(text: string): GraphqlRequest {
  const body = parseJson(text, 'the request body', parseExactly);
  if (Array.isArray(body))
    throw bad('the request body is an array; batches are not answered, send one operation a request');
  if (!isRecord(body)) throw bad('the request body must be a JSON object with a "query"');
  return { ...check(body), body };
}
