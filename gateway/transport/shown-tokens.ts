import { NoToken, type TokenSource } from '../credentials/tokens';
import type { Flight } from '../flight';
import { type Layer, type Soon, settle } from '../layers';
import type { CallReport } from './fetch-answer';
import { FetchFailure } from './fetch-failure';
import { FetchRequest } from './fetch-request';
import { GRAPHQL_POOL } from './options';
import type { RestCall } from './rest/execute/send-http';

/** What goes over the wire in one call. */
export type WireInput = FetchRequest | RestCall;

/** Where tokens come from, by the key of the pool that they are for. */
export type TokenSources = ReadonlyMap<string, TokenSource>;

/** As it is told to nobody: an attempt was not made, so no instance is to blame. */
const NO_CALL: CallReport = {
  instance: null,
  attempts: 0,
  status: null,
  headers: Object.freeze({}),
  requestBytes: 0,
  responseBytes: 0,
  errorCode: null,
  error: null,
};

/**
 * Shows the subgraph a token in each call. One that it answers 401 to is given up, and what only reads is asked once more with another one.
 */
export function shownTokens<I extends WireInput, O extends CallReport>(
  subgraph: string,
  sources: TokenSources,
): Layer<I, O, Flight> {
  return {
    name: 'tokens',
    wrap: (next) => (input, flight) => {
      const source = sources.get(placeOf(input));
      if (source === undefined) return next(input, flight);
      const { headers } = flight;
      const call = (onRefused: (token: string) => boolean): Soon<O> =>
        settle(
          () => source.of(headers, flight.cancellation),
          (token) => {
            if (token === null) return next(input, flight);
            return settle(
              () => next(withToken(input, token), flight),
              (answer) => (answer.status === 401 && onRefused(token) ? again(answer) : answer),
              (error) => {
                if (FetchFailure.reportOf(error).status === 401 && onRefused(token)) return call(never);
                throw error;
              },
            );
          },
          (error) => {
            throw error instanceof NoToken ? withoutToken(subgraph, error) : error;
          },
        );
      const again = (answer: O): Soon<O> => {
        letGo(answer);
        return call(never);
      };
      const never = (token: string): boolean => {
        source.refuse(headers, token);
        return false;
      };
      return call((token) => source.refuse(headers, token) && onlyReads(input));
    },
  };
}

function placeOf(input: WireInput): string {
  return input instanceof FetchRequest ? GRAPHQL_POOL : input.connector.source;
}

function onlyReads(input: WireInput): boolean {
  return input instanceof FetchRequest ? input.operation.kind === 'query' : input.connector.method === 'GET';
}

function withToken<I extends WireInput>(input: I, token: string): I {
  const authorization = `Bearer ${token}`;
  if (input instanceof FetchRequest) return input.withHeaders(replaced(input.headers, authorization)) as I; // as: it is one
  const { request } = input as RestCall; // as: the other one
  return { ...input, request: { ...request, headers: replaced(request.headers, authorization) } };
}

/** Whatever else would say who asks does not. */
function replaced(headers: Readonly<Record<string, string>>, authorization: string): Record<string, string> {
  const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'authorization');
  return { ...Object.fromEntries(others), authorization };
}

/** Of an answer that nobody reads. */
function letGo(answer: CallReport & { readonly held?: { release(): void } | null }): void {
  answer.held?.release();
}

function withoutToken(service: string, cause: NoToken): FetchFailure {
  const message = `there is no token to show to ${service}`;
  return new FetchFailure('UPSTREAM_UNAUTHENTICATED', message, { service }, NO_CALL, cause);
}
