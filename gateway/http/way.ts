import { HeadgateError } from '../errors';
import { settle, stack, then } from '../layers';
import type { Guard } from './admin-guard';
import { errorAnswer, publicError } from './error-answer';
import type { HttpLayer, HttpStep } from './http-step';
import type { Route } from './route';
import { createRouter } from './router';

/** Answers what fails, in words that tell a client nothing of the inside. */
const failures: HttpLayer = {
  name: 'failures',
  wrap: (next) => (exchange) =>
    settle(
      () => next(exchange, undefined),
      (answer) => answer,
      (error) => errorAnswer(publicError(error, `${exchange.method} ${exchange.path}`)),
    ),
};

/** Asks before the route; what it throws is the answer. */
function guarded(guard: Guard): HttpLayer {
  return {
    name: 'guard',
    wrap: (next) => (exchange) => {
      const guarding = guard(exchange);
      return guarding === null ? next(exchange, undefined) : then(guarding, () => next(exchange, undefined));
    },
  };
}

/** Finds the route. */
function dispatch(routes: readonly Route[]): HttpStep {
  const router = createRouter(routes);
  return (exchange) => {
    const match = router(exchange);
    if (match.kind === 'found') {
      exchange.params = match.params;
      return match.route.handle(exchange);
    }
    if (match.kind === 'none') throw new HeadgateError('NOT_FOUND', `nothing is served at ${exchange.path}`);
    const allow = match.allow.join(', ');
    if (exchange.method === 'OPTIONS') return { status: 204, headers: { allow } };
    const answer = errorAnswer(new HeadgateError('METHOD_NOT_ALLOWED', `${exchange.path} answers ${allow} only`));
    return { ...answer, headers: { ...answer.headers, allow } };
  };
}

export interface HttpWayOptions {
  readonly routes: readonly Route[];
  /** Asked before the route; what it throws is the answer. */
  readonly guard?: Guard;
  /** Names the requests. */
  readonly requestIds?: HttpLayer;
}

/** Puts together what every request of a listener goes through. The step never fails. */
export function httpWay({ routes, guard, requestIds }: HttpWayOptions): HttpStep {
  return stack(dispatch(routes), [requestIds ?? null, failures, guard === undefined ? null : guarded(guard)]);
}
