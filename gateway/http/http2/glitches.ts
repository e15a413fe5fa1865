/** What a client may do in a row: a page that is left resets as many requests as it had. */
const BURST = 200;
const PER_SECOND = 20;

/**
 * Counts what costs the gateway something and is no request that gets its answer: streams that are reset, by the client or for
 * what it sends, pings, settings. Each answer that a client takes makes up for one: of a proxy's connection, some are
 * always cut off.
 */
export class Glitches {
  #count = 0;
  #countedAt = performance.now();

  /** @returns whether there are more than an honest client has */
  add(): boolean {
    const now = performance.now();
    this.#count = Math.max(0, this.#count - ((now - this.#countedAt) / 1_000) * PER_SECOND) + 1;
    this.#countedAt = now;
    return this.#count > BURST;
  }

  makeUp(): void {
    if (this.#count >= 1) this.#count -= 1;
  }
}
