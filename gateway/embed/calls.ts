import type { IncomingHttpHeaders } from 'node:http';
import type { GatewayExecutionResult, GatewayGraphQLRequestContext } from '@apollo/server-gateway-interface';
import { GraphQLError } from 'graphql';
import { isHeadgateError, statusOfCode } from '../errors';
import { openCall } from '../http/client-call';
import { passingHeaders } from '../http/graphql-answer';
import type { ClientCall } from '../transport/send';

type Answer = Promise<GatewayExecutionResult>;

/** Gives each request of somebody else's Apollo Server the call that accompanies it through the house. */
export class Calls {
  readonly #timeoutMs: number;
  readonly #requests = new WeakMap<ClientCall, GatewayGraphQLRequestContext>();

  constructor(timeoutMs: number) {
    this.#timeoutMs = timeoutMs;
  }

  /** The request that a call was opened for. @throws {Error} it was opened elsewhere */
  requestOf(call: ClientCall): GatewayGraphQLRequestContext {
    const request = this.#requests.get(call);
    if (request === undefined) throw new Error('this call belongs to no request of Apollo Server');
    return request;
  }

  /** Runs `work` with a call, at most until the deadline of client requests. */
  async accompany(request: GatewayGraphQLRequestContext, work: (call: ClientCall) => Answer): Answer {
    const headers = headersOf(request);
    const open = openCall({ headers, startedAt: performance.now() }, this.#timeoutMs);
    this.#requests.set(open.call, request);
    try {
      const answer = await open.finish(work(open.call));
      passHeaders(open.call, request);
      return answer;
    } catch (error) {
      if (!isHeadgateError(error)) throw error;
      return { errors: [requestError(error.code, error.message)] };
    } finally {
      open.close();
    }
  }
}

function headersOf({ request }: GatewayGraphQLRequestContext): IncomingHttpHeaders {
  return Object.fromEntries(request.http?.headers ?? []);
}

/** Headers of subgraph answers that header rules propagate. */
function passHeaders({ responseHeaders }: ClientCall, { response }: GatewayGraphQLRequestContext): void {
  if (responseHeaders.size === 0 || response?.http === undefined) return;
  const { headers } = response.http;
  for (const [name, values] of passingHeaders(responseHeaders)) {
    // One header a name is all that Apollo Server has room for.
    if (name === 'set-cookie' && headers.has(name)) headers.append(name, values.join(', '));
    else headers.set(name, values.join(', '));
  }
}

function requestError(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { status: statusOfCode(code) ?? 500 } } });
}
