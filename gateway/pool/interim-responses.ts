import type { Socket } from 'node:net';

/** `HTTP/1.1 100`: up to here shows whether a head is that of an interim response. */
const STATUS_END = 12;
const ONE = 0x31;
const ZERO = 0x30;
const TWO = 0x32;
const LF = 0x0a;
const CR = 0x0d;

/**
 * Lets a server send `100 Continue` before its answer. Nobody asked for it, but servers do (RFC 9110 has clients ignore it),
 * and undici ends the connection for that one status while it passes over every other interim response. So the status of
 * such a head is made 102 (Processing) where it stands; nothing is cut out, and after the head of the answer nothing is looked at.
 * @returns the same socket
 */
export function acceptContinue<S extends Socket>(socket: S): S {
  const heads = new InterimHeads();
  const { read, write } = socket;
  // as: one signature in place of the overloads; what is not given stays undefined, which they take for absent
  const send = write as (this: Socket, data: unknown, encoding: unknown, done: unknown) => boolean;
  socket.write = function expecting(this: Socket, data: unknown, encoding?: unknown, done?: unknown) {
    heads.done = false;
    return send.call(this, data, encoding, done);
  } as S['write'];
  socket.read = function examined(this: Socket, size?: number) {
    const chunk: Buffer | null = read.call(this, size);
    if (heads.done || size === 0) return chunk;
    return chunk === null ? (this.readableEnded ? heads.rest() : null) : heads.examine(chunk);
  };
  return socket;
}

/** The heads of interim responses in what one connection receives, between a request and its answer. */
class InterimHeads {
  /** What comes belongs to an answer. False from the moment on that a request is written: the head of a response comes next. */
  done = true;
  /** The beginning of a head, too short to tell what it is. */
  #held: Buffer | null = null;
  #inHead = false;
  /** Ends of lines without anything between them. */
  #ends = 0;

  /** What is left when the connection has ended. */
  rest(): Buffer | null {
    const held = this.#held;
    this.#held = null;
    return held;
  }

  /** @returns what may be parsed now; null while too little has come */
  examine(received: Buffer): Buffer | null {
    const chunk = this.#held === null ? received : Buffer.concat([this.#held, received]);
    this.#held = null;
    let at = 0;
    while (at < chunk.length) {
      if (this.#inHead) at = this.#afterHead(chunk, at);
      else if (chunk.length - at < STATUS_END && mayBegin(chunk, at)) {
        this.#held = chunk.subarray(at);
        return at === 0 ? null : chunk.subarray(0, at);
      } else if (!isInterim(chunk, at)) {
        this.done = true;
        return chunk;
      } else {
        if (chunk[at + 10] === ZERO && chunk[at + 11] === ZERO) chunk[at + 11] = TWO;
        // Under HTTP/1.0 the connection would be taken to end with it.
        chunk[at + 7] = ONE;
        this.#inHead = true;
        at += STATUS_END;
      }
    }
    return chunk;
  }

  /** Where the head ends in this chunk; the end of the chunk when it does not. */
  #afterHead(chunk: Buffer, from: number): number {
    for (let at = from; at < chunk.length; at += 1) {
      if (chunk[at] === LF) this.#ends += 1;
      else if (chunk[at] !== CR) this.#ends = 0;
      if (this.#ends < 2) continue;
      this.#ends = 0;
      this.#inHead = false;
      return at + 1;
    }
    return chunk.length;
  }
}

const BEGINNING = Buffer.from('HTTP/1.');

/** Whether these few bytes may be the beginning of a head. */
function mayBegin(chunk: Buffer, at: number): boolean {
  const length = Math.min(BEGINNING.length, chunk.length - at);
  return chunk.compare(BEGINNING, 0, length, at, at + length) === 0;
}

/** `HTTP/1.x 1dd`, and not 101, which hands the connection over. */
function isInterim(chunk: Buffer, at: number): boolean {
  if (chunk[at + 9] !== ONE || !mayBegin(chunk, at)) return false;
  return chunk[at + 10] !== ZERO || chunk[at + 11] !== ONE;
}
