/** Slot of an entry that waits nowhere. */
export const NOWHERE = -1;

/** What waits in a wheel; its fields are the wheel's. Small integers all: a double would be an allocation of its own. */
export class WheelEntry {
  readonly onDue: () => void;
  previous: WheelEntry = this;
  next: WheelEntry = this;
  slot = NOWHERE;
  /** Tick, in 30 bits. */
  due = 0;
  /** Legs to come, of a delay that is too long for one. */
  legs = 0;

  constructor(onDue: () => void) {
    this.onDue = onDue;
  }
}
