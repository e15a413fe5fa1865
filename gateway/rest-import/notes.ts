/** Something of the document that is not in the draft, or not as the document has it. */
export interface Note {
  /** `Pet.tags`, `GET /pets`. */
  readonly place: string;
  readonly note: string;
}

/** An operation that is not in the draft. */
export interface LeftOut {
  /** `POST /pets` */
  readonly operation: string;
  readonly operationId: string | null;
  readonly reason: string;
}

/** Collects notes, each once, in the order in which they come. */
export class Notes {
  readonly #all = new Map<string, Note>();

  add(place: string, note: string): void {
    this.#all.set(`${place}\n${note}`, { place, note });
  }

  all(): readonly Note[] {
    return [...this.#all.values()];
  }
}
