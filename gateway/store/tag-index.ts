interface Tagged {
  readonly key: string;
  readonly tags: readonly string[];
}

/** Which entries have a tag. It holds those that are kept and no others: its bytes are part of theirs. */
export class TagIndex {
  readonly #tagged = new Map<string, Set<string>>();

  get size(): number {
    return this.#tagged.size;
  }

  add({ key, tags }: Tagged): void {
    for (const tag of tags) {
      const keys = this.#tagged.get(tag) ?? new Set();
      this.#tagged.set(tag, keys.add(key));
    }
  }

  remove({ key, tags }: Tagged): void {
    for (const tag of tags) {
      const keys = this.#tagged.get(tag);
      keys?.delete(key);
      if (keys?.size === 0) this.#tagged.delete(tag);
    }
  }

  /** Keys of all that has one of the tags, each once. */
  keysOf(tags: readonly string[]): ReadonlySet<string> {
    const found = new Set<string>();
    for (const tag of tags) for (const key of this.#tagged.get(tag) ?? []) found.add(key);
    return found;
  }
}
