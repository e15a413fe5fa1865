import type { Socket } from 'node:net';

/** What holds more bytes than this is looked through for several requests. */
const WHOLE_BYTES = 2_048;
const HEAD_END = Buffer.from('\r\n\r\n');

/** What decides whether another request may begin on a connection. */
export interface Gate {
  /** No request is in progress, and whatever a small packet holds may begin. */
  readonly open: boolean;
  /** A single request is in progress, and it has arrived. */
  readonly alone: boolean;
  /** As many requests are in progress as may be. */
  readonly full: boolean;
  /** Nothing more of what arrives is of use. */
  readonly broken: boolean;
  /** Bytes of body that the newest request announces, 0 when it does not say; null: all of it has arrived. */
  readonly bodyAwaited: number | null;
  /** Told how many bytes wait in the socket, which is paused until the gate resumes it. */
  holds(bytes: number): void;
}

/** Members that Node gives a socket and does not document; without a parser, nothing is cut. */
type HttpSocket = Socket & {
  readonly _handle?: { readonly isStreamBase?: boolean } | null;
  /** Node has paused the parser: answers wait to be read. It goes on by itself. */
  readonly _paused?: boolean;
  readonly parser?: { _consumed?: boolean; consume?(handle: unknown): void } | null;
};
type OnData = (chunk: Buffer) => void;
type Listener = () => void;

/**
 * Hands what a connection receives to Node's parser: one request at a time where there are several. Those that may not begin yet
 * wait as bytes in the socket. Of 64 kB, which Node reads at once, it makes up to 2,400 requests, which hold a hundred times as much.
 *
 * How bytes are cut decides when a request begins and nothing else: what a request is, the parser says. A request that has begun
 * is read to its end, for Node counts its time.
 *
 * A connection whose first request came alone is read by the parser itself, as Node has it, for that is cheaper: until a request
 * is sent ahead on it.
 */
export class Intake {
  readonly #socket: HttpSocket;
  readonly #gate: Gate;
  readonly #parse: OnData;
  /** What Node pauses and resumes its parser with when it reads by itself. */
  readonly #onPause: readonly Listener[];
  readonly #onResume: readonly Listener[];
  #cuts = false;
  /** Several requests were there at once: it may happen again. */
  #wasAhead = false;
  /** Of the body that is arriving, as far as its length is known. */
  #bodyLeft = 0;
  #mayBeInHead = false;

  /** Takes the place of Node's own listener; to be called before anything was read. */
  constructor(socket: HttpSocket, gate: Gate) {
    const [parse] = socket.listeners('data') as OnData[];
    this.#socket = socket;
    this.#gate = gate;
    this.#parse = parse ?? (() => {});
    this.#onPause = socket.listeners('pause') as Listener[];
    this.#onResume = socket.listeners('resume') as Listener[];
    if (parse === undefined) return;
    socket.off('data', parse);
    this.#cut();
  }

  /** To be told when a request begins while others are in progress. */
  ahead(): void {
    this.#wasAhead = true;
    if (!this.#cuts) this.#cut();
  }

  #cut(): void {
    this.#cuts = true;
    this.#mayBeInHead = true;
    // Node ends the reading by the parser itself when somebody listens.
    this.#socket.on('data', this.#take);
  }

  #letParserRead(): void {
    const { parser, _handle: handle, readableLength } = this.#socket;
    if (!parser?.consume || !handle?.isStreamBase || readableLength > 0) return;
    this.#cuts = false;
    this.#socket.off('data', this.#take);
    for (const listener of this.#onPause) this.#socket.on('pause', listener);
    for (const listener of this.#onResume) this.#socket.on('resume', listener);
    parser._consumed = true;
    parser.consume(handle);
  }

  readonly #take = (chunk: Buffer): void => {
    this.#gate.holds(0);
    const isOne = chunk.length <= WHOLE_BYTES && this.#bodyLeft === 0 && this.#gate.open && !this.#socket._paused;
    if (!isOne) this.#feedInSlices(chunk);
    else if (this.#feed(chunk)) this.#mayBeInHead = true;
    if (!this.#wasAhead && this.#gate.alone) this.#letParserRead();
  };

  #feedInSlices(chunk: Buffer): void {
    for (let rest = chunk; rest.length > 0 && !this.#gate.broken; ) {
      if (this.#mustWait()) {
        this.#wasAhead = true;
        this.#socket.pause().unshift(rest);
        // All of what was read stays in memory for the rest of it.
        this.#gate.holds(rest.buffer.byteLength);
        return;
      }
      const slice = this.#sliceOf(rest);
      rest = rest.subarray(slice.length);
      if (this.#feed(slice)) continue;
      if (rest.length > 0 && !this.#socket.destroyed) this.#socket.unshift(rest);
      return;
    }
  }

  #mustWait(): boolean {
    if (this.#socket._paused) return true;
    return this.#gate.full && !this.#mayBeInHead && this.#gate.bodyAwaited === null;
  }

  /** Up to the end of a head, or of a body. */
  #sliceOf(bytes: Buffer): Buffer {
    if (this.#bodyLeft > 0) return bytes.subarray(0, this.#bodyLeft);
    const end = bytes.indexOf(HEAD_END);
    return bytes.subarray(0, end === -1 ? WHOLE_BYTES : Math.min(WHOLE_BYTES, end + HEAD_END.length));
  }

  /** @returns false when what follows is not HTTP, or nobody's */
  #feed(slice: Buffer): boolean {
    this.#parse(slice);
    if (!this.#socket.parser || this.#socket.destroyed) {
      // After an upgrade, the parser reads for another connection.
      this.#socket.off('data', this.#take);
      return false;
    }
    const awaited = this.#gate.bodyAwaited;
    this.#mayBeInHead = awaited === null && this.#bodyLeft !== slice.length && !endsHead(slice);
    if (awaited === null) this.#bodyLeft = 0;
    else if (this.#bodyLeft > 0) this.#bodyLeft -= slice.length;
    else this.#bodyLeft = Math.max(0, awaited - bytesAfterHead(slice));
    return true;
  }
}

function endsHead(bytes: Buffer): boolean {
  const at = bytes.length - HEAD_END.length;
  return at >= 0 && bytes.readUInt32BE(at) === HEAD_END.readUInt32BE();
}

function bytesAfterHead(bytes: Buffer): number {
  const end = bytes.lastIndexOf(HEAD_END);
  return end === -1 ? bytes.length : bytes.length - end - HEAD_END.length;
}
