import type { Socket } from 'node:net';
import { clientGone, type Exchange } from './exchange';

/** Requests of one connection that are worked on at once: of a client that sends many ahead, no more are read meanwhile. */
const AT_ONCE_MAX = 100;
const READ_AGAIN_AT = AT_ONCE_MAX / 2;

/** One open connection and what is in progress on it. */
export class Connection {
  readonly exchanges = new Set<Exchange>();
  /** A malformed request was received: the connection ends with the answers in progress. */
  broken = false;
  #idleSince = performance.now();
  #bytesUsed = 0;
  #newest: Exchange | undefined;
  readonly #waiting: (() => void)[] = [];
  #paused = false;
  readonly #socket: Socket;

  constructor(socket: Socket) {
    this.#socket = socket;
  }

  /** True when no request is in progress and not a byte of the next one has arrived. */
  get idle(): boolean {
    return this.exchanges.size === 0 && this.#socket.bytesRead === this.#bytesUsed;
  }

  /** On the clock of `performance.now()`; meaningful while {@link idle}. */
  get idleSince(): number {
    return this.#idleSince;
  }

  begin(exchange: Exchange): void {
    this.exchanges.add(exchange);
    this.#newest = exchange;
    if (!this.crowded || this.#paused) return;
    this.#paused = true;
    this.#socket.pause();
  }

  /** True when a request that has begun has to await its {@link turn}. */
  get crowded(): boolean {
    return this.exchanges.size - this.#waiting.length > AT_ONCE_MAX;
  }

  turn(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** True when nothing can follow the answer of this exchange. */
  endsWith(exchange: Exchange): boolean {
    return this.broken && this.#newest === exchange;
  }

  finish(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange)) return;
    this.#idleSince = performance.now();
    this.#bytesUsed = this.#socket.bytesRead;
    this.#waiting.shift()?.();
    if (this.#paused && this.exchanges.size <= READ_AGAIN_AT) {
      this.#paused = false;
      this.#socket.resume();
    }
    if (this.broken && this.exchanges.size === 0) this.#socket.destroySoon();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}

/** Every open connection of one listener. */
export class Connections {
  readonly #open = new Map<Socket, Connection>();
  #onEmpty: (() => void)[] = [];
  /** Connections accepted since the start. */
  accepted = 0;

  add(socket: Socket): void {
    const connection = new Connection(socket);
    this.#open.set(socket, connection);
    this.accepted += 1;
    socket.once('close', () => {
      this.#open.delete(socket);
      // Of answers that were to follow another one, nothing else tells.
      for (const exchange of connection.exchanges) {
        exchange.abort(clientGone());
        exchange.release();
      }
      if (this.#open.size === 0) for (const listener of this.#onEmpty.splice(0)) listener();
    });
  }

  of(socket: Socket): Connection | undefined {
    return this.#open.get(socket);
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
}
