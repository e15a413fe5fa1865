import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { GraphQLError } from 'graphql';
import { type Call, ReceivedCall } from '../call';
import { Deadline } from '../deadline';
import { HeadgateError, isHeadgateError, statusOfCode } from '../errors';
import type { Fact } from '../facts';
import { passingHeaders } from '../http/graphql/answer';
import { CALL_HEADERS } from '../operations/call-headers';

type Answer = Promise<GatewayExecutionResult>;

let requests = 0;
const numbers = new WeakMap<GatewayGraphQLRequestContext, number>();

function numberOf(request: GatewayGraphQLRequestContext): number {
  const number = numbers.get(request) ?? requests++;
  numbers.set(request, number);
  return number;
}

/** The host's own request, which its data sources get to see. No two are alike. */
export const HOST_REQUEST: Fact<GatewayGraphQLRequestContext> = {
  name: 'request of the host',
  keyOf: (request) => String(numberOf(request)),
};

/** Does `work` with a call for a request of the host, at most for as long as client requests may take. */
export async function accompany(
  request: GatewayGraphQLRequestContext,
  timeoutMs: number,
  work: (call: Call) => Answer,
): Answer {
  const { http } = request.request;
  const call = new ReceivedCall(Object.fromEntries(http?.headers ?? []), undefined, targetOf(http));
  call.facts.put(HOST_REQUEST, request);
  const deadline = new Deadline(timeoutMs, () =>
    call.abort(new HeadgateError('GATEWAY_TIMEOUT', `the request took longer than ${timeoutMs} ms`)),
  );
  try {
    return await work(call);
  } catch (error) {
    if (!isHeadgateError(error)) throw error;
    return { errors: [requestError(error.code, error.message)] };
  } finally {
    deadline.cancel();
    passHeaders(call, request);
  }
}

/** Apollo Server tells a gateway more than the interface between them says. */
function targetOf(http: { readonly method: string; readonly search?: unknown } | undefined) {
  if (http === undefined) return {};
  const { method, search } = http;
  return { method, search: typeof search === 'string' ? search : '' };
}

/** Headers of subgraph answers that header rules propagate, and those of the call itself. */
function passHeaders({ flight, facts }: Call, { response }: GatewayGraphQLRequestContext): void {
  if (response?.http === undefined) return;
  const { headers } = response.http;
  for (const [name, value] of facts.get(CALL_HEADERS) ?? []) headers.set(name, value);
  if (flight === null) return;
  for (const [name, values] of passingHeaders(flight.answerHeaders)) {
    // One header a name is all that Apollo Server has room for.
    if (name === 'set-cookie' && headers.has(name)) headers.append(name, values.join(', '));
    else headers.set(name, values.join(', '));
  }
}

function requestError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: statusOfCode(code) ?? 500 } } });
}
