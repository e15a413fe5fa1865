import { resolve } from 'node:path';
import { configError, unlocated } from './problem';
import type { Settings } from './settings';

/** What the command line and the environment say, over what the file says. */
export interface Overrides {
  /** A supergraph file, relative to the working directory. */
  readonly supergraph?: string;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number | 'auto';
  /** `process.env` when absent; HEADGATE_ADMIN_PORT moves the admin listener. */
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws {HeadgateError} CONFIG_INVALID when HEADGATE_ADMIN_PORT is no port */
export function overriding(overrides: Overrides): (settings: Settings) => Settings {
  const { supergraph, host, port, workers, env = process.env } = overrides;
  const adminPort = readAdminPort(env.HEADGATE_ADMIN_PORT);
  return ({ server, admin, ...settings }) => ({
    ...settings,
    server: {
      ...server,
      listen: { host: host ?? server.listen.host, port: port ?? server.listen.port },
      workers: workers ?? server.workers,
    },
    admin:
      admin === false || adminPort === undefined ? admin : { ...admin, listen: { ...admin.listen, port: adminPort } },
    supergraph:
      supergraph === undefined
        ? settings.supergraph
        : { ...settings.supergraph, source: 'file', path: resolve(supergraph) },
  });
}

function readAdminPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  const message = `expected a port from 0 to 65535, found ${JSON.stringify(text)}`;
  throw configError(null, [unlocated({ path: ['HEADGATE_ADMIN_PORT'], message })]);
}
