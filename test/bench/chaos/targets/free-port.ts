import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { pause } from '../arrivals';

const LISTENS_MS_MAX = 5_000;

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  // as: a server that listens on a port has such an address
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Resolves once somebody listens there. */
export async function listens(port: number): Promise<void> {
  const untilMs = performance.now() + LISTENS_MS_MAX;
  while (performance.now() < untilMs) {
    if (await accepts(port)) return;
    await pause(20);
  }
  throw new Error(`nobody listens on port ${port}`);
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
