import { validateHeaderValue } from 'node:http';
import type { GraphQLError } from 'graphql';
import { type HeadgateError, statusOfCode } from '../errors';
import type { AnswerType } from './accept';
import type { ApolloAnswer, Outcome } from './apollo';
import type { DirectOutcome } from './direct';
import { headersOfCode } from './error-answer';
import type { Answer } from './route';

/** Failures of a well-formed request: a client that asked for `application/json` gets them with status 200. */
const OPERATION_FAILURES: ReadonlySet<unknown> = new Set([
  'GRAPHQL_PARSE_FAILED',
  'GRAPHQL_VALIDATION_FAILED',
  'BAD_USER_INPUT',
  'OPERATION_LIMIT_EXCEEDED',
  'PLANNING_FAILED',
]);

/** Headers of one connection or one body (RFC 9110 section 7.6.1): never taken over from a subgraph's answer. */
const OWN_HEADERS: ReadonlySet<string> = new Set([
  'connection',
  'content-encoding',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

function contentType({ mediaType }: AnswerType): string {
  return `${mediaType}; charset=utf-8`;
}

const NO_HEADERS: ApolloAnswer['headers'] = new Map();
const DIRECT_HEADERS: Readonly<Record<AnswerType['mediaType'], Readonly<Record<string, string>>>> = {
  'application/json': { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
  'application/graphql-response+json': {
    'cache-control': 'no-store',
    'content-type': 'application/graphql-response+json; charset=utf-8',
  },
};

function softened(status: number, code: unknown, type: AnswerType): number {
  return type.legacy && status === 400 && OPERATION_FAILURES.has(code) ? 200 : status;
}

/** A request that never reached Apollo Server, or whose answer is not waited for. */
export function failureAnswer(error: HeadgateError, type: AnswerType): Answer {
  const { code, message, details } = error;
  return {
    status: statusOfCode(code) ?? 500,
    headers: { 'content-type': contentType(type), 'cache-control': 'no-store', ...headersOfCode(code) },
    body: JSON.stringify({ errors: [{ message, extensions: { ...details, code } }] }),
  };
}

/** An operation that the limits refused before it was parsed. */
export function refusalAnswer(error: GraphQLError, type: AnswerType): Answer {
  const { code } = error.extensions;
  return {
    status: softened(statusOfCode(code) ?? 400, code, type),
    headers: { 'content-type': contentType(type), 'cache-control': 'no-store' },
    body: JSON.stringify({ errors: [error] }),
  };
}

function isValue(name: string, value: string): boolean {
  try {
    validateHeaderValue(name, value);
    return true;
  } catch {
    return false;
  }
}

/** Leaves of the headers that rules took from subgraph answers those that may pass. */
export function* passingHeaders(
  propagated: ReadonlyMap<string, readonly string[]>,
): Generator<readonly [name: string, values: readonly string[]]> {
  for (const [name, values] of propagated) {
    const sound = values.filter((value) => isValue(name, value));
    if (!OWN_HEADERS.has(name) && sound.length > 0) yield [name, sound];
  }
}

/** Headers of Apollo Server and its plugins, then those that header rules took from subgraph answers. */
function mergeHeaders(own: ApolloAnswer['headers'], propagated: ReadonlyMap<string, readonly string[]>) {
  const headers: Record<string, string | readonly string[]> = { 'cache-control': 'no-store' };
  for (const [name, value] of own) headers[name.toLowerCase()] = value;
  for (const [name, sound] of passingHeaders(propagated)) {
    const before = headers[name];
    headers[name] = name === 'set-cookie' && before !== undefined ? [before, sound].flat() : sound;
  }
  return headers;
}

/** 400 and 500 are what Apollo Server puts when nobody chose: then the code decides. */
function statusOfFailure(status: number, code: unknown): number {
  return status === 400 || status === 500 ? (statusOfCode(code) ?? status) : status;
}

/** Makes the answer of what Apollo Server answered, with the status that its error code and the client's media type ask for. */
export function apolloAnswer(
  answer: ApolloAnswer,
  outcome: Outcome,
  type: AnswerType,
  propagated: ReadonlyMap<string, readonly string[]>,
): Answer {
  const code = outcome.errorCodes[0];
  const status = outcome.hasData ? answer.status : statusOfFailure(answer.status, code);
  const headers = { ...mergeHeaders(answer.headers, propagated), 'content-type': contentType(type) };
  return { status: softened(status, code, type), headers, body: answer.body };
}

/** Makes the answer of what the engine answered without Apollo Server. */
export function directAnswer({ body, hasData, errorCodes, responseHeaders }: DirectOutcome, type: AnswerType): Answer {
  const code = errorCodes[0];
  const status = hasData ? 200 : softened(statusOfCode(code) ?? 400, code, type);
  if (responseHeaders.size === 0) return { status, headers: DIRECT_HEADERS[type.mediaType], body };
  const headers = mergeHeaders(NO_HEADERS, responseHeaders);
  return { status, headers: { ...headers, 'content-type': contentType(type) }, body };
}
