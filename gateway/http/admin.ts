import { HeadgateError } from '../errors';
import { adminGuard, isLoopback } from './admin-guard';
import { clientsMax } from './descriptors';
import type { Health } from './health';
import type { Listener } from './listener';
import type { AdminOptions } from './options';
import type { Route } from './route';
import { healthRoutes } from './routes/health';
import { HttpServer } from './server';

/** A publish uploads an SDL of up to a few megabytes. */
const REQUEST_TIMEOUT_MS = 60_000;
/** Operators, their scripts, and Prometheus. */
const CONNECTIONS_MAX = 500;
/** A publish that waits for others, and is composed then. */
const SILENCE_TIMEOUT_MS = 900_000;

export interface AdminListenerOptions {
  readonly options: AdminOptions;
  readonly health: Health;
  /** What operators are given, beside health. */
  readonly routes: readonly Route[];
}

/**
 * The listener for operators.
 * @throws {HeadgateError} CONFIG_INVALID: an address that other machines reach, and no token
 */
export function createAdminListener({ options, health, routes }: AdminListenerOptions): Listener {
  const { listen, token, keys = [], requestBytesMax } = options;
  if (token === null && keys.length === 0 && !isLoopback(listen.host)) {
    const remedy = 'set admin.token (HEADGATE_ADMIN_TOKEN), or listen on 127.0.0.1';
    throw new HeadgateError('CONFIG_INVALID', `admin.listen is ${listen.host} and there is no token: ${remedy}`);
  }
  return new HttpServer({
    name: 'admin',
    listen,
    portRemedy: 'choose another with HEADGATE_ADMIN_PORT or admin.listen, or switch the listener off with admin: false',
    routes: [...healthRoutes(health), ...routes],
    guard: adminGuard(token, keys),
    requestBytesMax,
    connections: { max: Math.min(CONNECTIONS_MAX, clientsMax()) },
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    silenceTimeoutMs: SILENCE_TIMEOUT_MS,
  });
}
