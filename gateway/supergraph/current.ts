import { announce } from '../events';

/** One holder's claim on a value: it is not retired before every claim on it is released. */
export interface Lease<Value> {
  readonly value: Value;
  /** A second call does nothing. */
  release(): void;
  /** Another claim on the same value, for as long as this one is not released. */
  share(): Lease<Value>;
}

export interface Current<Value> {
  /** Null before the first activation and after `close`. */
  get(): Value | null;
  /**
   * Makes `next` current; the value before it retires once its last lease is released. Activating what is current
   * already changes nothing. After `close` the value retires at once.
   */
  activate(next: Value): void;
  /** The current value for as long as the caller needs it; null when there is none. */
  hold(): Lease<Value> | null;
  /** Lets go of the current value; it retires once its last lease is released. */
  close(): void;
}

/** A value, how many hold it, and whether it was replaced. */
interface Held<Value> {
  readonly value: Value;
  leases: number;
  replaced: boolean;
}

/** Each query takes one: an object, and no closure. */
class HeldLease<Value> implements Lease<Value> {
  readonly value: Value;
  readonly #held: Held<Value>;
  #isReleased = false;
  readonly #retireIfUnused: (held: Held<Value>) => void;

  constructor(held: Held<Value>, retireIfUnused: (held: Held<Value>) => void) {
    this.value = held.value;
    this.#held = held;
    this.#retireIfUnused = retireIfUnused;
    held.leases += 1;
  }

  release(): void {
    if (this.#isReleased) return;
    this.#isReleased = true;
    this.#held.leases -= 1;
    this.#retireIfUnused(this.#held);
  }

  share(): Lease<Value> {
    return new HeldLease(this.#held, this.#retireIfUnused);
  }
}

/**
 * The one pointer: what it points to is swapped in one assignment, and whoever holds the old value keeps it until done.
 * @param options.retire runs exactly once for each value, when nobody can reach it any more; what it throws is announced
 */
export function createCurrent<Value>(options: { retire(value: Value): void }): Current<Value> {
  let current: Held<Value> | null = null;
  let closed = false;

  function retireIfUnused(held: Held<Value>): void {
    if (!held.replaced || held.leases > 0) return;
    try {
      options.retire(held.value);
    } catch (error) {
      announce('internal.error', { where: 'supergraph/current', error });
    }
  }

  function replace(next: Held<Value> | null): void {
    const previous = current;
    current = next;
    if (previous === null) return;
    previous.replaced = true;
    retireIfUnused(previous);
  }

  return {
    get: () => current?.value ?? null,
    activate(next) {
      if (current?.value === next) return;
      replace({ value: next, leases: 0, replaced: false });
      if (closed) replace(null);
    },
    hold: () => (current === null ? null : new HeldLease(current, retireIfUnused)),
    close() {
      closed = true;
      replace(null);
    },
  };
}
