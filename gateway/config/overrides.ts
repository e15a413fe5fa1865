import { resolve } from 'node:path';
import { configError, unlocated } from './problem';
import { adminTokenSchema } from './sections/admin';
import type { Settings } from './settings';

/** Values of the command line and the environment, which go over those of the file. */
export interface Overrides {
  /** A supergraph file, relative to the working directory. */
  readonly supergraph?: string;
  readonly host?: string;
  readonly port?: number;
  readonly workers?: number | 'auto';
  /** `process.env` when absent; HEADGATE_ADMIN_PORT moves the admin listener, HEADGATE_ADMIN_TOKEN locks it. */
  readonly env?: NodeJS.ProcessEnv;
}

/** @throws {HeadgateError} CONFIG_INVALID when HEADGATE_ADMIN_PORT is no port, or HEADGATE_ADMIN_TOKEN no token */
export function overriding(overrides: Overrides): (settings: Settings) => Settings {
  const { supergraph, host, port, workers, env = process.env } = overrides;
  const adminPort = readAdminPort(env.HEADGATE_ADMIN_PORT);
  const adminToken = readAdminToken(env.HEADGATE_ADMIN_TOKEN);
  return ({ server, admin, ...settings }) => ({
    ...settings,
    server: {
      ...server,
      listen: moved(server.listen, host, port),
      workers: workers ?? server.workers,
    },
    admin:
      admin === false
        ? admin
        : {
            ...admin,
            listen: { ...admin.listen, port: adminPort ?? admin.listen.port },
            // Whoever sets the variable wants a lock, also where no file says so.
            token: admin.token === '' ? adminToken : admin.token,
          },
    supergraph:
      supergraph === undefined
        ? settings.supergraph
        : { ...settings.supergraph, source: 'file', path: resolve(supergraph) },
  });
}

/** The first address over TCP; without one, there is one more. */
function moved(listen: Settings['server']['listen'], host?: string, port?: number): Settings['server']['listen'] {
  if (host === undefined && port === undefined) return listen;
  const first = listen.find((address) => 'host' in address) ?? { host: '127.0.0.1', port: 4000 };
  return [{ host: host ?? first.host, port: port ?? first.port }, ...listen.filter((address) => address !== first)];
}

function readAdminPort(text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  const message = `expected a port from 0 to 65535, found ${JSON.stringify(text)}`;
  throw configError(null, [unlocated({ path: ['HEADGATE_ADMIN_PORT'], message })]);
}

function readAdminToken(text = ''): string {
  const result = adminTokenSchema.safeParse(text);
  if (result.success) return result.data;
  const message = result.error.issues.map((issue) => issue.message).join('; ');
  throw configError(null, [unlocated({ path: ['HEADGATE_ADMIN_TOKEN'], message })]);
}
