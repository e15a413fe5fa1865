import type { Socket } from 'node:net';
import { Refusals } from '../refusals';
import { clientGone, type Exchange } from './exchange';
import { type Gate, Intake } from './intake';
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
}

/** Connections as they are now, and those refused so far. */
export interface ConnectionNumbers {
  readonly open: number;
  readonly max: number;
  readonly refused: number;
}

/** A place in the ring of idle connections: a link, for it changes twice with every request. */
class IdlePlace {
  #before: IdlePlace = this;
  #after: IdlePlace = this;

  constructor(readonly connection: Connection | null) {}

  get next(): IdlePlace {
    return this.#after;
  }

  leave(): void {
    this.#before.#after = this.#after;
    this.#after.#before = this.#before;
    this.#before = this;
    this.#after = this;
  }

  /** To be called when it is in no ring. */
  enterBefore(place: IdlePlace): void {
    this.#before = place.#before;
    this.#after = place;
    place.#before.#after = this;
    place.#before = this;
  }
}

/** One open connection and what is in progress on it. */
export class Connection implements Waiter, Gate {
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

  /** On the clock of `performance.now()`; meaningful while {@link idle}. */
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

  /** True when a request that has begun has to await its {@link turn}: others were sent before it and are not answered. */
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

  /** True when nothing can follow the answer of this exchange. */
  endsWith(exchange: Exchange): boolean {
    return this.broken && this.#newest === exchange;
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
  /** Connections accepted since the start. */
  accepted = 0;
  readonly #limits: Required<ConnectionLimits>;
  readonly #refusals: Refusals;
  readonly #open = new Map<Socket, Connection>();
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
   * Takes a connection in. When there are too many, the one that has been idle for longest makes room.
   * @returns false when none is idle: it is closed
   */
  add(socket: Socket): boolean {
    this.accepted += 1;
    if (this.#open.size >= this.#limits.max && !this.#makeRoom()) {
      this.#refusals.add();
      socket.destroy();
      return false;
    }
    const connection = new Connection(socket, this);
    this.#open.set(socket, connection);
    this.enterIdle(connection.idlePlace);
    let keepStacks = () => {};
    // Before the listener of node:http, which makes an error for each request that is not answered: nobody reads their stacks.
    socket.prependOnceListener('close', () => {
      if (connection.exchanges.size > 0) keepStacks = takeNoStacks();
    });
    socket.once('close', () => {
      keepStacks();
      this.#open.delete(socket);
      connection.idlePlace.leave();
      connection.closed();
      if (this.#open.size === 0) for (const listener of this.#onEmpty.splice(0)) listener();
    });
    return true;
  }

  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
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
    for (const connection of this.#open.values()) {
      if (connection.idle && connection.idleSince <= before) connection.destroy();
    }
  }

  destroyAll(): void {
    for (const connection of this.#open.values()) connection.destroy();
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
