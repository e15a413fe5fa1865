import type { Socket } from 'node:net';
import { clientGone, type Exchange } from './exchange';

/** One open connection and what is in progress on it. */
export class Connection {
  readonly exchanges = new Set<Exchange>();
  /** A malformed request was received: the connection ends with the answers in progress. */
  broken = false;
  #idleSince = performance.now();
  #bytesUsed = 0;
  #newest: Exchange | undefined;
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
  }

  /** True when nothing can follow the answer of this exchange. */
  endsWith(exchange: Exchange): boolean {
    return this.broken && this.#newest === exchange;
  }

  finish(exchange: Exchange): void {
    if (!this.exchanges.delete(exchange)) return;
    this.#idleSince = performance.now();
    this.#bytesUsed = this.#socket.bytesRead;
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
      for (const exchange of connection.exchanges) exchange.abort(clientGone());
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
