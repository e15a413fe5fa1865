import { HeadgateError } from '../gateway/errors';
import type { Flight } from '../gateway/flight';
import { HeldBytes, keepFor, releaseFor } from '../gateway/under-way';
import { newFlight } from './fixtures/flight';

const GONE = new HeadgateError('REQUEST_CANCELLED', 'the client went away');

function ending(flight: Flight): string[] {
  const reasons: string[] = [];
  flight.cancellation.onCancel(() => reasons.push(`${flight.cancellation.reason?.code}`));
  return reasons;
}

describe('a part of a flight', () => {
  it('reads and tells what the flight does', () => {
    const flight = newFlight({ headers: { 'x-a': '1' } });
    const part = flight.until(0).apart().until(-1);
    flight.variables = { id: 1 };
    expect([part.headers, part.facts, part.variables, part.startedAt]).toEqual([
      flight.headers,
      flight.facts,
      { id: 1 },
      flight.startedAt,
    ]);
    part.retries.left -= 1;
    part.answerHeaders.set('x-b', ['2']);
    expect([flight.retries.left, [...flight.answerHeaders], part.calls]).toEqual([2, [['x-b', ['2']]], flight.calls]);
  });

  it('ends earlier, never later', () => {
    const flight = newFlight();
    const { deadlineAt } = flight;
    expect(flight.until(deadlineAt + 1)).toBe(flight);
    const part = flight.until(deadlineAt - 10);
    expect([part.deadlineAt, part.until(deadlineAt).deadlineAt, part.until(3).deadlineAt]).toEqual([
      deadlineAt - 10,
      deadlineAt - 10,
      3,
    ]);
  });

  it('is cancelled with it, unless it is apart: then by itself', () => {
    const flight = newFlight();
    const apart = flight.apart();
    const [whole, part, own, below] = [flight, flight.until(0), apart, apart.until(0)].map(ending);
    flight.cancel(GONE);
    expect([whole, part, own, below]).toEqual([['REQUEST_CANCELLED'], ['REQUEST_CANCELLED'], [], []]);
    apart.cancel(GONE);
    expect([own, below]).toEqual([['REQUEST_CANCELLED'], ['REQUEST_CANCELLED']]);
  });

  it('holds bytes for it', () => {
    const flight = newFlight();
    const held = new HeldBytes();
    const retained = jest.spyOn(held, 'retain');
    const released = jest.spyOn(held, 'release');
    keepFor(flight.until(0).apart(), held);
    releaseFor(flight);
    keepFor(flight.apart(), held);
    expect([retained.mock.calls.length, released.mock.calls.length, flight.held]).toEqual([1, 1, 'closed']);
  });
});
