import type { Flight } from '../flight';
import { type Layer, settle } from '../layers';
import type { CallReport } from './fetch-answer';
import { FetchFailure } from './fetch-failure';
import { compileResponseHeaders } from './headers';
import type { ResponseHeaderRule } from './options';

/**
 * Hands headers of subgraph answers on to the client's answer by the rules, those of answers that are failures, too.
 * @throws {HeadgateError} CONFIG_INVALID for rules that cannot work
 */
export function answerHeaders<I, O extends CallReport>(rules: readonly ResponseHeaderRule[]): Layer<I, O, Flight> {
  const take = compileResponseHeaders(rules);
  return {
    name: 'answer headers',
    wrap: (next) => (input, flight) =>
      settle(
        () => next(input, flight),
        (answer) => {
          take(answer.headers, flight.answerHeaders);
          return answer;
        },
        (error) => {
          take(FetchFailure.reportOf(error).headers, flight.answerHeaders);
          throw error;
        },
      ),
  };
}
