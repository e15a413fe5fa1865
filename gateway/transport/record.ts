import { isHeadgateError } from '../errors';
import type { Flight } from '../flight';
import { type Layer, settle } from '../layers';
import type { CallReport } from './fetch-answer';
import { FetchFailure } from './fetch-failure';

/** Tells of each call to a subgraph when it has ended, once. */
export function record<I, O extends CallReport>(subgraph: string): Layer<I, O, Flight> {
  return {
    name: 'record',
    wrap: (next) => (input, flight) => {
      const startedAt = performance.now();
      return settle(
        () => next(input, flight),
        (answer) => {
          tell(flight, subgraph, startedAt, answer, answer.errorCode, false);
          return answer;
        },
        (error) => {
          tellFailure(flight, subgraph, startedAt, error, false);
          throw error;
        },
      );
    },
  };
}

/** @param startedAt on the clock of `performance.now()` */
export function tellFailure(
  flight: Flight,
  subgraph: string,
  startedAt: number,
  error: unknown,
  isShared: boolean,
): void {
  const code = isHeadgateError(error) ? error.code : 'INTERNAL';
  tell(flight, subgraph, startedAt, FetchFailure.reportOf(error), code, isShared);
}

/** @param isShared the call was made for another flight, which counts it */
export function tell(
  flight: Flight,
  subgraph: string,
  startedAt: number,
  { instance, attempts, requestBytes, responseBytes, status, error }: CallReport,
  errorCode: string | null,
  isShared: boolean,
): void {
  flight.record({
    subgraph,
    instance,
    attempts,
    startMs: startedAt - flight.startedAt,
    durationMs: performance.now() - startedAt,
    requestBytes,
    responseBytes,
    status,
    errorCode,
    error,
    isShared,
  });
}
