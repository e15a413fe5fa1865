/** While more is refused, that is announced once in so long. */
const BETWEEN_ANNOUNCEMENTS_MS = 1_000;

/** Counts what is refused, and tells of it at once and then once a second. */
export class Refusals {
  readonly #announce: (count: number) => void;
  #count = 0;
  #announced = 0;
  #timer: NodeJS.Timeout | null = null;

  /** @param announce called with the number refused since the last call */
  constructor(announce: (count: number) => void) {
    this.#announce = announce;
  }

  /** Refused so far. */
  get count(): number {
    return this.#count;
  }

  add(): void {
    this.#count += 1;
    if (this.#timer === null) this.#tell();
  }

  #tell(): void {
    this.#announce(this.#count - this.#announced);
    this.#announced = this.#count;
    this.#timer = setTimeout(() => {
      this.#timer = null;
      if (this.#count > this.#announced) this.#tell();
    }, BETWEEN_ANNOUNCEMENTS_MS);
    this.#timer.unref();
  }
}
