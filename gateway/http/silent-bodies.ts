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
  /** In the ring of those that arrive; itself while it is in none. */
  before: ArrivingBody = this;
  after: ArrivingBody = this;

  /** @param giveUp called when nothing has arrived for {@link BODY_SILENCE_MS} */
  constructor(giveUp: () => void) {
    this.#giveUp = giveUp;
  }

  /** Takes the place behind another one. */
  follow(other: ArrivingBody): void {
    this.before = other;
    this.after = other.after;
    other.after.before = this;
    other.after = this;
  }

  leave(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this;
    this.after = this;
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
  /** Before the first: a ring, for every body is added and removed, nearly always within a turn of the loop. */
  readonly #ring = new ArrivingBody(() => {});
  #timer: NodeJS.Timeout | null = null;

  add(body: ArrivingBody): void {
    body.follow(this.#ring);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
  }

  /** It is there, or given up. */
  remove(body: ArrivingBody): void {
    body.leave();
  }

  #sweep(): void {
    const ring = this.#ring;
    if (ring.after === ring && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    // One that is given up leaves: who comes after it is asked before.
    for (let body = ring.after, after = body.after; body !== ring; body = after, after = body.after) body.look();
  }
}
