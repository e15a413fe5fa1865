import { HeadgateError } from '../errors';
import { type Soon, then } from '../layers';
import type { Guard } from './admin-guard';
import type { Exchange } from './exchange';
import { SWITCHING_PROTOCOLS } from './handshake-exchange';
import type { HttpLayer, HttpStep } from './http-step';
import type { Answer, Route } from './route';
import type { Router } from './router';

/** Asks before the route; what it throws is the answer. */
export function guarded(guard: Guard): HttpLayer {
  return {
    name: 'guard',
    wrap: (next) => (exchange) => {
      const guarding = guard(exchange);
      return guarding === null ? next(exchange, undefined) : then(guarding, () => next(exchange, undefined));
    },
  };
}

/** Answers OPTIONS with the methods of a path. */
export function options(router: Router): HttpLayer {
  return {
    name: 'options',
    wrap: (next) => (exchange) => {
      if (exchange.method !== 'OPTIONS') return next(exchange, undefined);
      const allow = router.allowed(exchange.path);
      if (allow.length === 0) throw nothingAt(exchange.path);
      return { status: 204, headers: { allow: allow.join(', ') } };
    },
  };
}

/** Has HEAD answered as GET is; node:http leaves the body out. */
export const head: HttpLayer = {
  name: 'head',
  wrap: (next) => (exchange) => {
    if (exchange.method === 'HEAD') exchange.method = 'GET';
    return next(exchange, undefined);
  },
};

/** Finds the route. */
export function dispatch(router: Router): HttpStep {
  return (exchange) => {
    const match = router.find(exchange);
    if (match !== null) {
      exchange.params = match.params;
      return exchange.handshake === null ? match.route.handle(exchange) : switched(match.route, exchange);
    }
    const allow = router.allowed(exchange.path).join(', ');
    if (allow === '') throw nothingAt(exchange.path);
    throw new HeadgateError('METHOD_NOT_ALLOWED', `${exchange.path} answers ${allow} only`, { details: { allow } });
  };
}

const SWITCHED: Answer = { status: SWITCHING_PROTOCOLS };

function switched({ handle, upgrade }: Route, exchange: Exchange): Soon<Answer> {
  const { handshake, gone } = exchange;
  if (upgrade === undefined || handshake === null) return handle(exchange);
  // Of a connection that is closed already, nothing would tell the route.
  const ended = gone.reason ?? handshake.closing.reason;
  if (ended !== null) throw ended;
  return then(upgrade(exchange, handshake), () => SWITCHED);
}

function nothingAt(path: string): HeadgateError {
  return new HeadgateError('NOT_FOUND', `nothing is served at ${path}`);
}
