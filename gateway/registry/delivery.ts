/** Hands revisions on, one at a time; whoever waits for one is served by it or by a newer one. */
export class Delivery {
  readonly #deliverHead: () => Promise<number>;
  #delivered = 0;
  #running: Promise<void> | undefined;

  /** @param deliverHead hands on the newest revision and answers its number */
  constructor(deliverHead: () => Promise<number>) {
    this.#deliverHead = deliverHead;
  }

  /** The revision handed on last; 0 before the first. */
  get delivered(): number {
    return this.#delivered;
  }

  /** Resolves when the revision, or a newer one, was handed on; rejects when handing on fails. */
  async reach(revision: number): Promise<void> {
    while (this.#delivered < revision) {
      this.#running ??= this.#run();
      await this.#running;
    }
  }

  async #run(): Promise<void> {
    try {
      this.#delivered = await this.#deliverHead();
    } finally {
      this.#running = undefined;
    }
  }

  /** Hands the newest revision on once more, with what holds beside it now; nothing before the first. */
  async again(): Promise<void> {
    if (this.#delivered === 0) return;
    // It may have begun before.
    await this.idle();
    this.#running ??= this.#run();
    await this.#running;
  }

  /** Resolves when nothing is being handed on. */
  async idle(): Promise<void> {
    await this.#running?.catch(() => undefined);
  }
}
