import { chmodSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { claimListener } from '../addresses';
import { announce } from '../events';
import { listenError, urlHost } from './listen-error';
import type { ListenOptions, TcpAddress } from './options';
import { nameSource, UNIX_SOURCE } from './proxies/source-address';
import { removeStale } from './unix-socket';

export interface ListeningSocketOptions {
  /** Of the listener, for the log. */
  readonly name: 'server' | 'admin';
  /** Clients connect by TLS, which is spoken elsewhere. */
  readonly isSecure?: boolean;
  /** What to do when the port is taken. */
  readonly portRemedy: string;
  /** Connections are handed on before anything is read from them. */
  readonly pauseOnConnect?: boolean;
}

/** One address that is listened on. */
export class ListeningSocket {
  readonly #address: ListenOptions;
  readonly #options: ListeningSocketOptions;
  readonly #server: Server;
  #url = '';
  #tcp: TcpAddress | null = null;

  constructor(address: ListenOptions, options: ListeningSocketOptions, onConnection: (socket: Socket) => void) {
    this.#address = address;
    this.#options = options;
    const { pauseOnConnect = false } = options;
    const isUnix = 'path' in address;
    // As node:http listens: how much a client may end is for that to say.
    this.#server = createServer({ pauseOnConnect, noDelay: true, allowHalfOpen: true }, (socket) => {
      if (isUnix) nameSource(socket, UNIX_SOURCE);
      onConnection(socket);
    });
  }

  get url(): string {
    return this.#url;
  }

  /** With the port that it has; null before it listens, and of a Unix socket. */
  get tcp(): TcpAddress | null {
    return this.#tcp;
  }

  /** @throws {HeadgateError} PORT_IN_USE, CONFIG_INVALID */
  async listen(): Promise<void> {
    const { name, portRemedy, isSecure = false } = this.#options;
    const address = this.#address;
    await this.#open().catch(async (error: NodeJS.ErrnoException) => {
      const mayBeStale = error.code === 'EADDRINUSE' && 'path' in address;
      if (!mayBeStale || !(await removeStale(address.path))) throw listenError(error, address, portRemedy);
      await this.#open().catch((again) => {
        throw listenError(again, address, portRemedy);
      });
    });
    this.#server.on('error', (error) => announce('internal.error', { where: `${name} listener`, error }));
    if ('path' in address) this.#url = `unix:${address.path}`;
    else {
      // A listening TCP server has an AddressInfo.
      const { port } = this.#server.address() as AddressInfo;
      this.#tcp = { host: address.host, port };
      this.#server.once('close', claimListener(address.host, port));
      this.#url = `${isSecure ? 'https' : 'http'}://${urlHost(address.host)}:${port}`;
    }
    announce('server.listening', { listener: name, url: this.#url });
  }

  /** Connections that were accepted go on; the file of a Unix socket is removed. */
  close(): void {
    if (this.#server.listening) this.#server.close();
  }

  #open(): Promise<void> {
    const address = this.#address;
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      const onListening = () => {
        this.#server.off('error', reject);
        resolve();
      };
      if (!('path' in address)) this.#server.listen(address.port, address.host, onListening);
      else {
        this.#server.listen(address.path, onListening);
        // In the turn in which it was made: nobody was accepted yet.
        if (this.#server.listening) chmodSync(address.path, address.mode);
      }
    });
  }
}
