import type { Socket } from 'node:net';
import type { TcpAddress } from './options';

/** Source of the connections of a listener, when another process listens and hands them on. */
export interface Acceptor {
  /** What clients connect to. */
  readonly url: string;
  /** Every address over TCP. */
  readonly addresses: readonly TcpAddress[];
  /** Connections from now on; nothing was read from them. */
  open(onConnection: (socket: Socket) => void): void;
  /** Resolves when everybody behind the acceptor is as far as the caller: the clients were told to leave. */
  settle(): Promise<void>;
  /** Resolves when nobody listens any more and every connection was handed on. */
  close(): Promise<void>;
}
