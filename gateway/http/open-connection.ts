import type { Exchange } from './exchange';

/** One open connection, as its listener keeps count of it. */
export interface OpenConnection {
  readonly idlePlace: IdlePlace;
  /** True when no request is in progress. */
  readonly idle: boolean;
  /** On the clock of `performance.now()`; meaningful while {@link idle}. */
  readonly idleSince: number;
  /** To be told when its socket has closed. */
  closed(): void;
  /** Ends it at once. */
  destroy(): void;
}

/** One that speaks HTTP, of whatever version. */
export interface BusyConnection extends OpenConnection {
  /** True when a request that has begun has to await its {@link turn}: others were sent before it and are not answered. */
  readonly crowded: boolean;
  /** Never resolves for a request whose client has gone. */
  turn(exchange: Exchange): Promise<void>;
  /** True when the answer of this exchange has to say that it is the last one. */
  endsWith(exchange: Exchange): boolean;
}

/** A place in the ring of idle connections: a link, for it changes twice with every request. */
export class IdlePlace {
  #before: IdlePlace = this;
  #after: IdlePlace = this;

  constructor(readonly connection: OpenConnection | null) {}

  get next(): IdlePlace {
    return this.#after;
  }

  leave(): void {
    this.#before.#after = this.#after;
    this.#after.#before = this.#before;
    this.#before = this;
    this.#after = this;
  }

  /** To be called when it is in no ring. */
  enterBefore(place: IdlePlace): void {
    this.#before = place.#before;
    this.#after = place;
    place.#before.#after = this;
    place.#before = this;
  }
}
