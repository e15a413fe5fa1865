import { SilentBodies } from './silent-bodies';

/** Bytes of a body that always have room: ordinary requests come through, however many large ones are on their way. */
const SMALL_BODY_BYTES = 16_384;
/** Bodies of the largest size that there is room for at once, unless that is very large. */
const LARGEST_BODIES_MAX = 100;
const ROOM_BYTES_MAX = 256_000_000;
const LARGEST_BODIES_MIN = 4;

/** Room in memory for request bodies, those arriving and those of requests that are being answered. */
export class BodyBudget {
  /** Those that are arriving. */
  readonly arriving = new SilentBodies();
  /** Of one body. */
  readonly bytesMax: number;
  readonly #max: number;
  #taken = 0;

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
    this.#max = Math.min(LARGEST_BODIES_MAX * bytesMax, Math.max(LARGEST_BODIES_MIN * bytesMax, ROOM_BYTES_MAX));
  }

  /** Bytes that are taken beyond those of small bodies. */
  get taken(): number {
    return this.#taken;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#max) return false;
    this.#taken += bytes;
    return true;
  }

  leave(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** Share of the room that one body takes, until it is let go of. */
export class BodyShare {
  readonly #room: BodyBudget;
  #taken = 0;
  #released = false;

  constructor(room: BodyBudget) {
    this.#room = room;
  }

  get bytesMax(): number {
    return this.#room.bytesMax;
  }

  get arriving(): SilentBodies {
    return this.#room.arriving;
  }

  /** To be told how many bytes the body has by now. @returns whether there is room for them */
  grow(bytes: number): boolean {
    const more = bytes - SMALL_BODY_BYTES - this.#taken;
    if (more <= 0 || this.#released) return true;
    if (!this.#room.take(more)) return false;
    this.#taken += more;
    return true;
  }

  release(): void {
    if (this.#released) return;
    // It may still be decompressed for nobody.
    this.#released = true;
    this.#room.leave(this.#taken);
  }
}
