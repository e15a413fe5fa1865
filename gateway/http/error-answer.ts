import { type ErrorCode, HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';
import { type Answer, jsonAnswer } from './route';

/** HTTP status of each code that may reach a client; any other code is answered 500. */
const STATUS: Partial<Record<ErrorCode, number>> = {
  BAD_REQUEST: 400,
  OPERATION_LIMIT_EXCEEDED: 400,
  PLANNING_FAILED: 400,
  PLANNING_TIMEOUT: 400,
  USAGE: 400,
  INVALID_ARGUMENT: 400,
  CONFIG_INVALID: 400,
  UNAUTHORIZED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  NOT_ACCEPTABLE: 406,
  REQUEST_TIMEOUT: 408,
  CONFLICT: 409,
  REQUEST_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  COMPOSITION_FAILED: 422,
  CONNECT_INVALID: 422,
  SUPERGRAPH_INVALID: 422,
  REQUEST_CANCELLED: 499,
  INTERNAL: 500,
  GATEWAY_NOT_READY: 503,
  GATEWAY_OVERLOADED: 503,
  PLANNING_OVERLOADED: 503,
  REGISTRY_LOCKED: 503,
  SUPERGRAPH_UNAVAILABLE: 503,
  GATEWAY_TIMEOUT: 504,
};

const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = {
  GATEWAY_NOT_READY: { 'retry-after': '1' },
  GATEWAY_OVERLOADED: { 'retry-after': '1' },
  PLANNING_OVERLOADED: { 'retry-after': '1' },
  UNAUTHORIZED: { 'www-authenticate': 'Bearer' },
  UNSUPPORTED_MEDIA_TYPE: { 'accept-encoding': 'gzip, deflate, br' },
};

/** @returns undefined when the code is not in the table */
export function statusOfCode(code: unknown): number | undefined {
  // The table answers undefined for whatever is not one of its keys.
  return typeof code === 'string' && Object.hasOwn(STATUS, code) ? STATUS[code as ErrorCode] : undefined;
}

export function headersOfCode(code: ErrorCode): Record<string, string> {
  return HEADERS[code] ?? {};
}

/** The error that a client may see: whatever has no code of ours becomes INTERNAL and goes to the operator. */
export function publicError(error: unknown, where: string): HeadgateError {
  if (isHeadgateError(error) && error.code !== 'INTERNAL') return error;
  announce('internal.error', { where, error });
  return new HeadgateError('INTERNAL', 'Internal server error');
}

/** `{error: {code, message, details}}`, the form of every listener except for GraphQL answers. */
export function errorAnswer(error: HeadgateError): Answer {
  const { code, message, details } = error;
  return jsonAnswer(statusOfCode(code) ?? 500, { error: { code, message, details } }, headersOfCode(code));
}
