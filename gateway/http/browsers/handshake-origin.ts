import { HeadgateError } from '../../errors';
import type { HttpLayer } from '../http-step';
import type { CorsPolicies } from './cors-policies';

/**
 * Refuses WebSocket handshakes of pages that may not ask here: no browser asks beforehand for these, and it sends cookies with
 * each (cross-site WebSocket hijacking). A page of this host may, one that a policy names, and whoever is no page. From others
 * that may ask, cookies and credentials of the browser are taken away.
 */
export function handshakeOrigin(policies: CorsPolicies | null): HttpLayer {
  return {
    name: 'origin of handshakes',
    wrap: (next) => (exchange) => {
      const { origin, host } = exchange.headers;
      if (exchange.handshake === null || origin === undefined || isOf(host, origin)) return next(exchange, undefined);
      const rules = policies?.rulesOf(origin) ?? null;
      if (rules === null)
        throw new HeadgateError(
          'FORBIDDEN',
          `pages of the origin ${JSON.stringify(origin)} may not open a WebSocket here: no policy of cors names it`,
        );
      if (!rules.allowCredentials) {
        delete exchange.headers.cookie;
        delete exchange.headers.authorization;
      }
      return next(exchange, undefined);
    },
  };
}

/** Whatever the scheme: in front of us, a proxy may speak TLS. */
function isOf(host: string | undefined, origin: string): boolean {
  return host !== undefined && /^https?:\/\/(.+)$/.exec(origin)?.[1] === host.toLowerCase();
}
