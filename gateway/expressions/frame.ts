import { EvaluationError, keysOf, type MadeMap } from './values';

/**
 * What one evaluation has: the caller's values, places for the variables of macros, and the work done so far. One unit of
 * work is about a node evaluated, an element visited or ten characters looked at, some 10 to 50 ns.
 */
export class Frame {
  readonly locals: unknown[] = [];

  constructor(
    readonly values: Readonly<Record<string, unknown>>,
    public spent: number,
    readonly max: number,
  ) {}

  /** Counts work before it is done. False when it must not be done. */
  charge(units: number): boolean {
    this.spent += units;
    return this.spent <= this.max;
  }

  /** Counts a look at so many characters or bytes. */
  chargeText(length: number): boolean {
    return length < 10 || this.charge(Math.ceil(length / 10));
  }

  /** Keys of a map, charged. One that is too large is looked at once at the most: then nothing may be done any more. */
  keysOf(map: MadeMap | Readonly<Record<string, unknown>>): unknown[] | EvaluationError {
    if (!this.charge(1)) return this.exhausted();
    const keys = keysOf(map);
    return this.charge(keys.length) ? keys : this.exhausted();
  }

  exhausted(): EvaluationError {
    return new EvaluationError(`this needs more work than one evaluation may do (${this.max})`, 'limit');
  }
}

/** A part of a compiled expression. It gives a value or an {@link EvaluationError}, and never throws. */
export type Step = (frame: Frame) => unknown;
