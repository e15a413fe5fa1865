import { settle } from '../../layers';
import { publicError } from '../error-answer';
import type { Answer } from '../route';
import { failureAnswer } from './answer';
import type { Asking, AskingLayer } from './asking';
import type { StatusRules } from './status-rules';

/**
 * Ends a request: what fails is answered in the form of GraphQL, in words that tell a client nothing of the inside, and what is
 * to be done at the end is done. Does not fail.
 */
export function conclude(rules: StatusRules): AskingLayer {
  return {
    name: 'conclude',
    wrap: (next) => (asking) =>
      settle(
        () => next(asking, undefined),
        (answer) => ended(asking, answer),
        (error) => {
          const failure = publicError(error, 'graphql', asking.request.id);
          asking.errorCodes = [failure.code];
          return ended(asking, failureAnswer(failure, asking.type, asking.request.id, rules));
        },
      ),
  };
}

function ended({ atEnd }: Asking, answer: Answer): Answer {
  for (let at = atEnd.length - 1; at >= 0; at--) atEnd[at]?.(answer.status);
  return answer;
}
