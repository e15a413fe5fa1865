import { type ErrorCode, HeadgateError, isHeadgateError } from '../errors';
import { announce } from '../events';

const HEADERS: Partial<Record<ErrorCode, Record<string, string>>> = {
  GATEWAY_NOT_READY: { 'retry-after': '1' },
  GATEWAY_OVERLOADED: { 'retry-after': '1' },
  PLANNING_OVERLOADED: { 'retry-after': '1' },
  UNAUTHORIZED: { 'www-authenticate': 'Bearer' },
  UNSUPPORTED_MEDIA_TYPE: { 'accept-encoding': 'gzip, deflate, br' },
};

/** Headers of an answer that is nothing but this error: those of its code, its own, and the methods that it names. */
export function headersOf({ code, details, headers }: HeadgateError): Record<string, string> {
  const allow = code === 'METHOD_NOT_ALLOWED' ? details?.allow : undefined;
  return { ...HEADERS[code], ...headers, ...(typeof allow === 'string' && { allow }) };
}

/** The error that a client may see: whatever has no code of ours becomes INTERNAL and goes to the operator. */
export function publicError(error: unknown, where: string, id?: string): HeadgateError {
  if (isHeadgateError(error) && error.code !== 'INTERNAL') return error;
  announce('internal.error', { id, where, error });
  return new HeadgateError('INTERNAL', 'Internal server error');
}
