interface Reader {
  readonly resolve: (next: IteratorResult<Buffer, undefined>) => void;
  readonly reject: (error: Error) => void;
}

const DONE: IteratorResult<Buffer, undefined> = { done: true, value: undefined };

/** Chunks from one who is told when there is room to one who reads; one chunk at most waits. */
export class ByteChannel implements AsyncIterableIterator<Buffer> {
  #waiting: Buffer | null = null;
  #reader: Reader | null = null;
  #end: { readonly error: Error | null } | null = null;
  readonly #wanted: () => void;
  readonly #left: () => void;

  /** @param wanted there is room again @param left nobody reads any more */
  constructor(wanted: () => void, left: () => void) {
    this.#wanted = wanted;
    this.#left = left;
  }

  /** To be called when there is room. @returns whether there still is */
  push(chunk: Buffer): boolean {
    if (this.#end !== null) return true;
    const reader = this.#reader;
    if (reader === null) {
      this.#waiting = chunk;
      return false;
    }
    this.#reader = null;
    reader.resolve({ done: false, value: chunk });
    return true;
  }

  /** Nothing follows what was pushed; the first end stands. @param error fails the reader, once it has read the rest */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    this.#end = { error };
    const reader = this.#reader;
    this.#reader = null;
    if (error === null) reader?.resolve(DONE);
    else reader?.reject(error);
  }

  next(): Promise<IteratorResult<Buffer, undefined>> {
    if (this.#reader !== null) return Promise.reject(new Error('somebody reads already'));
    const chunk = this.#waiting;
    if (chunk !== null) {
      this.#waiting = null;
      this.#wanted();
      return Promise.resolve({ done: false, value: chunk });
    }
    if (this.#end !== null) return this.#end.error === null ? Promise.resolve(DONE) : Promise.reject(this.#end.error);
    return new Promise((resolve, reject) => {
      this.#reader = { resolve, reject };
    });
  }

  return(): Promise<IteratorResult<Buffer, undefined>> {
    this.drop();
    this.end(null);
    this.#left();
    return Promise.resolve(DONE);
  }

  /** Forgets what waits. */
  drop(): void {
    this.#waiting = null;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
