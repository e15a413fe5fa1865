/** Looks at the bodies once in so long. */
const SWEEP_MS = 1_000;
/** Milliseconds without a byte after which a body is not waited for. */
export const BODY_SILENCE_MS = 10_000;

/** A body on its way. */
export class ArrivingBody {
  /** Bytes that have arrived; to be kept up to date. */
  bytes = 0;
  #bytesSeen = 0;
  #silentMs = 0;
  readonly #giveUp: () => void;

  /** @param giveUp called when nothing has arrived for {@link BODY_SILENCE_MS} */
  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  /** To be called every {@link SWEEP_MS}. */
  look(): void {
    this.#silentMs = this.bytes === this.#bytesSeen ? this.#silentMs + SWEEP_MS : 0;
    this.#bytesSeen = this.bytes;
    if (this.#silentMs >= BODY_SILENCE_MS) this.#giveUp();
  }
}

/** Gives up bodies that stop arriving. One timer for all of them, while there are any. */
export class SilentBodies {
  readonly #arriving = new Set<ArrivingBody>();
  #timer: NodeJS.Timeout | null = null;

  add(body: ArrivingBody): void {
    this.#arriving.add(body);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** It is there, or given up. */
  remove(body: ArrivingBody): void {
    this.#arriving.delete(body);
  }

  #sweep(): void {
    if (this.#arriving.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    for (const body of this.#arriving) body.look();
  }
}
