import { CancellationSource } from '../cancellation';
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
      return (fetch, cancellation) => {
        if (fetch.request.operationKind !== 'query') return next(fetch, cancellation);
        const key = keyFor(fetch);
        const known = inFlight.find(key);
        if (known === undefined)
          return inFlight.begin(key, new CancellationSource(), cancellation, (own) => next(fetch, own));
        fetch.isShared = true;
        return inFlight.join(known, cancellation);
      };
    },
  };
}
