import type { Call } from '../call';
import { Flight, type Sight } from '../flight';
import { InFlight } from '../in-flight';
import { keyOf } from '../key';
import { type Layer, type Soon, type Step, settle } from '../layers';
import type { Lease } from '../supergraph/current';
import { releaseFor } from '../under-way';
import type { Asked, Outcome } from './asked';
import type { PreparedOperation } from './prepared-operation';
import type { Version } from './version';

/** An operation that can be executed: asked for, and prepared. */
export interface Ready {
  readonly asked: Asked;
  readonly prepared: PreparedOperation;
  /** When it was made, on the clock of `performance.now()`; null: it was there. */
  readonly preparing: { readonly fromMs: number; readonly toMs: number } | null;
  /** The version that it is prepared for, for as long as it is executed. */
  readonly hold: () => Lease<Version>;
}

export type ReadyStep = Step<Ready, Outcome, Call>;
export type ReadyLayer = Layer<Ready, Outcome, Call>;

/**
 * Calls to subgraphs may take a little longer than each call that waits: it is the client that is told, once, and not each
 * fetch that happens to notice first.
 */
export const CANCELLED_FIRST_MS = 100;
/** One for all: what is coerced of the same object is coerced once. */
const NO_VARIABLES: Readonly<Record<string, unknown>> = Object.freeze({});

/**
 * Executes an operation in a flight. Equal queries of calls that look the same to their operation are one flight; each call
 * waits until it goes away itself.
 * @param timeoutMs of a client request
 * @param shares whether equal queries may be one
 */
export function flights(timeoutMs: number, shares: boolean): ReadyStep {
  /** Of each operation of each version: what an older version answers is not shared with whoever asks after the swap. */
  const ofOperations = new WeakMap<PreparedOperation, InFlight<Outcome, Flight>>();

  function inFlightOf(prepared: PreparedOperation): InFlight<Outcome, Flight> {
    let found = ofOperations.get(prepared);
    if (found === undefined) {
      found = new InFlight(timeoutMs);
      ofOperations.set(prepared, found);
    }
    return found;
  }

  return (ready, call) => {
    const { asked, prepared } = ready;
    const sight = prepared.look(call);
    const key = shares && prepared.head.kind === 'query' ? keyFor(asked, sight) : null;
    const inFlight = inFlightOf(prepared);
    const known = inFlight.find(key);
    if (known !== undefined) {
      call.flight = known.own;
      return inFlight.join(known, call.gone);
    }
    const flight = new Flight(sight, call, performance.now() + timeoutMs + CANCELLED_FIRST_MS);
    call.flight = flight;
    return inFlight.begin(key, flight, call.gone, () => fly(ready, flight));
  };
}

function keyFor({ key, ownsAnswer, onError }: Asked, sight: Sight): string | null {
  if (key === null || sight.key === null || ownsAnswer) return null;
  return onError === undefined ? keyOf(sight.key, key) : keyOf(sight.key, key, onError);
}

/** A flight holds its version, whoever still waits for it. */
function fly({ asked, prepared, hold }: Ready, flight: Flight): Soon<Outcome> {
  const { variables = NO_VARIABLES, ownsAnswer, onError } = asked;
  const lease = hold();
  return settle(
    () => prepared.execute(variables, flight, ownsAnswer, onError),
    ({ data, errors, extensions }) => {
      lease.release();
      releaseFor(flight);
      return { data, errors, extensions, headers: flight.answerHeaders };
    },
    (error) => {
      lease.release();
      releaseFor(flight);
      throw error;
    },
  );
}
