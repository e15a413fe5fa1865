import { HeadgateError } from '../../gateway/errors';
import { ConcurrencyLimit } from '../../gateway/pool/concurrency-limit';
import { holdAll, letGo } from '../fixtures/held-time';

const LEFT_MS = 400_000;
/** A quarter of it. */
const LATE_MS = 100_000;

let nowMs: number;
let limit: ConcurrencyLimit;
let log: string[];

/** One call at once, so many may wait; the one call is under way. */
function full(queueMax: number): void {
  nowMs = 0;
  log = [];
  limit = new ConcurrencyLimit('products', 1, queueMax, () => nowMs);
  expect(limit.tryEnter()).toBe(true);
}

/** Logs its name once it has its place, and with an exclamation mark when it is refused. */
function wait(name: string, leftMs = LEFT_MS, isHopeless = () => false): void {
  limit.wait(leftMs, null, isHopeless).then(
    () => log.push(name),
    () => log.push(`${name}!`),
  );
}

/** The call under way ends; resolves when whoever is next knows. */
async function leave(times = 1): Promise<void> {
  for (let time = 0; time < times; time += 1) limit.leave();
  await Promise.resolve();
  await Promise.resolve();
}

/** Nobody waits on, with a timer of minutes, once its test is over. */
afterEach(() => limit.refuseAll(new HeadgateError('REQUEST_CANCELLED', 'the test is over')));

it('serves in order while nobody waited for a quarter of its time', async () => {
  full(10);
  for (const name of ['a', 'b', 'c']) wait(name);
  nowMs = LATE_MS - 1;
  await leave(3);
  expect(log).toEqual(['a', 'b', 'c']);
});

it('serves the newest first once somebody did', async () => {
  full(10);
  for (const name of ['a', 'b', 'c']) wait(name);
  nowMs = LATE_MS;
  wait('d');
  await leave(4);
  expect(log).toEqual(['d', 'c', 'b', 'a']);
});

it('serves in order again once those who are late have gone', async () => {
  full(10);
  wait('a');
  nowMs = LATE_MS;
  for (const name of ['b', 'c', 'd']) wait(name);
  await leave(4);
  wait('e');
  wait('f');
  await leave(2);
  expect(log).toEqual(['d', 'c', 'b', 'a', 'e', 'f']);
});

it('serves in order, and everybody, however long the queue is not empty', async () => {
  full(10);
  const served: string[] = [];
  for (let call = 0; call < 1_000; call += 1) {
    wait(`${call}`);
    if (call < 5) continue;
    nowMs += LATE_MS / 10;
    await leave();
    served.push(`${call - 5}`);
  }
  expect(log).toEqual(served);
});

it('refuses who comes when the queue is full', async () => {
  full(1);
  wait('a');
  wait('b');
  await leave();
  expect(log).toEqual(['b!', 'a']);
});

it('has the oldest give way when a late queue is full', async () => {
  full(2);
  for (const name of ['a', 'b']) wait(name);
  nowMs = LATE_MS;
  wait('c');
  await leave();
  expect(log).toEqual(['a!', 'c']);
});

it('refuses at once when nobody may wait', async () => {
  full(0);
  nowMs = LATE_MS;
  wait('a');
  await leave();
  expect(log).toEqual(['a!']);
});

it('passes over who has no time left', async () => {
  full(10);
  wait('a', LEFT_MS, () => true);
  wait('b');
  await leave();
  expect(log).toEqual(['a!', 'b']);
});

describe('with timers', () => {
  beforeEach(holdAll);
  afterEach(letGo);

  it('lets nobody wait for more than half of the time left', async () => {
    full(10);
    wait('a', 400);
    await jest.advanceTimersByTimeAsync(190);
    expect(log).toEqual([]);
    await jest.advanceTimersByTimeAsync(11);
    expect(log).toEqual(['a!']);
  });
});
