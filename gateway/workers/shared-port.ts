import type { Socket } from 'node:net';
import { inBackground } from '../background';
import { ListeningSockets } from '../http/listening-sockets';
import type { ListenOptions, TcpAddress } from '../http/options';
import { SERVER_PORT_REMEDY } from '../listeners/client';

/** A process that takes connections. */
export interface Receiver {
  /** True once it has something to serve; others get connections only while nobody has. */
  readonly serving: boolean;
  /** True once it never takes one again. */
  readonly gone: boolean;
  /** @returns false when the receiver did not take it: not a byte was read then, so another one can, or this one later */
  hand(socket: Socket): Promise<boolean>;
}

/** Connections that wait for a receiver; beyond it, new ones are closed. */
const WAITING_MAX = 10_000;
/** A receiver that did not take a connection gets none for so long: what kept it from that may be over then. */
const REST_MS = 50;

/**
 * The listening sockets of several processes. It accepts and reads nothing: each connection goes to the receiver
 * whose turn it is among those that are not busy taking one, and stays open here until that one has it.
 */
export class SharedPort {
  readonly #sockets: ListeningSockets;
  readonly #waiting: Socket[] = [];
  /** Who can take the next one, in the order of turns. */
  #idle: Receiver[] = [];
  readonly #members = new Set<Receiver>();
  #handing = 0;
  #onHanded: (() => void)[] = [];

  /** @param isSecure clients connect by TLS, which the receivers speak */
  constructor(listen: ListenOptions | readonly ListenOptions[], isSecure = false) {
    const portRemedy = SERVER_PORT_REMEDY;
    this.#sockets = new ListeningSockets({ name: 'server', listen, portRemedy, isSecure, pauseOnConnect: true });
    this.#sockets.open((socket) => this.#accept(socket));
  }

  /** @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID */
  async listen(): Promise<{ readonly url: string; readonly addresses: readonly TcpAddress[] }> {
    await this.#sockets.listen();
    const { url, addresses } = this.#sockets;
    return { url, addresses };
  }

  join(receiver: Receiver): void {
    this.#members.add(receiver);
    this.#idle.push(receiver);
    this.#handOut();
  }

  leave(receiver: Receiver): void {
    this.#members.delete(receiver);
    this.#idle = this.#idle.filter((one) => one !== receiver);
    this.#handOut();
    this.#lookAgain();
  }

  /** Stops listening; resolves when every connection was handed out, or nobody is left to take one. */
  async close(): Promise<void> {
    await this.#sockets.close();
    while (this.#handing > 0 || (this.#waiting.length > 0 && this.#members.size > 0))
      await new Promise<void>((resolve) => this.#onHanded.push(resolve));
  }

  /** Closes what nobody has taken. */
  destroy(): void {
    inBackground('server port', this.#sockets.close());
    for (const socket of this.#waiting.splice(0)) socket.destroy();
  }

  #accept(socket: Socket): void {
    socket.on('error', () => socket.destroy());
    if (this.#waiting.length >= WAITING_MAX) {
      socket.destroy();
      return;
    }
    this.#waiting.push(socket);
    this.#handOut();
  }

  #handOut(): void {
    while (this.#waiting.length > 0) {
      const receiver = this.#next();
      if (receiver === undefined) return;
      const socket = this.#waiting.shift();
      if (socket !== undefined) inBackground('server port', this.#hand(receiver, socket));
    }
  }

  #next(): Receiver | undefined {
    const someServe = [...this.#members].some(({ serving }) => serving);
    const at = this.#idle.findIndex(({ serving }) => serving || !someServe);
    return at === -1 ? undefined : this.#idle.splice(at, 1)[0];
  }

  async #hand(receiver: Receiver, socket: Socket): Promise<void> {
    this.#handing += 1;
    const taken = await receiver.hand(socket);
    this.#handing -= 1;
    // This process's copy only: the connection lives on in the other.
    if (taken) socket.destroy();
    else this.#waiting.unshift(socket);
    if (taken) this.#freed(receiver);
    else if (receiver.gone) this.#members.delete(receiver);
    else setTimeout(() => this.#freed(receiver), REST_MS);
    this.#handOut();
    this.#lookAgain();
  }

  #freed(receiver: Receiver): void {
    if (!this.#members.has(receiver)) return;
    this.#idle.push(receiver);
    this.#handOut();
  }

  /** Who waits for the port to be empty looks whether it is. */
  #lookAgain(): void {
    for (const resolve of this.#onHanded.splice(0)) resolve();
  }
}
