import type { FetchLayer } from './fetch';

/** Gives a fetch so many milliseconds, retries and all, or what the flight has left when that is less. */
export function fetchDeadline(timeoutMs: number): FetchLayer {
  return {
    name: 'deadline',
    wrap: (next) => (request, flight) => next(request, flight.until(performance.now() + timeoutMs)),
  };
}
