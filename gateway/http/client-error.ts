import type { Socket } from 'node:net';
import { type ErrorCode, HeadgateError } from '../errors';
import { announce } from '../events';
import type { Connection } from './connections';
import { REQUEST_ID } from './exchange';
import { problemHead, problemText } from './problem';
import { newRequestId } from './request-id';

/** End of a connection: a status line, and the error that goes with it. */
export interface Refusal {
  /** Status and reason, e.g. `400 Bad Request`. */
  readonly line: string;
  readonly code: ErrorCode;
  readonly message: string;
}

const MALFORMED: Refusal = {
  line: '400 Bad Request',
  code: 'BAD_REQUEST',
  message: 'the request is not valid HTTP/1.1',
};

/** By the code of Node's error. */
const REFUSALS: Readonly<Record<string, Refusal>> = {
  HPE_HEADER_OVERFLOW: {
    line: '431 Request Header Fields Too Large',
    code: 'BAD_REQUEST',
    message: 'the request line and the headers are too large',
  },
  ERR_HTTP_REQUEST_TIMEOUT: {
    line: '408 Request Timeout',
    code: 'REQUEST_TIMEOUT',
    message: 'the request did not arrive in time',
  },
};

/**
 * Refuses a connection whose bytes are not HTTP, or come too slowly. A request whose body they belong to is
 * answered by its handler, which is told; otherwise the refusal is written here.
 */
export function refuseMalformed(
  error: NodeJS.ErrnoException,
  socket: Socket,
  connection: Connection | undefined,
): void {
  if (!socket.writable || connection === undefined || connection.idle) {
    socket.destroy();
    return;
  }
  refuse(REFUSALS[error.code ?? ''] ?? MALFORMED, socket, connection);
}

/** Ends a connection once the requests before are answered; nothing after it is read. */
export function refuse(refusal: Refusal, socket: Socket, connection: Connection): void {
  connection.broken = true;
  for (const exchange of connection.exchanges) {
    if (!exchange.received) exchange.abort(new HeadgateError(refusal.code, refusal.message));
  }
  if (connection.exchanges.size > 0) return;
  const { line, code } = refusal;
  const status = Number.parseInt(line, 10);
  const id = newRequestId();
  const body = problemText(status, line.slice(4), refusal);
  const head = `HTTP/1.1 ${line}\r\nconnection: close\r\n${REQUEST_ID}: ${id}\r\n${problemHead(body)}`;
  socket.end(head, () => socket.destroy());
  announce('request.refused', { id, method: null, path: null, status, code });
}
