import { CancellationSource } from '../gateway/cancellation';
import { HeadgateError, isHeadgateError } from '../gateway/errors';
import { InFlight } from '../gateway/in-flight';

const GONE = new HeadgateError('REQUEST_CANCELLED', 'gone');

/** Work that ends when the test says so. */
function held() {
  let end: (value: string) => void = () => {};
  let fail: (error: Error) => void = () => {};
  const result = new Promise<string>((resolve, reject) => {
    end = resolve;
    fail = reject;
  });
  let own = new CancellationSource();
  const start = jest.fn((cancellation: CancellationSource) => {
    own = cancellation;
    return result;
  });
  return { start, end: (value: string) => end(value), fail: (error: Error) => fail(error), reason: () => own.reason };
}

/** Joins what is under way for a key, or begins it. */
function join(
  inFlight: InFlight<string>,
  key: string | null,
  gone: CancellationSource,
  start: (own: CancellationSource) => Promise<string>,
) {
  const known = inFlight.find(key);
  return known === undefined ? inFlight.begin(key, new CancellationSource(), gone, start) : inFlight.join(known, gone);
}

describe('work in flight', () => {
  it('is started once for equal keys and given to all', async () => {
    const inFlight = new InFlight<string>();
    const work = held();
    const asked = [1, 2, 3].map(() => join(inFlight, 'a', new CancellationSource(), work.start));
    work.end('done');
    expect(await Promise.all(asked)).toEqual(['done', 'done', 'done']);
    expect(work.start).toHaveBeenCalledTimes(1);
  });

  it('is started anew once it has ended', async () => {
    const inFlight = new InFlight<string>();
    const start = jest.fn(async () => 'x');
    await join(inFlight, 'a', new CancellationSource(), start);
    await join(inFlight, 'a', new CancellationSource(), start);
    expect(start).toHaveBeenCalledTimes(2);
  });

  it('is not joined by those who come late: it has the deadline of the first', async () => {
    let now = 0;
    const inFlight = new InFlight<string>(1_000, () => now);
    const [early, late] = [held(), held()];
    const ask = (work: typeof early) => join(inFlight, 'a', new CancellationSource(), work.start);
    const first = [ask(early)];
    now = 100;
    first.push(ask(early));
    now = 101;
    const second = [ask(late)];
    now = 150;
    second.push(ask(late));
    early.end('early');
    expect(await Promise.all(first)).toEqual(['early', 'early']);
    // The end of the earlier work is not that of the later one.
    second.push(ask(late));
    late.end('late');
    expect(await Promise.all(second)).toEqual(['late', 'late', 'late']);
    expect([early.start, late.start].map(({ mock }) => mock.calls.length)).toEqual([1, 1]);
  });

  it('is never shared without a key', async () => {
    const inFlight = new InFlight<string>();
    const start = jest.fn(async () => 'x');
    await Promise.all([1, 2].map(() => join(inFlight, null, new CancellationSource(), start)));
    expect(start).toHaveBeenCalledTimes(2);
  });

  it('goes on for the others when the one who started it leaves', async () => {
    const inFlight = new InFlight<string>();
    const work = held();
    const leader = new CancellationSource();
    const first = join(inFlight, 'a', leader, work.start);
    const second = join(inFlight, 'a', new CancellationSource(), work.start);
    leader.cancel(GONE);
    await expect(first).rejects.toBe(GONE);
    expect(work.reason()).toBeNull();
    work.end('done');
    expect(await second).toBe('done');
  });

  it('is cancelled when the last one leaves, and not joined any more', async () => {
    const inFlight = new InFlight<string>();
    const work = held();
    const [one, other] = [new CancellationSource(), new CancellationSource()];
    const asked = [join(inFlight, 'a', one, work.start), join(inFlight, 'a', other, work.start)];
    one.cancel(GONE);
    other.cancel(GONE);
    await Promise.all(asked.map((answer) => expect(answer).rejects.toBe(GONE)));
    expect(isHeadgateError(work.reason(), 'REQUEST_CANCELLED')).toBe(true);
    const next = held();
    const later = join(inFlight, 'a', new CancellationSource(), next.start);
    expect(next.start).toHaveBeenCalledTimes(1);
    next.end('new');
    expect(await later).toBe('new');
  });

  it('fails for all who wait', async () => {
    const inFlight = new InFlight<string>();
    const work = held();
    const asked = [1, 2].map(() => join(inFlight, 'a', new CancellationSource(), work.start));
    const error = new Error('broken');
    work.fail(error);
    for (const answer of asked) await expect(answer).rejects.toBe(error);
  });
});
