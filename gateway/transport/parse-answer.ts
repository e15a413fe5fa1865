import { type ErrorCode, HeadgateError } from '../errors';
import { parseExactly, parseOrNone } from '../json/parse';
import { scanJson } from '../json/scan';
import type { FetchContent, SubgraphError } from './fetch-answer';

/** What clients of Apollo's gateway know these as. */
const CODE_OF_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
]);

const BYTE_ORDER_MARK = '\ufeff';

/** Text of an answer, and what was seen of it before it is parsed. */
export interface ScannedAnswer {
  readonly text: string;
  readonly scan: ReturnType<typeof scanJson>;
}

function scanned(body: Buffer, depthMax: number): ScannedAnswer {
  const text = textOf(body);
  return { text, scan: scanJson(text, depthMax) };
}

/**
 * Reads a GraphQL response that may be anything: the JSON is hostile until shown otherwise.
 * @param service the subgraph's name, for messages
 * @param known when that was done in turns of their own
 * @throws {HeadgateError} UNAUTHENTICATED, FORBIDDEN, SUBGRAPH_HTTP_ERROR, SUBGRAPH_RESPONSE_INVALID, SUBGRAPH_RESPONSE_TOO_LARGE (nested too deeply)
 */
export function parseAnswer(
  service: string,
  status: number,
  body: Buffer,
  depthMax: number,
  { text, scan }: ScannedAnswer = scanned(body, depthMax),
): FetchContent {
  const details = { service, status };
  if (scan.isTooDeep) {
    const message = `the answer of ${service} is nested more than ${depthMax} levels deep`;
    throw new HeadgateError('SUBGRAPH_RESPONSE_TOO_LARGE', message, { details });
  }
  const value = parseOrNone(text, scan.mayHaveLongNumbers ? parseExactly : undefined);
  if (scan.mayHaveProto) dropProtoKeys(value);
  const answer = isRecord(value) ? readResponse(value, body.length) : null;
  const success = status >= 200 && status < 300;
  if (answer !== null && (success || answer.data !== null || answer.errors.length > 0)) return answer;
  if (!success) {
    const code = CODE_OF_STATUS.get(status) ?? 'SUBGRAPH_HTTP_ERROR';
    throw new HeadgateError(code, `${service} answered with HTTP status ${status}`, { details });
  }
  throw new HeadgateError('SUBGRAPH_RESPONSE_INVALID', `${service} answered something that is not a GraphQL response`, {
    details,
  });
}

export function textOf(body: Buffer): string {
  const text = body.toString('utf8');
  return text.startsWith(BYTE_ORDER_MARK) ? text.slice(1) : text;
}

/** Section "Response Format" of the GraphQL specification; null when it is not one. */
export function readResponse(
  { data, errors, extensions }: Record<string, unknown>,
  bytes: number,
): FetchContent | null {
  if (data === undefined && !Array.isArray(errors)) return null;
  if (data !== undefined && data !== null && !isRecord(data)) return null;
  if (errors !== undefined && errors !== null && !Array.isArray(errors)) return null;
  return {
    data: data ?? null,
    errors: Array.isArray(errors) ? errors.map(readError) : [],
    extensions: isRecord(extensions) ? extensions : null,
    bytes,
  };
}

function readError(error: unknown): SubgraphError {
  const { message, path, extensions } = isRecord(error) ? error : {};
  return {
    message: typeof message === 'string' ? message : 'the subgraph reported an error without a message',
    path: isPath(path) ? path : undefined,
    extensions: isRecord(extensions) ? extensions : undefined,
  };
}

function isPath(path: unknown): path is readonly (string | number)[] {
  return Array.isArray(path) && path.every((step) => typeof step === 'string' || Number.isInteger(step));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `JSON.parse` makes `__proto__` an ordinary property, but whoever copies it by assignment sets a prototype.
 * GraphQL reserves names that begin with two underscores: nothing is lost. The depth is bounded by the scan.
 */
function dropProtoKeys(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  if (Object.hasOwn(value, '__proto__')) Reflect.deleteProperty(value, '__proto__');
  for (const child of Object.values(value)) dropProtoKeys(child);
}
