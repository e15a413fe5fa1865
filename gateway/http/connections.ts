import type { Socket } from 'node:net';
import { Refusals } from '../refusals';
import { clientGone, type Exchange } from './exchange';
import { type Gate, Intake } from './intake';
import { type BusyConnection, IdlePlace, type OpenConnection } from './open-connection';
import { Turns, type Waiter } from './turns';

/** Requests of one connection that are in progress at once: what a client sends ahead of them waits as bytes. */
const AT_ONCE_MAX = 100;
/** Requests that wait behind others, of all connections; each takes some kilobytes. */
const AHEAD_MAX = 250;
/** As many are there only when clients that had asked one by one send 64 kB of requests, which Node reads at once. */
const CROWD_MAX = 2_500;
/** With so many in progress, a connection is cut off when there is such a crowd. */
const CROWD_FAIR = 3;
/** Bytes sent ahead that wait, of all connections. */
const HELD_BYTES_MAX = 64_000_000;
/** A connection that was accepted or answered so shortly ago is about to send a request. */
const IDLE_MIN_MS = 1_000;

export interface ConnectionLimits {
  /** Connections that may be open. */
  readonly max: number;
  /** Told how many were refused since it was told last. */
  readonly onRefused?: (count: number) => void;
  readonly aheadMax?: number;
  readonly crowdMax?: number;
  readonly heldBytesMax?: number;
  /** Requests in progress by HTTP/2, of all connections, from which on each has no more than its share. */
  readonly streamsMax?: number;
}

/** Connections as they are now, and those refused so far. */
export interface ConnectionNumbers {
  readonly open: number;
  readonly max: number;
  readonly refused: number;
}

/** One open connection by HTTP/1.1, and what is in progress on it. */
export class Connection implements BusyConnection, Waiter, Gate {
  readonly idlePlace = new IdlePlace(this);
  readonly exchanges = new Set<Exchange>();
  /** A malformed request was received: the connection ends with the answers in progress. */
  broken = false;
  #idleSince = performance.now();
  #bytesUsed = 0;
  #newest: Exchange | undefined;
  readonly #waiting: (() => void)[] = [];
  /** Bytes that were read and may not be parsed yet. */
  #heldBytes = 0;
  readonly #socket: Socket;
  readonly #intake: Intake;
  readonly #all: Connections;

  constructor(socket: Socket, all: Connections) {
    this.#socket = socket;
    this.#intake = new Intake(socket, this);
    this.#all = all;
  }

  /** True when no request is in progress and not a byte of the next one has arrived. */
  get idle(): boolean {
    const { bytesRead, readableLength } = this.#socket;
    return this.exchanges.size === 0 && bytesRead === this.#bytesUsed && readableLength === 0;
  }

  get idleSince(): number {
    return this.#idleSince;
  }

  get open(): boolean {
    return this.exchanges.size === 0 && this.#all.atOnce === AT_ONCE_MAX;
  }

  get alone(): boolean {
    return this.exchanges.size <= 1 && this.bodyAwaited === null;
  }

  get full(): boolean {
    return this.exchanges.size >= this.#all.atOnce;
  }

  get bodyAwaited(): number | null {
    return this.#newest === undefined || this.#newest.received ? null : this.#newest.announcedBytes;
  }

  holds(bytes: number): void {
    this.#all.heldBytes += bytes - this.#heldBytes;
    this.#heldBytes = bytes;
    if (bytes > 0 && this.#all.hasTooMuch) this.destroy();
  }

  begin(exchange: Exchange): void {
    this.exchanges.add(exchange);
    this.#newest = exchange;
    if (this.exchanges.size === 1) this.idlePlace.leave();
    else {
      this.#all.ahead += 1;
      this.#intake.ahead();
    }
  }

  get crowded(): boolean {
    return this.exchanges.size > 1;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
      this.#all.turns.add(this);
    });
  }

  beginNext(): boolean {
    const begin = this.#waiting.shift();
    if (begin !== undefined) begin();
    else if (this.#mayReadOn) this.#socket.resume();
    return this.#waiting.length > 0;
  }

  endsWith(exchange: Exchange): boolean {
    return this.#all.draining || (this.broken && this.#newest === exchange);
  }

  finish(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange)) return;
    this.#idleSince = performance.now();
    this.#bytesUsed = this.#socket.bytesRead;
    if (this.exchanges.size === 0) this.#all.enterIdle(this.idlePlace);
    else this.#all.ahead -= 1;
    if (this.#mayReadOn) this.#all.turns.add(this);
    if (this.broken && this.exchanges.size === 0) this.#socket.destroySoon();
  }

  /** The body of a request that was answered before has arrived, and was thrown away. */
  readToEnd(): void {
    if (this.exchanges.size === 0) this.#bytesUsed = this.#socket.bytesRead;
  }

  /** Nobody waits for its requests any more. */
  closed(): void {
    this.#beginNoMore();
    this.holds(0);
    this.#all.ahead -= Math.max(0, this.exchanges.size - 1);
    // Of answers that were to follow another one, nothing else tells.
    const gone = clientGone();
    for (const exchange of this.exchanges) {
      exchange.abort(gone);
      exchange.release();
    }
    this.exchanges.clear();
  }

  destroy(): void {
    this.#beginNoMore();
    this.#socket.destroy();
  }

  /** What waits for its turn never gets it. */
  #beginNoMore(): void {
    this.#all.turns.remove(this);
    this.#waiting.length = 0;
  }

  get #mayReadOn(): boolean {
    return this.#heldBytes > 0 && this.exchanges.size <= this.#all.atOnce / 2;
  }
}

