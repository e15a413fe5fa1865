import type { Flight } from '../flight';
import { type Layer, settle } from '../layers';
import type { CallReport } from './fetch-answer';
import { FetchFailure } from './fetch-failure';
import type { ResponseHeaderRule } from './options';
import { compileResponseHeaders } from './response-headers';

/**
 * Hands headers of subgraph answers on to the client's answer by the rules, those of answers that are failures, too.
 * @throws {HeadgateError} CONFIG_INVALID for rules that cannot work
 */
export function answerHeaders<I, O extends CallReport>(
  subgraph: string,
  rules: readonly ResponseHeaderRule[],
): Layer<I, O, Flight> {
  const take = compileResponseHeaders(rules, subgraph);
  return {
    name: 'answer headers',
    wrap: (next) => (input, flight) =>
      settle(
        () => next(input, flight),
        (answer) => {
          take(answer, flight.answerHeaders, flight);
          return answer;
        },
        (error) => {
          take(FetchFailure.reportOf(error), flight.answerHeaders, flight);
          throw error;
        },
      ),
  };
}
