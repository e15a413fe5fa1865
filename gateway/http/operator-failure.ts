import { STATUS_CODES } from 'node:http';
import { type HeadgateError, statusOfCode } from '../errors';
import { headersOf, publicError } from './error-answer';
import { PROBLEM, problemText } from './problem';
import { qualityValues } from './quality-values';
import { type Answer, jsonAnswer, type RouteRequest } from './route';

type Request = Pick<RouteRequest, 'id' | 'method' | 'path' | 'headers'>;

/** An error as an operator sees it; what is in `details` depends on the code. */
interface Told {
  readonly code: HeadgateError['code'];
  readonly message: string;
  readonly details: unknown;
}

/** Answers what a request of an operator failed with. Does not throw. */
export function operatorFailure(error: unknown, request: Request): Answer {
  const failure = publicError(error, `${request.method} ${request.path}`, request.id);
  return operatorAnswer(failure, request, headersOf(failure));
}

/** `{error: {code, message, details}}`, the form of the admin listener; or a problem of RFC 9457 for whoever prefers one. */
export function operatorAnswer(
  { code, message, details }: Told,
  { headers: { accept } }: Pick<Request, 'headers'>,
  headers: Record<string, string>,
): Answer {
  const status = statusOfCode(code) ?? 500;
  if (!prefersProblem(accept)) return jsonAnswer(status, { error: { code, message, details } }, headers);
  const more = details === undefined ? {} : { details };
  const title = STATUS_CODES[status] ?? '';
  return {
    status,
    headers: { 'content-type': PROBLEM, ...headers },
    body: problemText(status, title, { code, message }, more),
  };
}

function prefersProblem(accept: string | undefined): boolean {
  if (accept === undefined) return false;
  const qualities = qualityValues(accept);
  const problem = qualities.get(PROBLEM) ?? 0;
  return problem > 0 && problem >= (qualities.get('application/json') ?? 0);
}
