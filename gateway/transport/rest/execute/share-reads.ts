import type { Flight } from '../../../flight';
import { InFlight, type Work } from '../../../in-flight';
import { keyOf } from '../../../key';
import type { Step } from '../../../layers';
import { hashKeyOf } from '../../hash-key';
import type { SubgraphOptions } from '../../options';
import { tell, tellFailure } from '../../record';
import type { Routing } from '../../routing/routing';
import type { RestAnswer } from '../response/judge';
import type { RestCall } from './send-http';

/**
 * Makes one request of equal ones that are under way at the same time, whatever operations they are for: equal in all that is sent, header by
 * header, and to the same instances. Whoever joins is told of the request as one that another flight counts.
 */
export function shareReads(
  options: SubgraphOptions,
  routing: Routing | null,
  next: Step<RestCall, RestAnswer, Flight>,
): Step<RestCall, RestAnswer, Flight> {
  const { name, timeoutMs } = options;
  const inFlight = new InFlight<RestAnswer, Flight>(timeoutMs);

  function join(known: Work<RestAnswer, Flight>, flight: Flight): Promise<RestAnswer> {
    const startedAt = performance.now();
    return inFlight.join(known, flight.cancellation).then(
      (answer) => {
        tell(flight, name, startedAt, answer, answer.errorCode, true);
        return heldFor(answer);
      },
      (error) => {
        tellFailure(flight, name, startedAt, error, true);
        throw error;
      },
    );
  }

  return async (call, flight) => {
    if (call.key === null) return next(call, flight);
    const pool = options.pools[call.connector.source];
    const only = routing?.instancesFor(flight) ?? null;
    const filter = only === null ? null : `${only.fallback} ${only.text}`;
    const place = keyOf(pool === undefined ? null : hashKeyOf(pool, flight), filter);
    const key = `${place} ${call.key}`;
    const known = inFlight.find(key);
    if (known !== undefined) return join(known, flight);
    return heldFor(
      await inFlight.begin(key, flight.apart(), flight.cancellation, async (own) => letGoLater(await next(call, own))),
    );
  };
}

/** Each of those who wait lets go of it for itself. */
function heldFor(answer: RestAnswer): RestAnswer {
  answer.held?.retain();
  return answer;
}

/** Not before all of them have taken hold of it; perhaps nobody waits any more. */
function letGoLater(answer: RestAnswer): RestAnswer {
  const { held } = answer;
  if (held !== null) setImmediate(() => held.release());
  return answer;
}
