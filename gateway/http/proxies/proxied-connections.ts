import type { Socket } from 'node:net';
import { Deadline } from '../../deadline';
import { announce } from '../../events';
import { Refusals } from '../../refusals';
import { PROXY_HEADER_MAX, readProxyHeader } from './proxy-header';
import { nameSource, sourceAddress } from './source-address';

/** A lost packet is sent again after one second, then after two more. */
const HEADER_MS = 5_000;
/** Connections whose header has not arrived. */
const WAITING_MAX = 1_000;

/**
 * Reads the PROXY header in front of connections of trusted proxies, and hands them on as if nothing had stood there. Each of these
 * has to have one: whether there is one must not be guessed. Connections of others are handed on as they are.
 */
export class ProxiedConnections {
  readonly #isTrusted: (address: string) => boolean;
  readonly #hand: (socket: Socket) => void;
  readonly #waiting = new Set<Socket>();
  readonly #refusals: Refusals;
  #reason = '';

  /**
   * @param listener its name, for the log
   * @param hand takes a connection of which nothing was read; one that is paused has to be resumed
   */
  constructor(listener: string, isTrusted: (address: string) => boolean, hand: (socket: Socket) => void) {
    this.#isTrusted = isTrusted;
    this.#hand = hand;
    this.#refusals = new Refusals((count) => announce('proxy.refused', { listener, count, reason: this.#reason }));
  }

  take(socket: Socket): void {
    if (!this.#isTrusted(sourceAddress(socket) ?? '')) this.#hand(socket);
    else if (this.#waiting.size >= WAITING_MAX)
      this.#refuse(socket, 'too many connections wait for their PROXY header');
    else this.#read(socket);
  }

  /** Ends the connections whose header has not arrived. */
  close(): void {
    for (const socket of this.#waiting) socket.destroy();
  }

  #read(socket: Socket): void {
    let bytes: Buffer = Buffer.alloc(0);
    this.#waiting.add(socket);
    const deadline = new Deadline(HEADER_MS, () => this.#refuse(socket, `no PROXY header within ${HEADER_MS} ms`));
    const onData = (chunk: Buffer) => {
      bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk.subarray(0, PROXY_HEADER_MAX)]);
      const header = readProxyHeader(bytes);
      if (header === 'incomplete') return;
      if (header === 'malformed')
        return this.#refuse(socket, 'the connection of a trusted proxy begins with no PROXY header');
      stop();
      if (header.source !== null) nameSource(socket, header.source);
      const rest = bytes.subarray(header.length);
      socket.pause();
      if (rest.length > 0) socket.unshift(rest);
      this.#hand(socket);
    };
    const onError = () => undefined;
    const stop = () => {
      deadline.cancel();
      this.#waiting.delete(socket);
      socket.off('data', onData);
      socket.off('error', onError);
      socket.off('close', stop);
    };
    socket.on('error', onError).on('close', stop).on('data', onData);
  }

  #refuse(socket: Socket, reason: string): void {
    this.#reason = reason;
    this.#refusals.add();
    socket.destroy();
  }
}
