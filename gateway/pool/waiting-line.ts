/** A place in the line; to be given back with {@link WaitingLine.leave}. */
export interface Place<T> {
  readonly who: T;
  older: Place<T> | null;
  newer: Place<T> | null;
}

/** Queue by age. Everything takes constant time, also leaving from the middle. */
export class WaitingLine<T> {
  #oldest: Place<T> | null = null;
  #newest: Place<T> | null = null;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get oldest(): T | null {
    return this.#oldest?.who ?? null;
  }

  get newest(): T | null {
    return this.#newest?.who ?? null;
  }

  join(who: T): Place<T> {
    const place: Place<T> = { who, older: this.#newest, newer: null };
    if (this.#newest === null) this.#oldest = place;
    else this.#newest.newer = place;
    this.#newest = place;
    this.#length += 1;
    return place;
  }

  /** To be called once for each place. */
  leave({ older, newer }: Place<T>): void {
    if (older === null) this.#oldest = newer;
    else older.newer = newer;
    if (newer === null) this.#newest = older;
    else newer.older = older;
    this.#length -= 1;
  }
}
