import type { Time } from './time';
import { NOWHERE, type WheelEntry } from './wheel-entry';

/** A level has 32 slots, and a slot is as long as all of the level below: 1 ms, 32 ms, 1 s, 33 s, 17 min, 9 h. */
const LEVEL_BITS = 5;
const SLOTS = 2 ** LEVEL_BITS;
const LEVELS = 6;
const DIGIT = SLOTS - 1;
/** Ticks are told apart up to here, and begin anew: 12 days. */
const TICKS = 2 ** (LEVELS * LEVEL_BITS) - 1;
/** What lies further ahead gets there in legs: 3 days, so that a wheel whose loop is blocked is far from a whole turn. */
const LEG_MS = 2 ** 28;
const DELAY_MS_MAX = Number.MAX_SAFE_INTEGER;
/** Slot behind all levels, for what has come due. */
const DUE = LEVELS * SLOTS;
const ALL_LEVELS = 2 ** LEVELS - 1;

/**
 * Hierarchical timing wheel with ticks of 1 ms: adding and cancelling cost the same however many wait, and allocate
 * nothing. It does not tick: one timer is set for the first slot that holds something, so a wheel in which nothing comes due
 * hardly wakes the process.
 *
 * An entry stands on the level of the highest digit in which its tick differs from the wheel's, and comes down as time goes
 * on. So all of one tick are always in one slot, in the order in which they were added.
 */
export class TimingWheel {
  readonly #time: Time;
  /** First of each slot's ring. */
  readonly #first: (WheelEntry | null)[] = new Array(DUE + 1).fill(null);
  /** A bit for each slot that holds something, and one for each such level. */
  readonly #slots = new Int32Array(LEVELS + 1);
  #levels = 0;
  /** Nothing that is due by then is in a level any more. */
  #tick = 0;
  #timer: NodeJS.Timeout | null = null;
  #wakesAt = Number.POSITIVE_INFINITY;
  #firesSoon = false;

  constructor(time: Time) {
    this.#time = time;
  }

