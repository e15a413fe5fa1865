import type { Flight, Reads } from '../flight';
import { InFlight, type Work } from '../in-flight';
import { keyOf } from '../key';
import type { FetchLayer } from './fetch';
import type { FetchAnswer } from './fetch-answer';
import { type FetchRequest, NO_HEADERS } from './fetch-request';
import { hashKeyOf, readsVariables } from './hash-key';
import type { SubgraphOptions } from './options';
import { compileReads } from './reads';
import { tell, tellFailure } from './record';
import type { RequestBodies } from './request-bodies';

/** Makes one fetch of equal queries that are in flight at the same time, of flights in which the subgraph reads the same. */
export function deduplicate(subgraph: SubgraphOptions, reads: Reads, bodies: RequestBodies): FetchLayer {
  const { name, timeoutMs } = subgraph;
  const keyFor = fetchKey(subgraph, reads, bodies);

  /** Whoever joins is told of the fetch as one that another flight counts. */
  function join(inFlight: InFlight<FetchAnswer, Flight>, known: Work<FetchAnswer, Flight>, flight: Flight) {
    const startedAt = performance.now();
    return inFlight.join(known, flight.cancellation).then(
      (answer) => {
        answer.holdFor(flight);
        tell(flight, name, startedAt, answer, answer.errorCode, true);
        return answer;
      },
      (error) => {
        tellFailure(flight, name, startedAt, error, true);
        throw error;
      },
    );
  }

  return {
    name: 'deduplicate',
    wrap(next) {
      const inFlight = new InFlight<FetchAnswer, Flight>(timeoutMs);
      return (request, flight) => {
        if (request.operation.kind !== 'query') return next(request, flight);
        const key = keyFor(request, flight);
        const known = inFlight.find(key);
        if (known !== undefined) return join(inFlight, known, flight);
        return inFlight.begin(key, flight.apart(), flight.cancellation, (own) => next(request, own));
      };
    },
  };
}

/** Equal for requests that are answered the same: written the same, for clients that look the same, from the same instance. */
function fetchKey({ pools }: SubgraphOptions, reads: Reads, bodies: RequestBodies) {
  const look = lookKey(reads);
  const hashed = Object.values(pools).filter(readsVariables);
  return (request: FetchRequest, flight: Flight): string => {
    const { headers } = request;
    let before = look === null ? '' : look(flight);
    for (const pool of hashed) before += keyOf(hashKeyOf(pool, flight));
    // What layers in front have made of what they read.
    if (headers !== NO_HEADERS) before += keyOf(JSON.stringify(headers));
    const { key } = bodies.of(request);
    return before === '' ? key : `${before} ${key}`;
  };
}

/** Null when nothing is read. */
function lookKey(reads: Reads): ((flight: Flight) => string) | null {
  const { headers: names, matching, facts } = reads;
  if (matching.length + facts.length > 0) {
    const look = compileReads(reads);
    return (flight) => keyOf(look(flight).key);
  }
  if (names.length === 0) return null;
  return ({ headers }) => {
    let key = '';
    for (const name of names) {
      const value = headers[name];
      // A list of one is not its only value.
      key += typeof value === 'object' ? `+${keyOf(JSON.stringify(value))}` : keyOf(value);
    }
    return key;
  };
}
