import { createHash } from 'node:crypto';
import { ERROR_BEHAVIORS, isErrorBehavior } from '../../execution/error-behavior';
import { ExactNumber } from '../../json/exact-number';
import { parseJson } from '../../json/parse';
import { KeptMap, textBytes, tokensIn } from '../../kept';
import type { Asked } from '../../operations/asked';
import { readJson } from '../body';
import type { RouteRequest } from '../route';
import { type DocumentIds, documentIdOf, NO_DOCUMENT_IDS } from './document-id';
import { WrongParameters } from './status-rules';

/** Levels of lists and objects in variables and extensions: deeper ones overflow the stack of whoever walks them. */
const JSON_DEPTH_MAX = 256;

function bad(message: string): WrongParameters {
  return new WrongParameters(message);
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
function checkPersisted(persisted: unknown, query: string | undefined, takesAnyId: boolean): void {
  if (persisted === undefined || persisted === null) return;
  const { version, sha256Hash } = isRecord(persisted) ? persisted : {};
  if (takesAnyId && query === undefined && version === 1 && isId(sha256Hash)) return;
  if (version !== 1 || typeof sha256Hash !== 'string' || !SHA256.test(sha256Hash))
    throw bad(
      '"extensions.persistedQuery" must be {"version": 1, "sha256Hash": "64 hexadecimal digits in lower case"}',
    );
  if (query !== undefined && createHash('sha256').update(query).digest('hex') !== sha256Hash)
    throw bad('"extensions.persistedQuery.sha256Hash" is not the SHA-256 of the "query"');
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '' && value.length <= 1_024;
}

/** Where an id of a document may stand, and the one in the path. */
function behavior(value: unknown): Pick<Asked, 'onError'> {
  if (value === undefined || value === null) return {};
  if (!isErrorBehavior(value)) throw bad(`"onError" must be one of ${ERROR_BEHAVIORS.join(', ')}`);
  return { onError: value };
}

interface Naming {
  readonly ids: DocumentIds;
  readonly inPath: string | undefined;
}

function check(
  parameters: Record<string, unknown>,
  key: string | null,
  isReadOnly: boolean,
  { ids, inPath }: Naming,
): Asked {
  const extensions = recordOrNone(parameters.extensions, 'extensions');
  const query = textOrNone(parameters.query, 'query');
  checkPersisted(extensions?.persistedQuery, query, ids.takesHashes);
  const documentId = documentIdOf([
    ['the path', inPath],
    ...ids.names.map((name) => [`"${name}"`, parameters[name]] as const),
  ]);
  if ((query === undefined || query === '') && documentId === undefined && extensions?.persistedQuery === undefined) {
    throw bad('the request must have a "query": a string that holds a GraphQL document');
  }
  return {
    query: documentId !== undefined && query === '' ? undefined : query,
    ...(documentId !== undefined && { documentId }),
    operationName: textOrNone(parameters.operationName, 'operationName'),
    variables: recordOrNone(parameters.variables, 'variables'),
    extensions,
    ...behavior(parameters.onError),
    key,
    isReadOnly,
    ownsAnswer: false,
  };
}

/**
 * Reads the parameters of https://graphql.github.io/graphql-over-http/draft/#sec-Request-Parameters from a query string.
 * @throws {HeadgateError} BAD_REQUEST
 */
export function readGraphqlQuery(request: Pick<RouteRequest, 'query' | 'search' | 'params'>, ids: DocumentIds): Asked {
  const { query, search } = request;
  const parameter = (name: string): string | undefined => {
    const values = query.getAll(name);
    if (values.length > 1) throw bad(`the parameter "${name}" is given ${values.length} times`);
    return values[0];
  };
  const jsonParameter = (name: string): unknown => {
    const text = parameter(name);
    return text === undefined || text === '' ? undefined : readJson(text, `the parameter "${name}"`, parseJson);
  };
  const given = {
    query: parameter('query') || undefined,
    operationName: parameter('operationName') || undefined,
    variables: jsonParameter('variables'),
    extensions: jsonParameter('extensions'),
    onError: parameter('onError') || undefined,
    ...Object.fromEntries(ids.names.map((name) => [name, parameter(name)])),
  };
  return check(given, search, true, { ids, inPath: ids.inPath(request) });
}

/**
 * Reads the same parameters from the body of a POST.
 * @param key stands for the text where requests are compared
 * @throws {HeadgateError} BAD_REQUEST
 */
function readGraphqlBody(text: string, key: string, naming: Naming): Asked {
  const body = readJson(text, 'the request body', parseJson);
  if (Array.isArray(body))
    throw bad('the request body is an array; batches are not answered, send one operation a request');
  if (!isRecord(body)) throw bad('the request body must be a JSON object with a "query"');
  return check(body, key, false, naming);
}

/** Bodies that are parsed once: clients send the same operations again and again. */
const KEPT_CHARACTERS_MAX = 16_384;
/** Bytes of a request for each token of its body: what is parsed of it, and the variables coerced. */
const BYTES_PER_TOKEN = 60;

/** Reads bodies; equal ones are the same object. */
export class GraphqlBodies {
  readonly #known = new KeptMap<string, Asked>({
    name: 'requests',
    // The text, those in it, and the key of the operation.
    weigh: (_, body) => 3 * textBytes(body) + BYTES_PER_TOKEN * tokensIn(body),
  });
  #numbers = 0;
  readonly #ids: DocumentIds;

  /** @param ids where documents may be named */
  constructor(ids = NO_DOCUMENT_IDS) {
    this.#ids = ids;
  }

  /** @throws {HeadgateError} BAD_REQUEST */
  read(body: string, request: Pick<RouteRequest, 'params'>): Asked {
    const ids = this.#ids;
    const inPath = ids.inPath(request);
    // What a body is without the id in the path is for nobody else.
    if (inPath !== undefined) return readGraphqlBody(body, body, { ids, inPath });
    const known = this.#known.get(body);
    if (known !== undefined) return known;
    if (body.length > KEPT_CHARACTERS_MAX) return readGraphqlBody(body, body, { ids, inPath });
    // No body looks like a number.
    const asked = readGraphqlBody(body, String(this.#numbers++), { ids, inPath });
    this.#known.set(body, asked);
    return asked;
  }
}