  /** Lets `entry`, which waits nowhere, come due in so many ms, rounded down but at least 1. */
  add(entry: WheelEntry, ms: number): void {
    const now = this.#time.now();
    const tick = Math.max(Math.floor(now), this.#tick);
    const wasEmpty = this.#isEmpty;
    if (wasEmpty) this.#tick = tick;
    const legMs = ms < LEG_MS ? ms : this.#firstLeg(entry, ms);
    const due = legMs >= 1 ? Math.max(Math.floor(now + legMs), tick + 1) : tick + 1;
    entry.due = due & TICKS;
    this.#place(entry);
    if (due < this.#wakesAt) this.#wakeAt(due, tick);
    else if (wasEmpty) this.#timer?.ref();
  }

  /** Nothing for one that has been called back, or was cancelled before. */
  cancel(entry: WheelEntry): void {
    if (entry.slot === NOWHERE) return;
    this.#unlink(entry);
    // Left to fire in vain: setting it anew would cost each request of a process that has one at a time.
    if (this.#isEmpty) this.#timer?.unref();
  }

  /** @returns its ms: up to two legs, lest it be none */
  #firstLeg(entry: WheelEntry, ms: number): number {
    const wholeMs = Math.min(ms, DELAY_MS_MAX);
    entry.legs = Math.floor(wholeMs / LEG_MS) - 1;
    return wholeMs - entry.legs * LEG_MS;
  }

  get #isEmpty(): boolean {
    return (this.#levels & ALL_LEVELS) === 0;
  }

  #wakeAt(due: number, tick: number): void {
    if (this.#timer !== null) this.#time.clearTimeout(this.#timer);
    this.#timer = this.#time.setTimeout(this.#wake, due - tick);
    this.#wakesAt = due;
  }

  readonly #wake = (): void => {
    this.#timer = null;
    this.#wakesAt = Number.POSITIVE_INFINITY;
    const tick = Math.floor(this.#time.now());
    this.#advance(tick);
    if (!this.#isEmpty) this.#wakeAt(this.#startOf(this.#nextSlot()), tick);
    if (this.#first[DUE] === null || this.#firesSoon) return;
    this.#firesSoon = true;
    this.#time.setImmediate(this.#fire);
  };

  /** An error of a callback goes where errors of timers go; whoever is due after it is called back in the next turn. */
  readonly #fire = (): void => {
    this.#firesSoon = false;
    try {
      for (let entry = this.#firstIn(DUE); entry !== null; entry = this.#firstIn(DUE)) {
        this.#unlink(entry);
        entry.onDue();
      }
    } finally {
      if (this.#first[DUE] !== null) {
        this.#firesSoon = true;
        this.#time.setImmediate(this.#fire);
      }
    }
  };

  /** Takes out what is due by `tick`, and lets the rest come down. */
  #advance(tick: number): void {
    while (!this.#isEmpty) {
      const slot = this.#nextSlot();
      const start = this.#startOf(slot);
      if (start > tick) break;
      this.#tick = start;
      for (let entry = this.#firstIn(slot); entry !== null; entry = this.#firstIn(slot)) {
        this.#unlink(entry);
        this.#goOn(entry);
      }
    }
    this.#tick = Math.max(this.#tick, tick);
  }

  #goOn(entry: WheelEntry): void {
    if (entry.due !== (this.#tick & TICKS)) this.#place(entry);
    else if (entry.legs === 0) this.#link(entry, DUE);
    else {
      entry.legs -= 1;
      entry.due = (entry.due + LEG_MS) & TICKS;
      this.#place(entry);
    }
  }

  #place(entry: WheelEntry): void {
    const differing = (entry.due ^ this.#tick) & TICKS;
    const level = differing < SLOTS ? 0 : Math.floor((31 - Math.clz32(differing)) / LEVEL_BITS);
    this.#link(entry, level * SLOTS + ((entry.due >>> (level * LEVEL_BITS)) & DIGIT));
  }

  /** To be called when the wheel is not empty: the lowest level that holds something has what is due first. */
  #nextSlot(): number {
    const level = lowestBit(this.#levels);
    const digit = (this.#tick >>> (level * LEVEL_BITS)) & DIGIT;
    const slots = this.#slots[level] ?? 0;
    const distance = lowestBit((slots >>> digit) | (slots << (SLOTS - digit)));
    return level * SLOTS + ((digit + distance) & DIGIT);
  }

  /** First tick of a slot, the next time that its turn comes. */
  #startOf(slot: number): number {
    const level = slot >>> LEVEL_BITS;
    const size = SLOTS ** level;
    const at = Math.floor(this.#tick / size);
    return (at + ((slot - at) & DIGIT)) * size;
  }

  #firstIn(slot: number): WheelEntry | null {
    return this.#first[slot] ?? null;
  }

  #link(entry: WheelEntry, slot: number): void {
    entry.slot = slot;
    const first = this.#firstIn(slot);
    if (first === null) {
      this.#first[slot] = entry;
      this.#mark(slot, true);
      return;
    }
    const last = first.previous;
    entry.previous = last;
    entry.next = first;
    last.next = entry;
    first.previous = entry;
  }

  #unlink(entry: WheelEntry): void {
    const { slot, previous, next } = entry;
    if (next === entry) {
      this.#first[slot] = null;
      this.#mark(slot, false);
    } else {
      previous.next = next;
      next.previous = previous;
      if (this.#first[slot] === entry) this.#first[slot] = next;
      entry.previous = entry;
      entry.next = entry;
    }
    entry.slot = NOWHERE;
  }

  #mark(slot: number, holds: boolean): void {
    const level = slot >>> LEVEL_BITS;
    const bit = 1 << (slot & DIGIT);
    const others = (this.#slots[level] ?? 0) & ~bit;
    this.#slots[level] = holds ? others | bit : others;
    if (holds) this.#levels |= 1 << level;
    else if (others === 0) this.#levels &= ~(1 << level);
  }
}

/** Number of the lowest bit that is set, of 32. */
function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}
