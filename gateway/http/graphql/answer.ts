import { validateHeaderValue } from 'node:http';
import type { GraphQLFormattedError } from 'graphql';
import { type HeadgateError, statusOfCode } from '../../errors';
import { encode } from '../../execution/json-text';
import type { Outcome } from '../../operations/asked';
import { headersOf } from '../error-answer';
import type { Answer } from '../route';
import type { AnswerType } from './answer-type';
import { httpOf } from './public-errors';
import type { StatusRules } from './status-rules';

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

function contentType(status: number, type: AnswerType, rules: StatusRules): string {
  return `${rules.mediaType(status, type)}; charset=utf-8`;
}

const PLAIN_HEADERS: Readonly<Record<AnswerType['mediaType'], Readonly<Record<string, string>>>> = {
  'application/json': { 'cache-control': 'no-store', 'content-type': 'application/json; charset=utf-8' },
  'application/graphql-response+json': {
    'cache-control': 'no-store',
    'content-type': 'application/graphql-response+json; charset=utf-8',
  },
};

/**
 * Answers a request that is no operation, or whose outcome is not waited for.
 * @param id of the request: of what is kept from the client, it leads to the line of the log
 */
export function failureAnswer(error: HeadgateError, type: AnswerType, id: string, rules: StatusRules): Answer {
  const { code, message, details } = error;
  const extensions = { ...details, code, ...(code === 'INTERNAL' && id !== '' && { errorId: id }) };
  const status = rules.failed(error);
  return {
    status,
    headers: { 'content-type': contentType(status, type, rules), 'cache-control': 'no-store', ...headersOf(error) },
    body: JSON.stringify({ errors: [{ message, extensions }] }),
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

type Wishes = NonNullable<Outcome['http']>;

const NO_WISHES: Wishes = { status: undefined, headers: [] };

/** Headers that were wished for, then those that header rules took from subgraph answers. */
function mergeHeaders(
  wished: Iterable<readonly [string, string]>,
  propagated: Outcome['headers'],
  contentType: string,
): NonNullable<Answer['headers']> {
  const headers: Record<string, string | readonly string[]> = { 'cache-control': 'no-store' };
  for (const [name, value] of wished) headers[name.toLowerCase()] = value;
  for (const [name, sound] of passingHeaders(propagated)) {
    const before = headers[name];
    headers[name] = name === 'set-cookie' && before !== undefined ? [before, sound].flat() : sound;
  }
  headers['content-type'] = contentType;
  return headers;
}

/** Bodies of data that the engine hands out again, when every subgraph answered what it answered before, and of what several wait for. */
const bodies = new WeakMap<object, Buffer>();

function bodyOf(outcome: Outcome, errors: readonly GraphQLFormattedError[]): Buffer {
  const { data, extensions } = outcome;
  const isPlain = errors.length === 0 && extensions === undefined && data !== null && data !== undefined;
  const known = bodies.get(isPlain ? data : outcome);
  if (known !== undefined) return known;
  const body = encode({ ...(errors.length > 0 && { errors }), data, extensions });
  bodies.set(isPlain ? data : outcome, body);
  return body;
}

/** What the errors of a request that was refused say about the whole answer; of several the last has its way. */
function wishesOf(errors: Outcome['errors']): Wishes {
  let status: number | undefined;
  const headers: (readonly [string, string])[] = [];
  for (const { extensions } of errors) {
    const http = httpOf(extensions?.http);
    status = http?.status ?? status;
    if (http !== null) headers.push(...http.headers);
  }
  return { status, headers };
}

/** @param outcome before it is written @param errors as the client sees them */
export function outcomeAnswer(
  outcome: Outcome,
  errors: readonly GraphQLFormattedError[],
  type: AnswerType,
  rules: StatusRules,
): Answer {
  const { data, headers, http } = outcome;
  const body = bodyOf(outcome, errors);
  if (data !== undefined && http === undefined && headers.size === 0)
    return { status: rules.executed(errors.length > 0, type), headers: PLAIN_HEADERS[type.mediaType], body };
  const wishes = http ?? (data === undefined ? wishesOf(outcome.errors) : NO_WISHES);
  const code = errors[0]?.extensions?.code;
  const status =
    data === undefined
      ? rules.refused(statusOfRefusal(wishes.status, code), code, type)
      : (wishes.status ?? rules.executed(errors.length > 0, type));
  return { status, headers: mergeHeaders(wishes.headers, headers, contentType(status, type, rules)), body };
}

/** 400 and 500 are what is there when nobody chose: then the code decides. */
function statusOfRefusal(status = 400, code: unknown): number {
  return status === 400 || status === 500 ? (statusOfCode(code) ?? status) : status;
}
