import fc from 'fast-check';
import { TimingWheel } from '../gateway/timing-wheel/timing-wheel';
import { WheelEntry } from '../gateway/timing-wheel/wheel-entry';
import { OwnedTime } from './fixtures/owned-time';

const DAY_MS = 86_400_000;

/** What a callback does; entries are told apart by the order in which they were added. */
type Reaction =
  | { readonly kind: 'none' | 'throw' }
  | { readonly kind: 'add'; readonly ms: number }
  | { readonly kind: 'cancel'; readonly entry: number };

type Step =
  | { readonly kind: 'add'; readonly ms: number; readonly reaction: Reaction }
  | { readonly kind: 'cancel'; readonly entry: number }
  | { readonly kind: 'pass'; readonly ms: number }
  /** The loop is blocked, and an entry is cancelled after its timer has fired and before its callback is called. */
  | { readonly kind: 'block'; readonly ms: number; readonly cancelled: number };

/** Both sides of a test: the wheel, and what is simple enough to be right. */
interface Subject {
  readonly time: OwnedTime;
  readonly fired: string[];
  add(ms: number, reaction: Reaction): void;
  cancel(entry: number): void;
}

function react({ add, cancel }: Pick<Subject, 'add' | 'cancel'>, reaction: Reaction, id: number): void {
  if (reaction.kind === 'add') add(reaction.ms, { kind: 'none' });
  else if (reaction.kind === 'cancel') cancel(reaction.entry);
  else if (reaction.kind === 'throw') throw new Error(`of ${id}`);
}

function wheelSubject(time: OwnedTime): Subject {
  const wheel = new TimingWheel(time);
  const entries: WheelEntry[] = [];
  const fired: string[] = [];
  const cancel = (entry: number) => {
    const found = entries[entry % entries.length];
    if (found !== undefined) wheel.cancel(found);
  };
  const add = (ms: number, reaction: Reaction) => {
    const id = entries.length;
    const entry = new WheelEntry(() => {
      fired.push(`${id} at ${Math.floor(time.now())}`);
      react({ add, cancel }, reaction, id);
    });
    entries.push(entry);
    wheel.add(entry, ms);
  };
  return { time, fired, add, cancel };
}

/** A timer for each, set anew when its time is too long for one: all that are due wait in a list for the end of the turn. */
class NaiveTimers implements Subject {
  readonly fired: string[] = [];
  readonly #entries: { readonly id: number; readonly due: number; readonly reaction: Reaction; waits: boolean }[] = [];
  readonly time: OwnedTime;

  constructor(time: OwnedTime) {
    this.time = time;
  }

  readonly add = (ms: number, reaction: Reaction): void => {
    const now = this.time.now();
    const due = Math.max(Math.floor(now + (ms >= 1 ? ms : 0)), Math.floor(now) + 1);
    this.#entries.push({ id: this.#entries.length, due, reaction, waits: true });
    this.#wakeAt(due);
  };

  readonly cancel = (entry: number): void => {
    const found = this.#entries[entry % this.#entries.length];
    if (found !== undefined) found.waits = false;
  };

  get waiting(): number {
    return this.#entries.filter(({ waits }) => waits).length;
  }

  #wakeAt(due: number): void {
    this.time.setTimeout(() => this.time.setImmediate(() => this.#fire()), due - Math.floor(this.time.now()));
  }

  #fire(): void {
    const due = this.#entries.filter((entry) => entry.waits && entry.due <= this.time.now());
    for (const entry of due.sort((a, b) => a.due - b.due || a.id - b.id)) {
      if (!entry.waits) continue;
      entry.waits = false;
      this.fired.push(`${entry.id} at ${Math.floor(this.time.now())}`);
      try {
        react(this, entry.reaction, entry.id);
      } catch (error) {
        this.time.errors.push(error);
      }
    }
  }
}

function take(subject: Subject, step: Step): void {
  if (step.kind === 'add') subject.add(step.ms, step.reaction);
  else if (step.kind === 'cancel') subject.cancel(step.entry);
  else if (step.kind === 'pass') subject.time.pass(step.ms);
  else {
    subject.time.block(step.ms);
    subject.time.turn(() => subject.cancel(step.cancelled));
  }
}

