import type { Socket } from 'node:net';
import type { Acceptor } from './acceptor';
import { ListeningSocket, type ListeningSocketOptions } from './listening-socket';
import type { ListenOptions, TcpAddress } from './options';

export interface ListeningSocketsOptions extends ListeningSocketOptions {
  /** At least one. */
  readonly listen: ListenOptions | readonly ListenOptions[];
}

/** Sockets of our own that listen, for one listener. */
export class ListeningSockets implements Acceptor {
  readonly #sockets: readonly ListeningSocket[];
  #onConnection: (socket: Socket) => void = (socket) => socket.destroy();

  constructor(options: ListeningSocketsOptions) {
    const onConnection = (socket: Socket) => this.#onConnection(socket);
    this.#sockets = [options.listen].flat().map((address) => new ListeningSocket(address, options, onConnection));
  }

  get url(): string {
    return (this.#sockets.find(({ tcp }) => tcp !== null) ?? this.#sockets[0])?.url ?? '';
  }

  get addresses(): readonly TcpAddress[] {
    return this.#sockets.flatMap(({ tcp }) => (tcp === null ? [] : [tcp]));
  }

  /** To be called before {@link listen}. */
  open(onConnection: (socket: Socket) => void): void {
    this.#onConnection = onConnection;
  }

  /**
   * All of them, or none.
   * @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID
   */
  async listen(): Promise<void> {
    try {
      for (const socket of this.#sockets) await socket.listen();
    } catch (error) {
      this.#closeAll();
      throw error;
    }
  }

  async settle(): Promise<void> {}

  async close(): Promise<void> {
    this.#closeAll();
  }

  #closeAll(): void {
    for (const socket of this.#sockets) socket.close();
  }
}
