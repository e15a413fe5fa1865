import type { FetchLayer } from './fetch';
import { NO_HEADERS } from './fetch-request';
import { compileRequestHeaders } from './headers';
import type { HeaderRule } from './options';

/**
 * Sends along what the rules make of the client's headers. What a layer in front has given stands.
 * @throws {HeadgateError} CONFIG_INVALID for rules that cannot work
 */
export function requestHeaders(subgraph: string, rules: readonly HeaderRule[]): FetchLayer {
  const headersFor = compileRequestHeaders(rules, subgraph);
  return {
    name: 'request headers',
    wrap: (next) => (request, flight) => {
      const headers = headersFor(flight.headers, flight.facts);
      const { headers: given } = request;
      return next(request.withHeaders(given === NO_HEADERS ? headers : { ...headers, ...given }), flight);
    },
  };
}
