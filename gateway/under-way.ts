import { getHeapStatistics } from 'node:v8';

/**
 * Memory of an answer for each of its bytes: the bytes, and the objects made of them. A list of small objects of numbers and
 * short texts takes 4 times its text.
 */
export const ANSWER_BYTES_PER_BYTE = 5;
/** Bytes of an answer that always have room: ordinary answers come through, however many large ones are under way. */
export const FREE_ANSWER_BYTES = 64_000;

/** Room in memory for what all answers under way hold. */
export class AnswerRoom {
  #max: number;
  #taken = 0;

  constructor(max: number) {
    this.#max = max;
  }

  get max(): number {
    return this.#max;
  }

  get taken(): number {
    return this.#taken;
  }

  resize(max: number): void {
    this.#max = max;
  }

  /** @returns whether there was room */
  take(bytes: number): boolean {
    if (this.#taken + bytes > this.#max) return false;
    this.#taken += bytes;
    return true;
  }

  /** For what is there already. */
  fill(bytes: number): void {
    this.#taken += bytes;
  }

  leave(bytes: number): void {
    this.#taken -= bytes;
  }
}

/** A share of the heap: the rest is for what is kept, and for what runs. */
const HEAP_SHARE = 0.4;

/** Room that a process has unless it is told otherwise. */
export function defaultUnderWayBytes(): number {
  return Math.floor(getHeapStatistics().heap_size_limit * HEAP_SHARE);
}

/** Room of this process for answers under way. */
export const answersUnderWay = new AnswerRoom(defaultUnderWayBytes());

/** Bytes that one answer holds, until the last one that needs it has let go of it. */
export class HeldBytes {
  readonly #room: AnswerRoom;
  #taken = 0;
  #holders = 1;

  constructor(room = answersUnderWay) {
    this.#room = room;
  }

  /** @returns whether there was room for so many more */
  grow(bytes: number): boolean {
    if (this.#holders === 0) return true;
    if (!this.#room.take(bytes)) return false;
    this.#taken += bytes;
    return true;
  }

  retain(): void {
    this.#holders += 1;
  }

  release(): void {
    this.#holders -= 1;
    if (this.#holders !== 0) return;
    this.#room.leave(this.#taken);
    this.#taken = 0;
  }
}

/** All that one client's operation holds. */
class HeldByCall {
  /** What is made of the answers: places, objects, texts. */
  readonly own = new HeldBytes();
  readonly #shared: HeldBytes[] = [];

  keep(shared: HeldBytes): void {
    shared.retain();
    this.#shared.push(shared);
  }

  release(): void {
    this.own.release();
    for (const one of this.#shared) one.release();
  }
}

/** A call that may hold bytes: nothing until it does, `closed` when it has its answer. */
export interface Holder {
  held?: HeldByCall | 'closed' | undefined;
}

/** The call needs what is shared until it has its answer. */
export function keepFor(holder: Holder, shared: HeldBytes): void {
  if (holder.held === 'closed') return;
  holder.held ??= new HeldByCall();
  holder.held.keep(shared);
}

/** The call makes something of its own. @returns whether there was room */
export function growFor(holder: Holder, bytes: number): boolean {
  if (holder.held === 'closed') return true;
  holder.held ??= new HeldByCall();
  return holder.held.own.grow(bytes);
}

/** The call has its answer. */
export function releaseFor(holder: Holder): void {
  if (holder.held !== undefined && holder.held !== 'closed') holder.held.release();
  holder.held = 'closed';
}
