import type { Socket } from 'node:net';

/** Whoever has opened a Unix socket, in the place of an address; no address is equal to it. */
export const UNIX_SOURCE = 'unix:';

/** Sources that proxies have named in front of a connection (the PROXY protocol). */
const named = new WeakMap<Socket, string>();

/** Says whose connection this is, in place of who has opened it. */
export function nameSource(socket: Socket, address: string): void {
  named.set(socket, address);
}

/** Gives a connection that is made of another one the source of that. */
export function passSource(from: Socket, to: Socket): void {
  const address = named.get(from);
  if (address !== undefined) named.set(to, address);
}

/** Address of whoever has opened a connection, or for whom a proxy has; {@link UNIX_SOURCE}; undefined of one that is gone. */
export function sourceAddress(socket: Socket): string | undefined {
  return named.get(socket) ?? socket.remoteAddress;
}
