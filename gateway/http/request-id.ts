import { randomBytes } from 'node:crypto';
import { REQUEST_ID } from './exchange';
import type { HttpLayer } from './http-step';
import type { TrustedProxies } from './proxies/trusted-proxies';

/** What may stand in a log line and a header as it is. */
const FIT = /^[\w.:+/=@-]{1,128}$/;

/** Names of requests: unlike those of other processes, and short. */
function idMaker(): () => string {
  const process = randomBytes(6).toString('base64url');
  let made = 0;
  return () => `${process}-${(made++).toString(36)}`;
}

/** Makes the name of a request that has none. */
export const newRequestId = idMaker();

/**
 * Names every request: as a trusted proxy does, or anew. The name is in the answer and in the log.
 * @param proxies whose `x-request-id` counts; null: nobody's
 */
export function requestIds(proxies: TrustedProxies | null): HttpLayer {
  return {
    name: 'request ids',
    wrap: (next) => (exchange) => {
      const given = exchange.headers[REQUEST_ID];
      const counts =
        proxies !== null && typeof given === 'string' && FIT.test(given) && proxies.trusts(exchange.peerAddress ?? '');
      exchange.id = counts ? given : newRequestId();
      return next(exchange, undefined);
    },
  };
}
