import { HeadgateError } from '../errors';
import { type CacheInfo, cacheInfoOf } from '../transport/cache-info';
import type { FetchAnswer, FetchContent } from '../transport/fetch-answer';
import type { AnswerHeaders } from '../transport/headers';
import { readResponse } from '../transport/parse-answer';

const NOTHING: Readonly<Record<string, never>> = Object.freeze({});

/** An answer of a data source. What it says of the one over HTTP is taken for true; the bytes stay inside it. */
export class DataSourceAnswer implements FetchAnswer {
  readonly content: FetchContent;
  readonly instance = null;
  readonly attempts = 1;
  readonly requestBytes = 0;
  readonly responseBytes = 0;
  readonly errorCode = null;
  readonly error = null;
  readonly #http: Readonly<Record<PropertyKey, unknown>>;

  /** @param http that of the response; whoever wrote the data source may have made anything of it */
  constructor(content: FetchContent, http: unknown) {
    this.content = content;
    this.#http = isObject(http) ? http : NOTHING;
  }

  get status(): number | null {
    const { status } = this.#http;
    return typeof status === 'number' ? status : null;
  }

  get headers(): AnswerHeaders {
    const { headers } = this.#http;
    return isIterable(headers) ? readHeaders(headers) : NOTHING;
  }

  get cache(): CacheInfo | null {
    return cacheInfoOf(this.headers);
  }

  holdFor(): void {}
}

function readHeaders(headers: Iterable<unknown>): AnswerHeaders {
  const read = new Map<string, string>();
  for (const one of headers) {
    const [name, value] = Array.isArray(one) ? one : [];
    if (typeof name === 'string' && typeof value === 'string') read.set(name.toLowerCase(), value);
  }
  return Object.fromEntries(read);
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return isObject(value) && typeof value[Symbol.iterator] === 'function';
}

/**
 * Reads what a data source answered, which a subclass may have made or changed.
 * @throws {HeadgateError} SUBGRAPH_RESPONSE_INVALID, SUBGRAPH_RESPONSE_TOO_LARGE (nested too deeply)
 */
export function readDataSourceAnswer(service: string, response: unknown, depthMax: number): FetchContent {
  const { data, errors, extensions } = isObject(response) ? response : {};
  const details = { service };
  const given = { data, extensions, ...(errors === undefined ? {} : { errors: asPlain(errors) }) };
  const answer = readResponse(given, 0);
  if (answer === null) {
    const message = `${service} answered something that is not a GraphQL response`;
    throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', message, { details });
  }
  if (!sound(answer.data, depthMax)) {
    const message = `the answer of ${service} is nested more than ${depthMax} levels deep`;
    throw new HeadgateError('SUBGRAPH_RESPONSE_TOO_LARGE', message, { details });
  }
  return answer;
}

/** Errors that a subclass made are GraphQLErrors: their members are not all own. */
function asPlain(errors: unknown): unknown {
  if (!Array.isArray(errors)) return errors;
  return errors.map((error) =>
    isObject(error) ? { message: error.message, path: error.path, extensions: error.extensions } : error,
  );
}

/** False when `value` is nested too deeply. Removes keys `__proto__`, which JSON.parse makes and copying turns into prototypes. */
function sound(value: unknown, levelsLeft: number): boolean {
  if (!isObject(value)) return true;
  if (levelsLeft <= 0) return false;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  return Object.values(value).every((child) => sound(child, levelsLeft - 1));
}

function isObject(value: unknown): value is Record<PropertyKey, unknown> {
  return typeof value === 'object' && value !== null;
}
