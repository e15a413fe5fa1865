import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { claimListener } from '../addresses';
import { announce } from '../events';
import type { Acceptor } from './acceptor';
import { listenError, urlHost } from './listen-error';
import type { ListenOptions } from './options';

export interface ListeningSocketOptions {
  /** Of the listener, for the log. */
  readonly name: 'server' | 'admin';
  readonly listen: ListenOptions;
  /** What to do when the port is taken. */
  readonly portRemedy: string;
  /** Connections are handed on before anything is read from them. */
  readonly pauseOnConnect?: boolean;
}

/** A socket of our own that listens. */
export class ListeningSocket implements Acceptor {
  readonly #options: ListeningSocketOptions;
  readonly #server: Server;
  #onConnection: (socket: Socket) => void = (socket) => socket.destroy();
  #url = '';
  #port = 0;

  constructor(options: ListeningSocketOptions) {
    this.#options = options;
    const { pauseOnConnect = false } = options;
    // As node:http listens: how much a client may end is for that to say.
    this.#server = createServer({ pauseOnConnect, noDelay: true, allowHalfOpen: true }, (socket) =>
      this.#onConnection(socket),
    );
  }

  get url(): string {
    return this.#url;
  }

  get port(): number {
    return this.#port;
  }

  /** To be called before {@link listen}. */
  open(onConnection: (socket: Socket) => void): void {
    this.#onConnection = onConnection;
  }

  /** @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID */
  async listen(): Promise<void> {
    const { name, listen, portRemedy } = this.#options;
    await new Promise<void>((resolve, reject) => {
      const onError = (error: NodeJS.ErrnoException) => reject(listenError(error, listen, portRemedy));
      this.#server.once('error', onError);
      this.#server.listen(listen.port, listen.host, () => {
        this.#server.off('error', onError);
        this.#server.on('error', (error) => announce('internal.error', { where: `${name} listener`, error }));
        resolve();
      });
    });
    // A listening TCP server has an AddressInfo.
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#server.once('close', claimListener(listen.host, this.#port));
    this.#url = `http://${urlHost(listen.host)}:${this.#port}`;
    announce('server.listening', { listener: name, url: this.#url });
  }

  async settle(): Promise<void> {}

  /** Connections that were accepted go on. */
  async close(): Promise<void> {
    if (this.#server.listening) this.#server.close();
  }
}
