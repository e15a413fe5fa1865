import { STATUS_CODES } from 'node:http';
import { type HeadgateError, statusOfCode } from '../errors';
import { headersOf } from './error-answer';
import type { Answer } from './route';

export const PROBLEM = 'application/problem+json';

/**
 * Describes an error as RFC 9457 does, for clients whose answer is not one of GraphQL. Callers match `code`.
 * @param id of the request: of what is kept from the client, it leads to the line of the log
 */
export function problemAnswer(error: HeadgateError, id: string): Answer {
  const { code, details } = error;
  const status = statusOfCode(code) ?? 500;
  const own = { ...(details !== undefined && { details }), ...(code === 'INTERNAL' && id !== '' && { errorId: id }) };
  return {
    status,
    headers: { 'content-type': PROBLEM, 'cache-control': 'no-store', ...headersOf(error) },
    body: problemText(status, STATUS_CODES[status] ?? '', error, own),
  };
}

/** @param more members beside those of the RFC */
export function problemText(
  status: number,
  title: string,
  { code, message }: Pick<HeadgateError, 'code' | 'message'>,
  more: Readonly<Record<string, unknown>> = {},
): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail: message, code, ...more });
}

/** Header lines and body of a problem that is written past node:http. */
export function problemHead(body: string): string {
  return `content-type: ${PROBLEM}\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
