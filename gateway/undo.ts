/** Steps that are taken back when a change does not come about, newest first. */
export class Undo {
  readonly #steps: (() => void)[] = [];

  add(step: () => void): void {
    this.#steps.push(step);
  }

  all(): void {
    for (const step of this.#steps.splice(0).reverse()) step();
  }
}
