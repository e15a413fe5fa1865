/** An async iterable of the newest value: what came before it and was not taken is passed over. For one reader. */
export class Newest<Value> implements AsyncIterable<Value> {
  #value: { readonly value: Value } | null = null;
  #wake: (() => void) | null = null;
  #ended = false;

  put(value: Value): void {
    if (this.#ended) return;
    this.#value = { value };
    this.#wake?.();
  }

  end(): void {
    this.#ended = true;
    this.#wake?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Value, void, undefined> {
    while (!this.#ended) {
      const taken = this.#value;
      this.#value = null;
      if (taken !== null) yield taken.value;
      else await this.#arrival();
    }
  }

  async #arrival(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }
}
