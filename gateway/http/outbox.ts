/**
 * Sends what became ready in one turn of the event loop together at its end: writes in a row find the kernel and their
 * readers awake, and whoever sends the next requests sends them together as well.
 */
export class Outbox {
  #ready: (() => void)[] = [];

  /** @param send must not throw */
  add(send: () => void): void {
    if (this.#ready.push(send) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    const ready = this.#ready;
    this.#ready = [];
    for (const send of ready) send();
  }
}
