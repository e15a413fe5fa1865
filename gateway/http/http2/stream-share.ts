/** Streams of all connections that are in progress; each takes some kilobytes. */
const STREAMS_MAX = 2_500;
/** Of one connection, however many others there are. */
const SHARE_MIN = 3;

/** How many requests may be in progress on one connection, when there are many on all of them together. */
export class StreamShare {
  readonly #max: number;
  /** In progress. */
  streams = 0;
  /** Connections that have one. */
  busy = 0;

  constructor(max = STREAMS_MAX) {
    this.#max = max;
  }

  /** @param ofConnection in progress on it. @returns whether another one is too many */
  isUsedUp(ofConnection: number): boolean {
    if (this.streams < this.#max) return false;
    return ofConnection >= Math.max(SHARE_MIN, this.#max / this.busy);
  }
}
