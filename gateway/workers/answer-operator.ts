import { changeOf } from '../audit/change';
import { ReceivedCall } from '../call';
import { rememberActor } from '../http/admin-keys';
import { decodeText, readJson } from '../http/body';
import { operatorFailure } from '../http/operator-failure';
import type { Route, RouteRequest } from '../http/route';
import { createRouter } from '../http/router';
import type { OperatorAnswer, OperatorCall } from './messages';

/** Answers a call that the primary received, and let through, by the routes of this worker. Never rejects. */
export async function answerOperator(routes: readonly Route[], call: OperatorCall): Promise<OperatorAnswer> {
  const request = requestOf(call);
  rememberActor(request, call.actor);
  try {
    const match = createRouter(routes).find(request);
    // The primary forwards only what is in the table that it was given.
    if (match === null) throw new Error(`no route for ${call.method} ${call.path}`);
    const answer = await match.route.handle(Object.assign(request, { params: match.params }));
    return { answer, change: changeOf(request) };
  } catch (error) {
    return { answer: operatorFailure(error, request), change: changeOf(request) };
  }
}

function requestOf({ method, path, search, headers, remoteAddress, body }: OperatorCall): RouteRequest {
  const bytes = Buffer.from(body);
  const text = () => decodeText(bytes, headers['content-type']?.toString());
  return Object.assign(new ReceivedCall(headers, remoteAddress, { method, path, search }), {
    query: new URLSearchParams(search),
    params: {},
    bytes: async () => bytes,
    receive: (onBody: (body: Buffer) => void) => onBody(bytes),
    text: async () => text(),
    json: async () => readJson(text(), 'the request body'),
  });
}