const ms = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -1, max: 70 }) },
  { weight: 4, arbitrary: fc.integer({ min: 0, max: 3_000 }) },
  { weight: 2, arbitrary: fc.double({ min: 0, max: 40_000, noNaN: true }) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: -1, max: 1 }))
      .map(([level, off]) => 32 ** level + off),
  },
  { weight: 1, arbitrary: fc.constantFrom(2 ** 28 - 1, 2 ** 28, 2 ** 28 + 1, 2 ** 31 - 1, 2 ** 31, 2 ** 33 + 5) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 30 * DAY_MS }) },
);
const passing = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: 0, max: 100, noNaN: true }) },
  { weight: 4, arbitrary: fc.double({ min: 0, max: 40_000, noNaN: true }) },
  { weight: 2, arbitrary: fc.integer({ min: 0, max: 5 * DAY_MS }) },
);
const entry = fc.nat(200);
const reaction: fc.Arbitrary<Reaction> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('none' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('throw' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('add' as const), ms }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), entry }) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('add' as const), ms, reaction }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cancel' as const), entry }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: passing }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('block' as const), ms: passing, cancelled: entry }) },
);
/** Also across the ends of what 30 and 31 bits hold. */
const start = fc.oneof(
  fc.double({ min: 0, max: 1e6, noNaN: true }),
  fc.constantFrom(2 ** 30 - 40.5, 2 ** 31 - 40.5, 2 ** 32 - 40.5, 2 ** 30 - 1_000, 1.7e12),
);

describe('a timing wheel', () => {
  it('calls back what a sorted list would, in the same order and at the same ms, with one timer at most', () => {
    const property = fc.property(start, fc.array(step, { maxLength: 80 }), (startMs, steps) => {
      const wheel = wheelSubject(new OwnedTime(startMs));
      const naive = new NaiveTimers(new OwnedTime(startMs));
      for (const one of [...steps, { kind: 'pass', ms: 3 * DAY_MS } as const]) {
        take(wheel, one);
        take(naive, one);
        expect(wheel.fired).toEqual(naive.fired);
        expect(wheel.time.errors).toEqual(naive.time.errors);
        expect(wheel.time.timers.size).toBeLessThanOrEqual(1);
        expect(wheel.time.isHeld).toBe(naive.waiting > 0);
      }
    });
    fc.assert(property, { numRuns: 1_000 });
  });

  it('sets no timer for each entry', () => {
    const time = new OwnedTime(0.5);
    const { add, cancel, fired } = wheelSubject(time);
    for (let request = 0; request < 10_000; request += 1) {
      add(30_000, { kind: 'none' });
      add(200, { kind: 'none' });
      time.pass(0.1);
      cancel(2 * request);
      cancel(2 * request + 1);
    }
    expect(fired).toEqual([]);
    expect([time.set, time.isHeld]).toEqual([7, false]);
    time.pass(40_000);
    expect([time.set, time.timers.size]).toEqual([7, 0]);
  });

  it('calls back nobody before his time, although timers fire early', () => {
    const time = new OwnedTime(0, 0.75);
    const { add, fired } = wheelSubject(time);
    for (const delay of [1, 2, 40, 5_000]) add(delay, { kind: 'none' });
    time.pass(10_000);
    expect(fired).toEqual(['0 at 1', '1 at 2', '2 at 40', '3 at 5000']);
  });

  it.each([2 ** 28 - 1, 2 ** 28, 2 ** 28 + 1, 2 ** 29 - 1, 2 ** 29, 2 ** 31 - 1, 400 * DAY_MS])(
    'waits for %i ms',
    (delay) => {
      const time = new OwnedTime(0);
      const { add, fired } = wheelSubject(time);
      add(delay, { kind: 'none' });
      add(Number.POSITIVE_INFINITY, { kind: 'none' });
      time.pass(delay - 1);
      expect(fired).toEqual([]);
      time.pass(1);
      expect(fired).toEqual([`0 at ${delay}`]);
    },
  );
});
