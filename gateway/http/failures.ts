import { announce, listened } from '../events';
import { settle } from '../layers';
import { publicError } from './error-answer';
import type { Exchange } from './exchange';
import type { HttpLayer } from './http-step';
import { problemAnswer } from './problem';
import type { Answer } from './route';

/** Of a path, in the log. */
const PATH_LENGTH_MAX = 256;

/**
 * Answers what a request of a client failed with outside of GraphQL, in words that tell nothing of the inside, and has the log
 * say so. Does not throw.
 */
export function clientFailure(error: unknown, { id, method, path }: Pick<Exchange, 'id' | 'method' | 'path'>): Answer {
  const failure = publicError(error, `${method} ${path}`, id);
  const answer = problemAnswer(failure, id);
  // Nobody gets that answer, and whoever was asked has told.
  if (listened('request.refused') && failure.code !== 'REQUEST_CANCELLED') {
    const shown = path.length > PATH_LENGTH_MAX ? `${path.slice(0, PATH_LENGTH_MAX)}…` : path;
    announce('request.refused', { id, method, path: shown, status: answer.status, code: failure.code });
  }
  return answer;
}

/** Makes answers of failures: what stands around it sees an answer to every request. */
export const failures: HttpLayer = {
  name: 'failures',
  wrap: (next) => (exchange) =>
    settle(
      () => next(exchange, undefined),
      (answer) => answer,
      (error) => clientFailure(error, exchange),
    ),
};
