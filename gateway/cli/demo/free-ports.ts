import { createServer } from 'node:net';
import { HeadgateError } from '../../errors';

export interface WantedPort {
  readonly host: string;
  readonly port: number;
  /** Who wants it, e.g. products-2. */
  readonly owner: string;
  /** The flag or the key that moves it. */
  readonly remedy: string;
}

/**
 * Refuses to begin when a port is taken, so that nothing has to be taken back.
 * @throws {HeadgateError} PORT_IN_USE names the first such port
 */
export async function checkPortsAreFree(wanted: readonly WantedPort[]): Promise<void> {
  for (const place of wanted) await checkPort(place);
}

function checkPort({ host, port, owner, remedy }: WantedPort): Promise<void> {
  const probe = createServer();
  return new Promise((resolve, reject) => {
    probe.once('error', (error: NodeJS.ErrnoException) => {
      const what = error.code === 'EADDRINUSE' ? 'is taken' : `cannot be listened on (${error.code ?? error.message})`;
      const details = { host, port };
      const message = `port ${port} on ${host}, for ${owner}, ${what}: ${remedy}`;
      reject(new HeadgateError('PORT_IN_USE', message, { details, cause: error }));
    });
    probe.listen(port, host, () => probe.close(() => resolve()));
  });
}
