import type { HttpLayer } from '../http-step';
import { FORWARDED_HEADERS, forwardedHost, type TrustedProxies } from './trusted-proxies';

/**
 * Has a request be that of its client where a trusted proxy has sent it: its address, and the host that was asked for. What others say about
 * whom they speak for is taken away, so that nothing behind takes it for true.
 */
export function forwarded(proxies: TrustedProxies): HttpLayer {
  return {
    name: 'forwarded',
    wrap: (next) => (exchange) => {
      const { headers, peerAddress } = exchange;
      if (peerAddress !== undefined && proxies.trusts(peerAddress)) {
        exchange.via = proxies;
        const host = forwardedHost(headers);
        if (host !== null) headers.host = host;
      } else for (const name of FORWARDED_HEADERS) if (headers[name] !== undefined) delete headers[name];
      return next(exchange, undefined);
    },
  };
}
