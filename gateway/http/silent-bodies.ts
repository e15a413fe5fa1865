/** Looks at the bodies once in so long. */
const SWEEP_MS = 1_000;
/** Milliseconds without a byte after which a body is not waited for. */
export const BODY_SILENCE_MS = 10_000;

/** A body on its way. */
export interface ArrivingBody {
  /** Bytes that have arrived; to be kept up to date. */
  bytes: number;
  /** To be called once it is there, or given up. */
  end(): void;
}

interface Watched extends ArrivingBody {
  bytesSeen: number;
  silentMs: number;
  readonly giveUp: () => void;
}

/** Gives up bodies that stop arriving. One timer for all of them, while there are any. */
export class SilentBodies {
  readonly #watched = new Set<Watched>();
  #timer: NodeJS.Timeout | null = null;

  /** @param giveUp called when nothing has arrived for {@link BODY_SILENCE_MS} */
  watch(giveUp: () => void): ArrivingBody {
    const body: Watched = { bytes: 0, bytesSeen: 0, silentMs: 0, giveUp, end: () => this.#watched.delete(body) };
    this.#watched.add(body);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_MS).unref();
    return body;
  }

  #sweep(): void {
    if (this.#watched.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    for (const body of this.#watched) {
      body.silentMs = body.bytes === body.bytesSeen ? body.silentMs + SWEEP_MS : 0;
      body.bytesSeen = body.bytes;
      if (body.silentMs >= BODY_SILENCE_MS) body.giveUp();
    }
  }
}
