import type { ErrorCode } from '../../../errors';
import type { Json } from '../json';

/** An error that a client sees: code, status, service and coordinate; never a URL, a header or a body. */
export class RestError extends Error {
  override readonly name = 'RestError';
  /** graphql-js copies them into the error of the field. */
  readonly extensions: Readonly<Record<string, unknown>>;

  constructor(message: string, extensions: Readonly<Record<string, unknown>>, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.extensions = extensions;
  }
}

/** Place of an error, as clients see it. */
export interface ErrorSite {
  readonly service: string;
  readonly coordinate: string;
}

/** @param more what the error adds to or puts over the standard extensions */
export function restError(
  site: ErrorSite,
  code: ErrorCode,
  message: string,
  more: Readonly<Record<string, Json | undefined>> = {},
  cause?: unknown,
): RestError {
  const extensions = { code, service: site.service, connector: { coordinate: site.coordinate }, ...more };
  return new RestError(message, extensions, cause);
}

const CODE_OF_STATUS: ReadonlyMap<number, ErrorCode> = new Map([
  [400, 'BAD_USER_INPUT'],
  [401, 'UNAUTHENTICATED'],
  [403, 'FORBIDDEN'],
  [404, 'NOT_FOUND'],
  [408, 'GATEWAY_TIMEOUT'],
  [409, 'CONFLICT'],
  [410, 'NOT_FOUND'],
  [412, 'CONFLICT'],
  [422, 'BAD_USER_INPUT'],
  [429, 'RATE_LIMITED'],
  [504, 'GATEWAY_TIMEOUT'],
]);

export function codeOfStatus(status: number): ErrorCode {
  return CODE_OF_STATUS.get(status) ?? 'UPSTREAM_ERROR';
}
