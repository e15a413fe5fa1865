import type { Soon } from '../../../layers';
import type { HeldBytes } from '../../../under-way';
import type { CallReport } from '../../fetch-answer';
import type { Connector } from '../connector';
import { holdsNothing, isJsonObject, type Json, type JsonObject } from '../json';
import type { Mapping } from '../mapping/mapping';
import { MappingLimitError, type Variables } from '../mapping/scope';
import type { Unreadable } from './read-body';
import { codeOfStatus, type ErrorSite, restError } from './rest-error';
import { manyRows, selectInTurns } from './select-in-turns';

/** An HTTP answer with its body read. */
export interface RestAnswer extends CallReport {
  readonly status: number;
  /** Null for a small one. Whoever gets the answer lets go of it. */
  readonly held: HeldBytes | null;
  readonly data: Json;
  /** What kept the body from being read; null when nothing did. */
  readonly unreadable: Unreadable | null;
  /** Milliseconds of a Retry-After header. */
  readonly retryAfterMs: number | null;
}

/**
 * Success or failure, and the mapped value of a success; absent is null. What is too long for one turn of the loop is mapped in several.
 * @param turn is waited for before each further piece
 * @throws {RestError} the service failed, or its answer cannot be used
 */
export function judge(
  connector: Connector,
  answer: RestAnswer,
  asked: Variables,
  site: ErrorSite,
  turn: () => Promise<void>,
): Soon<Json> {
  const variables: Variables = {
    ...asked,
    $status: answer.status,
    $response: { headers: headerLists(answer.headers) },
  };
  try {
    if (!succeeded(connector, answer, variables)) throw failure(connector, answer, variables, site);
    if (answer.unreadable !== null && isMissed(answer.unreadable, connector)) throw unusable(answer, site);
    const rows = manyRows(connector.selection, answer.data);
    if (rows === null) return select(connector.selection, answer.data, variables);
    return selectInTurns(connector.selection, rows, variables, turn).catch((error) => {
      throw limited(error, answer, site);
    });
  } catch (error) {
    throw limited(error, answer, site);
  }
}

function limited(error: unknown, { status }: RestAnswer, site: ErrorSite): unknown {
  if (!(error instanceof MappingLimitError)) return error;
  return restError(site, 'REST_RESPONSE_INVALID', error.message, { http: { status } }, error);
}

/**
 * The value of a connector that asks nobody; absent is null.
 * @throws {RestError} the mapping went over a limit
 */
export function compute({ selection }: Connector, variables: Variables, site: ErrorSite): Json {
  try {
    return selection.run(undefined, variables) ?? null;
  } catch (error) {
    if (!(error instanceof MappingLimitError)) throw error;
    throw restError(site, 'REST_RESPONSE_INVALID', error.message, {}, error);
  }
}

function succeeded({ isSuccess }: Connector, { status, data }: RestAnswer, variables: Variables): boolean {
  return isSuccess === null ? status >= 200 && status < 300 : soleValue(isSuccess.run(data, variables)) === true;
}

const UNREADABLE: Readonly<Record<Unreadable, string>> = {
  syntax: 'something that is not valid JSON',
  depth: 'JSON that is nested too deeply',
  type: 'something that is neither JSON nor plain text',
};

/** A body of another type, such as a page, is none that a mapping without data misses. */
function isMissed(unreadable: Unreadable, { selection }: Connector): boolean {
  return unreadable !== 'type' || selection.dataOffset !== null;
}

function unusable({ status, unreadable }: RestAnswer, site: ErrorSite) {
  const what = UNREADABLE[unreadable ?? 'syntax'];
  return restError(site, 'REST_RESPONSE_INVALID', `the REST service answered ${what}`, { http: { status } });
}

/** An answer without a body maps to null unless the mapping gives something of its own, such as `success: $(true)`. */
function select(selection: Mapping, data: Json, variables: Variables): Json {
  const value = selection.run(data, variables) ?? null;
  return data === null && selection.dataOffset !== null && holdsNothing(value) ? null : value;
}

function failure(connector: Connector, answer: RestAnswer, variables: Variables, site: ErrorSite) {
  const { status, data, retryAfterMs } = answer;
  const mapped = soleValue(connector.errorMessage?.run(data, variables));
  const message =
    typeof mapped === 'string' && mapped !== '' ? mapped : `the REST service answered with status ${status}`;
  const more: Record<string, Json> = { http: { status } };
  if (retryAfterMs !== null) more.retryAfter = Math.ceil(retryAfterMs / 1000);
  for (const mapping of connector.errorExtensions) {
    const extensions = mapping.run(data, variables);
    if (extensions !== undefined && isJsonObject(extensions)) putOver(more, extensions);
  }
  return restError(site, codeOfStatus(status), message, more);
}

/** `message` alone is a mapping that makes an object of one field: where one value is wanted, that of the field is meant. */
function soleValue(value: Json | undefined): Json | undefined {
  if (value === undefined || !isJsonObject(value)) return value;
  const values = Object.values(value);
  return values.length === 1 ? values[0] : value;
}

/** `http` is merged, so that an adapter that adds to it keeps the status; a null says that the body had nothing. */
function putOver(target: Record<string, Json>, extensions: JsonObject): void {
  for (const [name, value] of Object.entries(extensions)) {
    if (value === null || name === 'service' || name === '__proto__') continue;
    const before = target[name];
    target[name] = name === 'http' && isJsonObject(value) && isJsonObject(before) ? { ...before, ...value } : value;
  }
}

/** Every header as a list, as `$request.headers` and `$response.headers` have them. */
export function headerLists(headers: Readonly<Record<string, string | readonly string[] | undefined>>): JsonObject {
  const lists: Record<string, Json> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) lists[name] = typeof value === 'string' ? [value] : value;
  }
  return lists;
}
