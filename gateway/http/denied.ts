import { isHeadgateError, statusOfCode } from '../errors';
import { announce } from '../events';
import { IDENTITY } from '../identity';
import { settle } from '../layers';
import { knownActorOf } from './admin-keys';
import type { Exchange } from './exchange';
import type { HttpLayer } from './http-step';

/** Of what a client chose, in an entry of the log. */
const TEXT_LENGTH_MAX = 200;

/** Tells of answers that say who may not: 401 and 403. */
export function tellDenied(listener: 'server' | 'admin'): HttpLayer {
  const told = (exchange: Exchange, status: number) => {
    if (status !== 401 && status !== 403) return;
    const { id, method, path, remoteAddress = null } = exchange;
    const event = { listener, id, method, path: short(path), address: remoteAddress, actor: actorOf(exchange), status };
    announce('access.denied', event);
  };
  return {
    name: 'tell denied',
    wrap: (next) => (exchange) =>
      settle(
        () => next(exchange, undefined),
        (answer) => {
          told(exchange, answer.status);
          return answer;
        },
        (error) => {
          told(exchange, isHeadgateError(error) ? (statusOfCode(error.code) ?? 500) : 500);
          throw error;
        },
      ),
  };
}

/** As far as the credentials were right. */
function actorOf(exchange: Exchange): string | null {
  const operator = knownActorOf(exchange);
  if (operator !== null) return operator;
  const identity = exchange.facts.get(IDENTITY);
  if (identity === undefined) return null;
  const { sub } = identity.claims;
  return short(typeof sub === 'string' ? `${identity.type} ${sub}` : identity.type);
}

function short(text: string): string {
  return text.length > TEXT_LENGTH_MAX ? `${text.slice(0, TEXT_LENGTH_MAX)}…` : text;
}