/** Taking stacks is the dearest part of making errors. @returns what has them taken again; at the latest, the next tick does */
function takeNoStacks(): () => void {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  const restore = () => {
    Error.stackTraceLimit = stackTraceLimit;
  };
  process.nextTick(restore);
  return restore;
}

/** Every open connection of one listener. */
export class Connections {
  readonly turns = new Turns();
  /** Requests that wait behind others of their connection. */
  ahead = 0;
  /** Bytes that were sent ahead and wait. */
  heldBytes = 0;
  /** Every answer by HTTP/1.1 is the last one of its connection. */
  draining = false;
  /** Connections accepted since the start. */
  accepted = 0;
  readonly #limits: Required<Omit<ConnectionLimits, 'streamsMax'>>;
  readonly #refusals: Refusals;
  readonly #open = new Set<OpenConnection>();
  /** Those by HTTP/1.1. */
  readonly #http1 = new Map<Socket, Connection>();
  /** The ring of those without a request in progress: those that have been so for longest come first. */
  readonly #idle = new IdlePlace(null);
  #onEmpty: (() => void)[] = [];

  constructor(limits: ConnectionLimits) {
    this.#limits = {
      aheadMax: AHEAD_MAX,
      crowdMax: CROWD_MAX,
      heldBytesMax: HELD_BYTES_MAX,
      onRefused: () => {},
      ...limits,
    };
    this.#refusals = new Refusals(this.#limits.onRefused);
  }

  get numbers(): ConnectionNumbers {
    return { open: this.#open.size, max: this.#limits.max, refused: this.#refusals.count };
  }

  /**
   * Takes a connection by HTTP/1.1 in.
   * @returns false when there is no room: it is closed
   */
  add(socket: Socket): boolean {
    if (!this.takes(socket)) return false;
    const connection = new Connection(socket, this);
    let keepStacks = () => {};
    // Before the listener of node:http, which makes an error for each request that is not answered: nobody reads their stacks.
    socket.prependOnceListener('close', () => {
      if (connection.exchanges.size > 0) keepStacks = takeNoStacks();
    });
    socket.once('close', () => {
      keepStacks();
      this.#http1.delete(socket);
    });
    this.#http1.set(socket, connection);
    this.enter(socket, connection);
    return true;
  }

  of(socket: Socket): Connection | undefined {
    return this.#http1.get(socket);
  }

  /**
   * Whether there is room for another connection. When there are too many, the one that has been idle for longest makes it.
   * @returns false when none is idle: this one is closed
   */
  takes(socket: Socket): boolean {
    this.accepted += 1;
    if (this.#open.size < this.#limits.max || this.#makeRoom()) return true;
    this.#refusals.add();
    socket.destroy();
    return false;
  }

  /** Counts a connection, from now until it is closed. @returns what ends that before: it goes on as another one */
  enter(socket: Socket, connection: OpenConnection): () => void {
    this.#open.add(connection);
    this.enterIdle(connection.idlePlace);
    const leave = () => {
      socket.off('close', onClose);
      this.#open.delete(connection);
      connection.idlePlace.leave();
    };
    const onClose = () => {
      leave();
      connection.closed();
      if (this.#open.size === 0) for (const listener of this.#onEmpty.splice(0)) listener();
    };
    socket.on('close', onClose);
    return leave;
  }

  /** Requests of one connection that may be in progress at once, as things are. */
  get atOnce(): number {
    return this.ahead < this.#limits.aheadMax ? AT_ONCE_MAX : 1;
  }

  /** True when a connection has more in progress than it may have: not one more is worked on. */
  exceeds({ exchanges }: Connection): boolean {
    return this.ahead >= this.#limits.crowdMax && exchanges.size >= CROWD_FAIR;
  }

  /** More bytes wait than may. */
  get hasTooMuch(): boolean {
    return this.heldBytes > this.#limits.heldBytesMax;
  }

  enterIdle(place: IdlePlace): void {
    place.enterBefore(this.#idle);
  }

  /** Resolves once no connection is open. */
  empty(): Promise<void> {
    if (this.#open.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#onEmpty.push(resolve));
  }

  /** Closes the connections that have been idle for at least `idleMs`. */
  closeIdle(idleMs: number): void {
    const before = performance.now() - idleMs;
    for (const connection of this.#open) {
      if (connection.idle && connection.idleSince <= before) connection.destroy();
    }
  }

  destroyAll(): void {
    for (const connection of this.#open) connection.destroy();
  }

  #makeRoom(): boolean {
    const oldest = this.#idle.next.connection;
    if (oldest === null || performance.now() - oldest.idleSince < IDLE_MIN_MS) return false;
    // At once, and not when its socket has closed: others may come before.
    oldest.idlePlace.leave();
    oldest.destroy();
    return true;
  }
}
