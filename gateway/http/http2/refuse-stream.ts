import type { ServerHttp2Stream } from 'node:http2';
import { announce } from '../../events';
import type { Refusal } from '../client-error';
import { REQUEST_ID } from '../exchange';
import { PROBLEM, problemText } from '../problem';
import { newRequestId } from '../request-id';

/** Answers a request that is malformed; the others of its connection go on. */
export function refuseStream(stream: ServerHttp2Stream, refusal: Refusal): void {
  const { line, code } = refusal;
  const status = Number.parseInt(line, 10);
  const id = newRequestId();
  const body = problemText(status, line.slice(4), refusal);
  const headers = {
    ':status': status,
    [REQUEST_ID]: id,
    'content-type': PROBLEM,
    'content-length': Buffer.byteLength(body),
  };
  stream.respond(headers);
  stream.end(body);
  announce('request.refused', { id, method: null, path: null, status, code });
}
