import type { GraphQLDataSource } from '@apollo/gateway';
import type { GatewayGraphQLRequest, GatewayGraphQLResponse } from '@apollo/server-gateway-interface';
import { type Dispatcher, request as send } from 'undici';
import { HeadgateError } from '../errors';
import { parseAnswer } from '../transport/parse-answer';

/** Levels of an answer; what is asked for has three. */
const DEPTH_MAX = 20;

export interface PlainDataSourceOptions {
  /** Limits the bytes of an answer. */
  readonly dispatcher: Dispatcher;
  /** Milliseconds for one request. */
  readonly timeoutMs: number;
}

/** Asks one URL, for supergraph managers that load schemas and check health. Queries of clients go through pools. */
export class PlainDataSource implements GraphQLDataSource {
  readonly #name: string;
  readonly #url: string;
  readonly #options: PlainDataSourceOptions;

  constructor(name: string, url: string, options: PlainDataSourceOptions) {
    this.#name = name;
    this.#url = url;
    this.#options = options;
  }

  /** @throws {HeadgateError} SUBGRAPH_UNREACHABLE, SUBGRAPH_HTTP_ERROR, SUBGRAPH_RESPONSE_INVALID, SUBGRAPH_RESPONSE_TOO_LARGE */
  async process({ request }: { request: GatewayGraphQLRequest }): Promise<GatewayGraphQLResponse> {
    const { status, bytes } = await this.#exchange(request);
    const { data, errors } = parseAnswer(this.#name, status, bytes, DEPTH_MAX);
    const messages = errors.map(({ message }) => ({ message }));
    return { data, ...(messages.length === 0 ? {} : { errors: messages }) };
  }

  async #exchange({ query, variables, http }: GatewayGraphQLRequest): Promise<{ status: number; bytes: Buffer }> {
    const { dispatcher, timeoutMs } = this.#options;
    try {
      const { statusCode, body } = await send(this.#url, {
        method: 'POST',
        headers: {
          ...Object.fromEntries(http?.headers ?? []),
          'content-type': 'application/json',
          accept: 'application/graphql-response+json, application/json',
        },
        body: JSON.stringify({ query, variables }),
        dispatcher,
        signal: AbortSignal.timeout(timeoutMs),
      });
      return { status: statusCode, bytes: Buffer.from(await body.arrayBuffer()) };
    } catch (cause) {
      const reason = cause instanceof Error ? cause.message : String(cause);
      throw new HeadgateError('SUBGRAPH_UNREACHABLE', `subgraph ${this.#name} cannot be asked: ${reason}`, { cause });
    }
  }
}
