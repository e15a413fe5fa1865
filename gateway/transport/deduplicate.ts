import { InFlight } from '../in-flight';
import { keyOf } from '../key';
import type { Fetch, FetchAnswer, FetchLayer } from './fetch';

/**
 * Makes one call of equal queries with equal headers that are in flight at the same time.
 * @param forwards clients' headers are sent
 * @param timeoutMs of a call
 */
export function deduplicate(forwards: boolean, timeoutMs: number): FetchLayer {
  const keyFor = ({ hashKey, headers, body }: Fetch): string =>
    forwards || hashKey !== null ? keyOf(hashKey, JSON.stringify(headers), body.text) : body.text;
  return {
    name: 'deduplicate',
    wrap(next) {
      const inFlight = new InFlight<FetchAnswer>(timeoutMs);
      return (fetch, cancellation) =>
        fetch.request.operationKind === 'query'
          ? inFlight.join(keyFor(fetch), cancellation, (own) => next(fetch, own))
          : next(fetch, cancellation);
    },
  };
}
